/**
 * Places in a text: records count code points, JavaScript counts UTF-16 units.
 *
 * An emoji before a figure shifts every later offset by one; letters of most scripts do not. What lies
 * over each other in the text is cut into stretches, each of which knows all that covers it.
 */

/** From code points to UTF-16 units, for one text. */
export class CodePoints {
  #wide = [];
  #length;

  /** @param {string} text */
  constructor(text) {
    let points = 0;
    for (let unit = 0; unit < text.length; unit += 1, points += 1) {
      if (text.codePointAt(unit) > 0xffff) {
        this.#wide.push(points);
        unit += 1;
      }
    }
    this.text = text;
    this.#length = points;
  }

  /** How many code points the text has. */
  get length() {
    return this.#length;
  }

  /**
   * @param {number} point an offset in code points
   * @returns {number} the same place in UTF-16 units; beyond the text, its end
   */
  unit(point) {
    const at = Math.max(0, Math.min(point, this.#length));
    let low = 0;
    let high = this.#wide.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#wide[middle] < at) low = middle + 1;
      else high = middle;
    }
    return at + low;
  }

  /** @returns {string} the text from one offset to another, both in code points */
  slice(start, end) {
    return this.text.slice(this.unit(start), this.unit(end));
  }
}

/**
 * Cut a text at the ends of all marks.
 *
 * @param {{start: number, end: number}[]} marks in code points, end exclusive; they may overlap
 * @param {number} start where to begin, in code points
 * @param {number} end where to stop
 * @returns {{start: number, end: number, marks: Object[]}[]} stretches without a gap from `start` to `end`,
 *   each with the marks that cover it, in the order they were given
 */
export function stretches(marks, start, end) {
  const inside = marks.filter((mark) => mark.start < mark.end && mark.start < end && mark.end > start);
  const cuts = new Set([start, end]);
  const opening = new Map();
  for (const mark of inside) {
    const from = Math.max(mark.start, start);
    cuts.add(from);
    cuts.add(Math.min(mark.end, end));
    if (!opening.has(from)) opening.set(from, []);
    opening.get(from).push(mark);
  }
  const order = new Map(inside.map((mark, index) => [mark, index]));
  const places = [...cuts].sort((one, other) => one - other);
  let open = [];
  const found = [];
  for (let index = 0; index + 1 < places.length; index += 1) {
    const from = places[index];
    open = open.filter((mark) => mark.end > from).concat(opening.get(from) ?? []);
    open.sort((one, other) => order.get(one) - order.get(other));
    found.push({ start: from, end: places[index + 1], marks: open.slice() });
  }
  return found;
}

/**
 * The paragraphs of a text.
 *
 * @param {string} text
 * @returns {{start: number, end: number}[]} in code points; blank lines belong to none
 */
export function paragraphs(text) {
  const found = [];
  const points = [...text];
  let start = null;
  let end = 0;
  for (let at = 0; at <= points.length; at += 1) {
    const closed = at === points.length || points[at] === "\n";
    if (!closed) {
      if (points[at].trim()) {
        start ??= at;
        end = at + 1;
      }
    } else if (start !== null) {
      found.push({ start, end });
      start = null;
    }
  }
  return found;
}
