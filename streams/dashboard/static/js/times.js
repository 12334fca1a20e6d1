/** Times: where the reader is, and in UTC; and how long ago. */

const LOCAL = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
  timeZoneName: "short",
});
const LOCAL_SHORT = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
const UTC = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", timeZone: "UTC" });
const YEAR = new Intl.DateTimeFormat("en-GB", { year: "numeric" });
const CLOCK = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: "UTC" });
const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });

// A day without a time, and a time that names no zone, are no moment: only what names one is.
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/i;

/**
 * @param {unknown} written ISO 8601 with a zone, or milliseconds since 1970
 * @returns {Date|null}
 */
export function moment(written) {
  if (typeof written === "number" && Number.isFinite(written)) return new Date(written);
  if (typeof written !== "string" || !MOMENT.test(written.trim())) return null;
  const found = new Date(written.trim().replace(/([+-]\d\d)(\d\d)$/, "$1:$2"));
  return Number.isNaN(found.getTime()) ? null : found;
}

/** @returns {string} "2 Oct, 15:20", with the year where it is not this one */
export function short(date) {
  const year = YEAR.format(date);
  const text = LOCAL_SHORT.format(date);
  return year === YEAR.format(new Date()) ? text : text.replace(",", ` ${year},`);
}

/** @returns {string} "2 Oct, 15:20 CEST · 13:20 UTC": the reader's own time and everyone's */
export function both(date) {
  const local = LOCAL.format(date);
  if (/\bUTC$/.test(local)) return withYear(date, local);
  const sameDay = LOCAL_SHORT.format(date).split(",")[0] === UTC.format(date).split(",")[0];
  return `${withYear(date, local)} · ${sameDay ? CLOCK.format(date) : UTC.format(date)} UTC`;
}

function withYear(date, text) {
  const year = YEAR.format(date);
  return year === YEAR.format(new Date()) ? text : text.replace(",", ` ${year},`);
}

/** @returns {string} "2 Oct 2026, 13:20 UTC" */
export function utc(date) {
  return `${DAY.format(date)}, ${CLOCK.format(date)} UTC`;
}

/**
 * @param {number} seconds
 * @returns {string} "4 s", "3 min", "2 h", "5 d"
 */
export function span(seconds) {
  if (seconds < 0) return "0 s";
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min`;
  if (seconds < 36 * 3600) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86400)} d`;
}

/** @returns {string} "just now", "3 min ago"; what is to come, "in 2 h" */
export function ago(date, now = Date.now()) {
  const seconds = (now - date.getTime()) / 1000;
  if (seconds < -60) return `in ${span(-seconds)}`;
  return seconds < 10 ? "just now" : `${span(seconds)} ago`;
}
