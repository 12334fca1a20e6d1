/**
 * The map: where the alerts are, by country and place, on outlines that come with the page.
 *
 * Severity is told by shape, size and colour; the same is in a table beside it. It is moved by its
 * buttons, by dragging, and by the arrow keys, plus and minus while it has the focus.
 */

import { byId, el, fill, svg } from "./dom.js";
import { countryOf } from "./countries.js";
import { severityTag } from "./alerts.js";
import { capital, countryName, number, plural } from "./words.js";

const OUTLINES = "static/vendor/world-atlas-2.0.2/countries-50m.json";
const WIDTH = 960;
const HEIGHT = 430;
const CLOSEST = 40;
// From Tierra del Fuego to the north of Norway: what is beyond has no news and takes a third of the map.
const INHABITED = { type: "MultiPoint", coordinates: [[-170, -56], [180, -56], [-170, 74], [180, 74], [-178, 0], [178, 0]] };
const PLACES = 400; // marks drawn at most, the gravest of them
const SHAPES = {
  critical: "M-2.9-7h5.8L7-2.9v5.8L2.9 7h-5.8L-7 2.9v-5.8z",
  high: "M0-7.5 7.5 6h-15z",
  medium: "M0-7 7 0 0 7-7 0z",
  low: "M0-5.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11z",
};
const RANK = { critical: 4, high: 3, medium: 2, low: 1 };

export class WorldMap {
  #view = { scale: 1, x: 0, y: 0 };
  #data = { countries: [], places: [] };
  #moved = false;
  #ready = null;

  /** @param {{filter: (name: string, value: string, label: string) => void}} desk */
  constructor(desk) {
    this.desk = desk;
    this.host = byId("map");
    this.land = svg("g", { class: "land" });
    this.dots = svg("g", { class: "dots" });
    this.world = svg("g", {}, this.land, this.dots);
    this.drawing = svg("svg", { class: "world", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "group", "aria-label": "Map of alerts and articles; the table says the same", tabindex: "0", preserveAspectRatio: "xMidYMid meet" }, this.world);
    this.tip = el("p", { class: "map-tip", "aria-hidden": "true", hidden: true });
    this.table = el("div", { class: "map-table wide", tabindex: "0", role: "region", "aria-label": "Alerts by country and place", hidden: true });
    const button = (words, title, does) => {
      const made = el("button", { type: "button", class: "button", title }, el("span", { "aria-hidden": "true" }, words), el("span", { class: "unseen" }, title));
      made.addEventListener("click", does);
      return made;
    };
    this.asTable = el("button", { type: "button", class: "button table-switch", "aria-pressed": "false" }, "Table");
    this.asTable.addEventListener("click", () => this.#toggle());
    fill(this.host,
      el("div", { class: "map-tools" },
        button("+", "Closer", () => this.#zoom(1.6)), button("−", "Farther", () => this.#zoom(1 / 1.6)),
        button("⤢", "All that is on it", () => this.#fit(true)), this.asTable),
      el("div", { class: "map-frame" }, this.drawing, this.tip),
      this.table,
      el("p", { class: "map-note" }, el("span", { class: "map-legend" }, Object.keys(SHAPES).map((one) => severityTag(one))), " Outlines: Natural Earth; borders are drawn as held and take no side."));
    this.#listen();
  }

  /** @param {{countries: Object[], places: Object[], truncated: boolean}} data as /map gives it */
  async show(data) {
    this.#data = data;
    this.#tables();
    try {
      this.#ready ??= this.#outline();
      await this.#ready;
    } catch {
      this.#ready = null;
      fill(this.tip, "The outlines could not be loaded; the table has it all.");
      this.tip.hidden = false;
      return;
    }
    this.#shade();
    this.#place();
    if (!this.#moved) this.#fit(false);
  }

  async #outline() {
    const { d3, topojson } = globalThis;
    const answer = await fetch(OUTLINES);
    if (!answer.ok) throw new Error("no outlines");
    const world = await answer.json();
    this.projection = d3.geoNaturalEarth1().fitExtent([[0, 4], [WIDTH, HEIGHT - 4]], INHABITED);
    const path = d3.geoPath(this.projection).digits(1);
    const countries = topojson.feature(world, world.objects.countries).features;
    fill(this.land, svg("path", { class: "sea", d: path({ type: "Sphere" }) }),
      countries.map((outline) => {
        const code = countryOf(outline);
        return code === "AQ" ? null : svg("path", { class: "country", "data-country": code, d: path(outline) });
      }));
  }

  #shade() {
    const by = new Map(this.#data.countries.map((one) => [one.country, one]));
    for (const outline of this.land.querySelectorAll("[data-country]")) {
      const one = by.get(outline.dataset.country);
      outline.setAttribute("class", one ? `country told severity-${one.severity ?? "none"}` : "country");
    }
    this.countries = by;
  }

  #place() {
    const told = this.#data.places
      .filter((one) => one.latitude !== null && one.longitude !== null)
      .slice(0, PLACES)
      .sort((one, other) => (RANK[one.severity] ?? 0) - (RANK[other.severity] ?? 0) || one.alerts - other.alerts);
    fill(this.dots, told.map((one) => {
      const at = this.projection([one.longitude, one.latitude]);
      if (!at) return null;
      const grave = one.severity ?? "none";
      const mark = svg("path", { class: `dot severity-${grave}`, d: SHAPES[one.severity] ?? SHAPES.low });
      const group = svg("g", { class: "dot-at" }, svg("circle", { class: "reach", r: 12 }), mark);
      group.place = one;
      group.at = at;
      group.size = (grave === "none" ? 0.5 : 0.65) + Math.min(0.8, Math.log2(1 + one.alerts + (one.stories ?? 0)) * 0.14);
      return group;
    }));
    this.#lay();
  }

  #lay() {
    const { scale, x, y } = this.#view;
    this.world.setAttribute("transform", `translate(${x} ${y}) scale(${scale})`);
    this.world.style.setProperty("--thin", String(1 / scale));
    const unit = this.#unit();
    const small = unit * Math.max(0.6, Math.min(1, WIDTH / unit / 640)); // a little map has little marks
    for (const group of this.dots.children) {
      group.setAttribute("transform", `translate(${group.at[0]} ${group.at[1]}) scale(${(group.size * small) / scale})`);
    }
  }

  /** How many units of the drawing one px of the screen is: marks keep their size on any screen. */
  #unit() {
    const { width, height } = this.drawing.getBoundingClientRect();
    return width && height ? 1 / Math.min(width / WIDTH, height / HEIGHT) : 1;
  }

  #zoom(by, at = [WIDTH / 2, HEIGHT / 2]) {
    const { scale, x, y } = this.#view;
    const next = Math.max(1, Math.min(CLOSEST, scale * by));
    this.#view = { scale: next, x: at[0] - ((at[0] - x) * next) / scale, y: at[1] - ((at[1] - y) * next) / scale };
    this.#moved = true;
    this.#keepIn();
  }

