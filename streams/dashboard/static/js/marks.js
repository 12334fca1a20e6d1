/** An article's text with its figures, keywords, places and actors marked where they stand. */

import { el } from "./dom.js";
import { CodePoints, paragraphs, stretches } from "./spans.js";
import { direction, kindGroup, languageTag, phrase } from "./words.js";

/** What is marked, the outermost meaning first; and the parts of a figure that show when it is active. */
const PARTS = ["claimant", "place", "party", "period", "counted"];

/**
 * @param {Object} record an enriched article
 * @returns {Object[]} marks: `layer`, `index` in the record's list, `start`, `end` in code points
 */
export function marksOf(record) {
  const layers = [
    ["figure", record.figures],
    ["keyword", record.keywords],
    ["place", record.places],
    ["actor", record.actors ?? []],
  ];
  const marks = layers.flatMap(([layer, spans]) =>
    spans.map((span, index) => ({ layer, index, start: span.start, end: span.end })));
  const parts = record.figures.flatMap((figure, index) => PARTS.filter((part) => figure[part])
    .map((part) => ({ layer: "part", part, index, start: figure[part].start, end: figure[part].end })));
  return [...marks, ...parts];
}

export class MarkedText {
  /** Elements of each mark, by "layer index". */
  #elements = new Map();

  /** @param {Object} record an enriched article, as on the topic */
  constructor(record) {
    this.record = record;
    this.points = new CodePoints(record.text);
    this.marks = marksOf(record);
    this.tag = languageTag(record.language.code);
    this.direction = direction(record.language.code);
  }

  /** @returns {Node[]} the title, marked */
  title() {
    return this.#pieces(0, this.record.title_end);
  }

  /** @returns {HTMLElement[]} the paragraphs after the title, marked */
  body() {
    const from = this.record.title_end;
    const text = this.points.slice(from, this.points.length);
    return paragraphs(text).map(({ start, end }) =>
      el("p", { dir: this.direction }, this.#pieces(from + start, from + end)));
  }

  /** @returns {HTMLElement[]} the elements that a mark's text is in */
  elements(layer, index) {
    return this.#elements.get(`${layer} ${index}`) ?? [];
  }

  /** @returns {HTMLElement[]} those of a figure's claimant, place, party, period or counted thing */
  parts(part, index) {
    return this.#elements.get(`part-${part} ${index}`) ?? [];
  }

  /** @returns {HTMLElement|null} the first mark that covers or follows an offset */
  at(point) {
    const covering = this.marks
      .filter((mark) => mark.layer !== "part" && mark.start <= point && point < mark.end)
      .sort((one, other) => ORDER.indexOf(one.layer) - ORDER.indexOf(other.layer))[0];
    return covering ? (this.elements(covering.layer, covering.index)[0] ?? null) : null;
  }

  #pieces(from, to) {
    return stretches(this.marks, from, to).map((stretch) => {
      const text = this.points.slice(stretch.start, stretch.end);
      return stretch.marks.length ? this.#piece(stretch, text) : document.createTextNode(text);
    });
  }

  #piece(stretch, text) {
    const seen = stretch.marks.filter((mark) => mark.layer !== "part");
    const parts = stretch.marks.filter((mark) => mark.layer === "part");
    const classes = new Set(["mark"]);
    const attributes = {};
    for (const layer of ORDER) {
      const here = seen.filter((mark) => mark.layer === layer);
      if (!here.length) continue;
      classes.add(`mark-${layer}`);
      attributes[`data-${layer}`] = here.map((mark) => mark.index).join(" ");
      if (here.some((mark) => mark.start === stretch.start)) classes.add(`begins-${layer}`);
      if (here.some((mark) => mark.end === stretch.end)) classes.add(`ends-${layer}`);
      if (layer === "figure") {
        const figure = this.record.figures[here[here.length - 1].index];
        classes.add(`group-${kindGroup(figure.kind)}`);
        classes.add(`status-${figure.status}`);
      }
    }
    // One stop of the keyboard for each mark, where it begins; Tab goes from figure to figure.
    const begins = seen.find((mark) => mark.start === stretch.start || mark.start < stretch.start && !this.elements(mark.layer, mark.index).length);
    if (begins) {
      attributes.role = "button";
      attributes.tabindex = begins.layer === "figure" ? "0" : "-1";
      attributes["aria-pressed"] = "false";
      const name = this.#spoken(begins, stretch);
      if (name) attributes["aria-label"] = name;
    }
    const element = el(seen.length ? "mark" : "span", { ...attributes, class: seen.length ? [...classes].join(" ") : "part" }, text);
    for (const mark of seen) this.#keep(`${mark.layer} ${mark.index}`, element);
    for (const mark of parts) this.#keep(`part-${mark.part} ${mark.index}`, element);
    return element;
  }

  /** What a screen reader says of a stop: the whole figure where it is cut in pieces, and what it is. */
  #spoken(mark, stretch) {
    if (mark.layer !== "figure") return null;
    const figure = this.record.figures[mark.index];
    const whole = mark.start === stretch.start && mark.end === stretch.end ? this.points.slice(stretch.start, stretch.end) : figure.surface;
    return `${whole} (figure: ${phrase(figure)})`;
  }

  #keep(key, element) {
    if (!this.#elements.has(key)) this.#elements.set(key, []);
    this.#elements.get(key).push(element);
  }
}

const ORDER = ["figure", "keyword", "place", "actor"];
