/**
 * A list of rows of one height, of which only those in sight are in the document.
 *
 * Ten thousand articles are then some thirty elements. Each row says which of how many it is; a row that
 * has the focus stays, however far it is scrolled away.
 */

import { el } from "./dom.js";

const BEYOND = 8; // rows kept above and below what is in sight

export class WindowedList {
  #items = [];
  #rows = new Map();
  #asked = false;

  /**
   * @param {Object} parts
   * @param {HTMLElement} parts.scroller what scrolls
   * @param {HTMLElement} parts.list the `ol` in it
   * @param {(item: Object) => HTMLElement[]} parts.render what a row holds
   * @param {() => void} [parts.atEnd] called when the end comes into sight
   */
  constructor({ scroller, list, render, atEnd }) {
    this.scroller = scroller;
    this.list = list;
    this.render = render;
    this.atEnd = atEnd ?? (() => {});
    scroller.addEventListener("scroll", () => this.#ask(), { passive: true });
    new ResizeObserver(() => this.#ask()).observe(scroller);
  }

  get items() {
    return this.#items;
  }

  /** How high a row is, in px: the style sheet says so, by the width of the screen. */
  get height() {
    return Number.parseFloat(getComputedStyle(this.list).getPropertyValue("--row")) || 80;
  }

  /** Show these; `keep` leaves what is in sight where it is, though rows come in above it. */
  show(items, { keep = 0 } = {}) {
    this.#items = items;
    if (keep > 0) this.scroller.scrollTop += keep * this.height;
    this.draw();
  }

  /** @returns {number} the place of the row that has this key, -1 where there is none */
  indexOf(id) {
    return this.#items.findIndex((item) => item.id === id);
  }

  /** Bring a row into sight and return it. */
  reach(index) {
    const height = this.height;
    const top = this.list.offsetTop + index * height;
    const view = this.scroller;
    if (top < view.scrollTop) view.scrollTop = top;
    else if (top + height > view.scrollTop + view.clientHeight) view.scrollTop = top + height - view.clientHeight;
    this.draw();
    return this.#rows.get(this.#items[index]?.id)?.row ?? null;
  }

  #ask() {
    if (this.#asked) return;
    this.#asked = true;
    requestAnimationFrame(() => {
      this.#asked = false;
      this.draw();
    });
  }

  draw() {
    const height = this.height;
    const items = this.#items;
    this.list.style.height = `${items.length * height}px`;
    const above = this.scroller.scrollTop - this.list.offsetTop;
    const first = Math.max(0, Math.floor(above / height) - BEYOND);
    const last = Math.min(items.length, Math.ceil((above + this.scroller.clientHeight) / height) + BEYOND);
    const wanted = new Map();
    for (let index = first; index < last; index += 1) wanted.set(items[index].id, index);
    const focused = document.activeElement?.closest?.("li");
    for (const [id, kept] of this.#rows) {
      if (wanted.has(id)) continue;
      const index = kept.row === focused ? this.indexOf(id) : -1;
      if (index >= 0) wanted.set(id, index);
      else {
        kept.row.remove();
        this.#rows.delete(id);
      }
    }
    let before = null;
    for (const [id, index] of [...wanted].sort((one, other) => one[1] - other[1])) {
      const row = this.#row(items[index], index, id, height);
      const expected = before ? before.nextSibling : this.list.firstChild;
      if (row !== expected) this.list.insertBefore(row, expected);
      before = row;
    }
    if (items.length && last >= items.length - BEYOND) this.atEnd();
  }

  #row(item, index, id, height) {
    let kept = this.#rows.get(id);
    if (!kept || kept.item !== item) {
      const row = kept?.row ?? el("li", { class: "row", "data-id": id });
      const had = row.contains(document.activeElement);
      row.replaceChildren(...this.render(item));
      if (had) row.querySelector("a, button")?.focus({ preventScroll: true });
      kept = { row, item };
      this.#rows.set(id, kept);
    }
    const { row } = kept;
    row.style.transform = `translateY(${index * height}px)`;
    row.setAttribute("aria-posinset", String(index + 1));
    row.setAttribute("aria-setsize", String(this.#items.length));
    return row;
  }
}