  #keepIn() {
    const { scale, x, y } = this.#view;
    const within = (value, size) => Math.max(size - size * scale, Math.min(0, value));
    this.#view = { scale, x: within(x, WIDTH), y: within(y, HEIGHT) };
    this.#lay();
  }

  /** Bring all that is marked into sight, with air around it. */
  #fit(asked) {
    const spots = [...this.dots.children].map((group) => group.at);
    if (asked) this.#moved = false;
    if (!spots.length) {
      this.#view = { scale: 1, x: 0, y: 0 };
      this.#lay();
      return;
    }
    const xs = spots.map(([x]) => x);
    const ys = spots.map(([, y]) => y);
    const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    const scale = Math.max(1, Math.min(8, 0.82 / Math.max((right - left) / WIDTH, (bottom - top) / HEIGHT, 0.001)));
    this.#view = { scale, x: WIDTH / 2 - ((left + right) / 2) * scale, y: HEIGHT / 2 - ((top + bottom) / 2) * scale };
    this.#keepIn();
  }

  #listen() {
    let from = null;
    this.drawing.addEventListener("pointerdown", (event) => {
      if (event.button === 0) from = { x: event.clientX, y: event.clientY, view: { ...this.#view }, far: false };
    });
    globalThis.addEventListener("pointermove", (event) => {
      if (!from) return;
      const [dx, dy] = [event.clientX - from.x, event.clientY - from.y];
      if (!from.far && Math.hypot(dx, dy) < 5) return;
      from.far = true;
      const unit = this.#unit();
      this.#view = { scale: from.view.scale, x: from.view.x + dx * unit, y: from.view.y + dy * unit };
      this.#moved = true;
      this.#keepIn();
    });
    globalThis.addEventListener("pointerup", () => {
      const dragged = from?.far;
      from = null;
      if (dragged) this.#dragged = performance.now();
    });
    globalThis.addEventListener("pointercancel", () => { from = null; });
    this.drawing.addEventListener("click", (event) => {
      if (performance.now() - this.#dragged < 250) return;
      const place = event.target.closest(".dot-at")?.place;
      const country = event.target.closest("[data-country]")?.dataset.country;
      if (place) this.#choose(place);
      else if (country && this.countries?.has(country)) this.desk.filter("country", country, countryName(country));
    });
    this.drawing.addEventListener("wheel", (event) => {
      if (!event.ctrlKey) return; // The page's own scrolling stays the page's.
      event.preventDefault();
      this.#zoom(event.deltaY < 0 ? 1.2 : 1 / 1.2);
    }, { passive: false });
    this.drawing.addEventListener("keydown", (event) => {
      const { x, y, scale } = this.#view;
      const moves = { ArrowLeft: [80, 0], ArrowRight: [-80, 0], ArrowUp: [0, 80], ArrowDown: [0, -80] };
      if (moves[event.key]) {
        const [dx, dy] = moves[event.key];
        this.#view = { scale, x: x + dx, y: y + dy };
        this.#moved = true;
        this.#keepIn();
      } else if (event.key === "+" || event.key === "=") this.#zoom(1.6);
      else if (event.key === "-") this.#zoom(1 / 1.6);
      else return;
      event.preventDefault();
    });
    this.drawing.addEventListener("pointerover", (event) => this.#hint(event));
    this.drawing.addEventListener("pointerleave", () => { this.tip.hidden = true; });
    new ResizeObserver(() => this.#lay()).observe(this.drawing);
  }

  #dragged = -1_000;

  #hint(event) {
    const place = event.target.closest(".dot-at")?.place;
    const country = this.countries?.get(event.target.closest("[data-country]")?.dataset.country);
    if (!place && !country) {
      this.tip.hidden = true;
      return;
    }
    const name = place ? `${place.name}${place.country ? `, ${countryName(place.country)}` : ""}` : countryName(country.country);
    fill(this.tip, el("strong", {}, name), ` ${told(place ?? country)}`);
    this.tip.hidden = false;
  }

  #choose(place) {
    if (place.geonames_id !== null) this.desk.filter("place", String(place.geonames_id), place.name);
    else if (place.country) this.desk.filter("country", place.country, countryName(place.country));
  }

  #toggle() {
    const on = this.table.hidden;
    this.table.hidden = !on;
    this.host.querySelector(".map-frame").hidden = on;
    this.asTable.setAttribute("aria-pressed", String(on));
  }

  #tables() {
    const { countries, places, truncated } = this.#data;
    const row = (one, name, choose) => {
      const go = el("button", { type: "button", class: "link" }, el("bdi", {}, name));
      go.addEventListener("click", choose);
      return el("tr", {}, el("th", { scope: "row" }, go), el("td", { class: "n" }, number(one.alerts)), el("td", { class: "n" }, number(one.articles)),
        el("td", {}, one.severity ? severityTag(one.severity) : el("span", { class: "muted" }, "none")));
    };
    const head = (what) => el("thead", {}, el("tr", {}, [what, "Alerts", "Articles", "Gravest"].map((words) => el("th", { scope: "col" }, words))));
    if (!countries.length && !places.length) {
      fill(this.table, el("p", { class: "state" }, "Nothing has a place yet."));
      return;
    }
    fill(this.table,
      el("table", {}, el("caption", {}, plural(countries.length, "country", "countries")), head("Country"), el("tbody", {}, countries.slice(0, 200).map((one) =>
        row(one, countryName(one.country), () => this.desk.filter("country", one.country, countryName(one.country)))))),
      el("table", {}, el("caption", {}, `${plural(places.length, "place")}${truncated ? " (the first of more)" : ""}`), head("Place"), el("tbody", {}, places.slice(0, 200).map((one) =>
        row(one, `${one.name}${one.country ? `, ${countryName(one.country)}` : ""}`, () => this.#choose(one))))));
  }
}

function told(one) {
  return [plural(one.alerts, "alert"), plural(one.articles, "article"), one.severity && `gravest: ${capital(one.severity).toLowerCase()}`].filter(Boolean).join(", ");
}
