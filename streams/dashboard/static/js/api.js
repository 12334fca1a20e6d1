/** The service's JSON API: see api/v1/openapi.json. */

const BASE = "api/v1/";

/** An answer that is not what was asked for; `problem` is the service's own word on it. */
export class ApiError extends Error {
  constructor(status, problem) {
    super(problem?.detail || problem?.title || `the service answered ${status}`);
    this.status = status;
    this.problem = problem;
  }
}

/** No answer at all: the service, or the way to it, is away. */
export class Away extends Error {}

/**
 * @param {string} path below api/v1/
 * @param {URLSearchParams|Object} [parameters]
 * @param {{signal?: AbortSignal, token?: string}} [options]
 * @returns {Promise<Object|null>} null where there is nothing to return (204)
 * @throws {ApiError} an answer of the service that is no success
 * @throws {Away} no answer
 */
export async function ask(path, parameters = {}, { signal, token } = {}) {
  const query = new URLSearchParams(parameters).toString();
  let answer;
  try {
    answer = await fetch(`${BASE}${path}${query ? `?${query}` : ""}`, {
      signal,
      credentials: "same-origin",
      headers: token ? { Authorization: `Bearer ${token}` } : {},
    });
  } catch (error) {
    throw new Away("the service does not answer", { cause: error });
  }
  if (!answer.ok) {
    let problem = null;
    try {
      problem = await answer.json();
    } catch {
      // No problem document: a proxy's own page, say.
    }
    throw new ApiError(answer.status, problem);
  }
  return answer.status === 204 ? null : answer.json();
}

/** The address of the stream; `after` is a position from an earlier answer. */
export function streamAddress(parameters, after) {
  const query = new URLSearchParams(parameters);
  if (after) query.set("after", after);
  const text = query.toString();
  return `${BASE}stream${text ? `?${text}` : ""}`;
}
