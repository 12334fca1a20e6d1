/** Links to where an article was published: http and https, and nothing else. */

import { el } from "./dom.js";

const LONGEST = 2048;

/**
 * @param {unknown} address
 * @returns {URL|null} the address, where it is one that may be followed
 */
export function followable(address) {
  if (typeof address !== "string" || address.length > LONGEST) return null;
  let url;
  try {
    url = new URL(address);
  } catch {
    return null;
  }
  const web = url.protocol === "https:" || url.protocol === "http:";
  // "https://bank.example@elsewhere.example" reads as what it is not.
  return web && !url.username && !url.password ? url : null;
}

/**
 * A link that opens beside the page and gives the other side neither a handle nor a referrer.
 *
 * @returns {HTMLElement|null} null where the address is not to be followed
 */
export function outward(address, words, attributes = {}) {
  const url = followable(address);
  if (!url) return null;
  const link = el("a", { ...attributes, target: "_blank", rel: "noopener noreferrer", title: url.hostname }, words);
  link.href = url.href;
  return link;
}
