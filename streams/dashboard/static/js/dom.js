/**
 * Elements, without HTML: whatever an article says becomes text, never markup.
 *
 * Nothing on the page is made from a string of HTML, and no attribute that runs or styles anything is
 * ever set from data.
 */

/**
 * Make an element.
 *
 * @param {string} tag
 * @param {Object} [attributes] `class`, `data-*`, `aria-*` …; null, undefined and false leave one out,
 *   true sets it empty.
 * @param {...(Node|string|number|null|undefined|false)} children strings become text nodes
 * @returns {HTMLElement}
 */
export function el(tag, attributes = {}, ...children) {
  return furnish(document.createElement(tag), attributes, children);
}

const SVG = "http://www.w3.org/2000/svg";

/** Make an element of a drawing, as {@link el} does. */
export function svg(tag, attributes = {}, ...children) {
  return furnish(document.createElementNS(SVG, tag), attributes, children);
}

// Whatever runs or loads by being set is not for this function; links go through links.js.
const REFUSED = /^(on|style$|href$|src|action$|formaction$)/i;

function furnish(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (REFUSED.test(name)) throw new Error(`the attribute ${name} is not set from here`);
    if (value === null || value === undefined || value === false) continue;
    element.setAttribute(name, value === true ? "" : String(value));
  }
  put(element, ...children);
  return element;
}

/** Append children, leaving out what is null, undefined or false. */
export function put(element, ...children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : String(child));
  }
  return element;
}

/** Put children in place of all that an element held. */
export function fill(element, ...children) {
  element.replaceChildren();
  return put(element, ...children);
}

/** @returns {HTMLElement} the element of the page with this id */
export function byId(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no #${id}`);
  return found;
}

/** Set text only where it differs: a live region says what changes, and only then. */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** A drawing from the page's own sheet of symbols; it says nothing to who cannot see it. */
export function icon(name) {
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#icon-${name}`);
  return svg("svg", { class: `icon icon-${name}`, "aria-hidden": "true", focusable: "false" }, use);
}

/** Words only for who hears the page. */
export function unseen(text) {
  return el("span", { class: "unseen" }, text);
}
