/** The filters: in the address of the page, in the form, as chips; the same words everywhere. */

import { byId, el, fill, icon, say } from "./dom.js";
import { capital, categoryName, countryName, kindName, languageName, number } from "./words.js";

/** The filters of the form, in its order. Those of the map (place) and of a link (rule …) have no field. */
const FIELDS = ["severity", "country", "language", "category", "kind", "source"];
const OTHERS = ["place", "rule", "conflict", "since", "until", "article"];
const NAMES = [...FIELDS, ...OTHERS];
const TYPING = 300; // ms after the last key

const WORDS = {
  severity: capital,
  country: countryName,
  language: languageName,
  category: (id) => capital(categoryName(id)),
  kind: (id) => capital(kindName(id)),
  source: String,
};

export class Filters extends EventTarget {
  #values = new Map();
  #labels = new Map();
  #timer = null;

  constructor() {
    super();
    this.form = byId("filters");
    this.search = byId("filter-q");
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#typed();
    });
    this.search.addEventListener("input", () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#typed(), TYPING);
    });
    this.form.addEventListener("change", (event) => {
      if (event.target instanceof HTMLSelectElement) this.set(event.target.name, event.target.value);
    });
    byId("filters-clear").addEventListener("click", () => this.clear());
    const fold = byId("filters-fold");
    fold.addEventListener("click", () => {
      const open = fold.getAttribute("aria-expanded") !== "true";
      fold.setAttribute("aria-expanded", String(open));
      this.form.classList.toggle("open", open);
    });
  }

  /** Take the filters from the page's address. */
  read() {
    const query = new URLSearchParams(location.search);
    this.#values = new Map();
    for (const name of ["q", ...NAMES]) {
      const given = query.getAll(name).map((value) => value.trim()).filter(Boolean);
      if (given.length) this.#values.set(name, name === "source" ? given : given.flatMap((one) => one.split(",")));
    }
    this.#show();
  }

  /** @returns {URLSearchParams} as the service takes them */
  parameters() {
    const query = new URLSearchParams();
    for (const [name, values] of this.#values) for (const value of values) query.append(name, value);
    return query;
  }

  /** How many are on. */
  get size() {
    return this.#values.size;
  }

  has(name, value) {
    return (this.#values.get(name) ?? []).includes(value);
  }

  /** Set one filter, or take it away with an empty value; `label` is what a chip calls it. */
  set(name, value, label = null) {
    if (value) this.#values.set(name, [value]);
    else this.#values.delete(name);
    if (label) this.#labels.set(`${name}=${value}`, label);
    this.#changed();
  }

  /** Call a value by a name from now on: a place's, once it is known. */
  name(name, value, label) {
    if (!this.has(name, value) || this.#labels.get(`${name}=${value}`) === label) return;
    this.#labels.set(`${name}=${value}`, label);
    this.#show();
  }

  clear() {
    this.#values = new Map();
    this.#changed();
    this.search.focus();
  }

  #typed() {
    clearTimeout(this.#timer);
    const words = this.search.value.trim();
    if (words !== (this.#values.get("q")?.[0] ?? "")) {
      if (words) this.#values.set("q", [words]);
      else this.#values.delete("q");
      this.#changed();
    }
  }

  #changed() {
    this.#show();
    this.dispatchEvent(new Event("change"));
  }

  #show() {
    const words = this.#values.get("q")?.[0] ?? "";
    if (this.search.value.trim() !== words) this.search.value = words;
    for (const name of FIELDS) {
      const select = byId(`filter-${name}`);
      const value = this.#values.get(name)?.[0] ?? "";
      if (value && ![...select.options].some((option) => option.value === value)) {
        select.append(this.#option(name, value, null));
      }
      select.value = value;
      select.classList.toggle("on", Boolean(value));
    }
    const on = this.size;
    byId("filters-clear").hidden = on === 0;
    say(byId("filters-count"), on ? `(${on})` : "");
    const chips = [...this.#values].filter(([name]) => OTHERS.includes(name) || this.#values.get(name).length > 1);
    byId("chips").hidden = chips.length === 0;
    fill(
      byId("chips"),
      chips.flatMap(([name, values]) => values.map((value) => this.#chip(name, value))),
    );
  }

  #chip(name, value) {
    const label = this.#labels.get(`${name}=${value}`) ?? (WORDS[name]?.(value) ?? value);
    const button = el("button", { type: "button", class: "chip", "aria-label": `Remove the filter ${name}: ${label}` },
      el("span", { class: "chip-name" }, name), " ", el("bdi", {}, label), icon("close"));
    button.addEventListener("click", () => {
      const left = this.#values.get(name).filter((one) => one !== value);
      if (left.length) this.#values.set(name, left);
      else this.#values.delete(name);
      this.#changed();
    });
    return el("li", {}, button);
  }

  /** Say how many articles each choice would leave. */
  offer(facets) {
    for (const name of FIELDS) {
      const select = byId(`filter-${name}`);
      if (document.activeElement === select) continue; // An open list does not change under the hand.
      const value = this.#values.get(name)?.[0] ?? "";
      const offered = (facets[name] ?? []).filter((one) => one.value !== null && one.value !== "");
      const choices = offered.map((one) => this.#option(name, one.value, one.count));
      if (value && !offered.some((one) => one.value === value)) choices.push(this.#option(name, value, 0));
      fill(select, el("option", { value: "" }, "any"), choices);
      select.value = value;
    }
  }

  #option(name, value, count) {
    const words = WORDS[name](value);
    return el("option", { value }, count === null ? words : `${words} (${number(count)})`);
  }
}
