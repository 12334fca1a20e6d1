/** The reader: one article, everything that was read in it marked in place and explained. */

import { ApiError, ask } from "./api.js";
import { severityTag } from "./alerts.js";
import { byId, el, fill, icon, put, unseen } from "./dom.js";
import { explainActor, explainFigure, explainKeyword, explainPlace } from "./explain.js";
import { outward } from "./links.js";
import { MarkedText } from "./marks.js";
import { placeName } from "./tidings.js";
import { ago, both, moment } from "./times.js";
import { categoryName, kindGroup, languageName, phrase, plural, statusName } from "./words.js";

const LAYERS = { figure: "Figures", keyword: "Keywords", place: "Places", actor: "Actors" };
const STANCES = { said: "said", claimed: "claimed", confirmed: "confirmed", denied: "denied" };

export class Reader {
  #text = null;
  #item = null;
  #opener = null;
  #wanted = null;
  #shown = null; // the element whose explanation is shown
  #pinned = false;
  #hiding = null;
  #off = new Set();

  /** @param {{closed: () => void, filter: (name: string, value: string) => void}} desk */
  constructor(desk) {
    this.desk = desk;
    this.panel = byId("reader");
    this.card = byId("explanation");
    this.panel.addEventListener("mouseover", (event) => this.#over(event));
    this.panel.addEventListener("mouseout", (event) => this.#out(event));
    this.panel.addEventListener("focusin", (event) => this.#focused(event));
    this.panel.addEventListener("focusout", () => this.#leaveSoon());
    this.panel.addEventListener("click", (event) => this.#clicked(event));
    this.panel.addEventListener("keydown", (event) => this.#key(event));
    this.panel.addEventListener("scroll", () => this.#place(), { passive: true, capture: true });
    this.card.addEventListener("mouseenter", () => clearTimeout(this.#hiding));
    this.card.addEventListener("mouseleave", () => this.#leaveSoon());
    globalThis.addEventListener("resize", () => this.#place());
  }

  /** The id of the article that is open; null where none is. */
  get article() {
    return this.#wanted;
  }

  get open() {
    return !this.panel.hidden;
  }

  /**
   * Open an article.
   *
   * @param {string} id
   * @param {number|null} at a code point to bring into sight
   */
  async read(id, at = null) {
    if (!this.open) this.#opener = document.activeElement;
    this.#wanted = id;
    this.hide();
    this.panel.hidden = false;
    document.body.classList.add("reading");
    if (this.#item?.id === id) {
      this.#reach(at);
      return;
    }
    this.#item = null;
    this.#frame(el("p", { class: "state" }, "Loading the article…"));
    try {
      const item = await ask(`articles/${encodeURIComponent(id)}`);
      if (this.#wanted !== id) return;
      this.#show(item);
      this.#reach(at);
    } catch (error) {
      if (this.#wanted === id) this.#failed(id, at, error);
    }
  }

  close() {
    if (!this.open) return;
    this.hide();
    this.panel.hidden = true;
    document.body.classList.remove("reading");
    this.#item = null;
    this.#wanted = null;
    fill(this.panel);
    this.desk.closed();
    if (this.#opener?.isConnected) this.#opener.focus({ preventScroll: true });
  }

  /** A newer record of an article has come: say so, and change nothing under the reader's eye. */
  arrived(item) {
    if (!this.#item || item.id !== this.#item.id || item.offset === this.#item.offset && item.partition === this.#item.partition) return;
    if (this.panel.querySelector(".newer")) return;
    const again = el("button", { type: "button", class: "fresh newer" }, "A newer record of this article has come. Show it");
    again.addEventListener("click", () => {
      this.#item = null;
      this.read(item.id);
    });
    this.panel.querySelector(".reader-bar")?.after(again);
  }

  #frame(...content) {
    const close = el("button", { type: "button", class: "button close", title: "Close (Esc)" }, icon("close"), el("span", {}, "Close"));
    close.addEventListener("click", () => this.close());
    fill(this.panel, el("div", { class: "reader-bar" }, el("p", { class: "reader-kind" }, "Article"), close), content);
    if (!this.panel.querySelector("#reader-title")) put(this.panel, el("h2", { id: "reader-title", class: "unseen" }, "Article"));
  }

  #failed(id, at, error) {
    const gone = error instanceof ApiError && error.status === 404;
    const again = el("button", { type: "button", class: "button" }, "Try again");
    again.addEventListener("click", () => this.read(id, at));
    this.#frame(el("div", { class: "state", role: "alert" },
      el("p", {}, gone
        ? "This article is no longer kept: the dashboard holds only the newest."
        : `The article could not be loaded: ${error instanceof ApiError ? error.message : "the service does not answer"}.`),
      gone ? null : again));
    this.panel.focus({ preventScroll: true });
  }

  #show(item) {
    this.#item = item;
    const record = item.article;
    const text = new MarkedText(record);
    this.#text = text;
    const title = el("h2", { id: "reader-title", tabindex: "-1", lang: text.tag, dir: text.direction },
      record.title_end ? text.title() : el("span", { class: "unknown" }, "An article without a title"));
    const body = el("div", { class: "text", lang: text.tag, dir: text.direction }, text.body());
    this.#frame(
      el("article", { class: "reader-article" },
        title,
        this.#meta(item, record),
        this.#about(item, record),
        this.#legend(record),
        el("div", { class: "reader-columns" }, body, this.#figures(record, text)),
      ),
    );
    for (const layer of this.#off) this.panel.classList.add(`off-${layer}`);
    this.panel.scrollTop = 0;
  }

  #meta(item, record) {
    const at = moment(record.published_at);
    const seen = moment(item.time);
    return el("p", { class: "reader-meta" },
      el("span", { class: "reader-source" }, record.source?.name ? el("bdi", {}, record.source.name) : el("span", { class: "unknown" }, "no source named")),
      record.authors.length > 0 && el("bdi", {}, record.authors.join(", ")),
      at
        ? el("time", { datetime: at.toISOString() }, both(at), ` (${ago(at)})`)
        : el("span", {}, record.published_at ? `published ${record.published_at}` : "no time of publication", seen && `, came out ${both(seen)}`),
      el("span", {}, languageName(record.language.code), !record.language.reliable && " (not certain)"),
      outward(record.url, [icon("out"), " Original"], { class: "original" }) ?? el("span", { class: "muted" }, "no link to the original"),
    );
  }

  #about(item, record) {
    return el("ul", { class: "reader-about", "aria-label": "What it is about" },
      item.severity && el("li", {}, severityTag(item.severity)),
      record.main_place && el("li", { class: "tag" }, el("bdi", {}, placeName(record.main_place))),
      record.categories.slice(0, 5).map((one) => el("li", { class: "tag" }, categoryName(one.category))),
      el("li", { class: "tag" }, `conflict: ${record.conflict.value ? "yes" : "no"} (${Math.round(record.conflict.score * 100)} %)`),
      record.notes.map((note) => el("li", { class: "tag note" }, note)),
    );
  }

  #legend(record) {
    const lists = { figure: record.figures, keyword: record.keywords, place: record.places, actor: record.actors ?? [] };
    return el("div", { class: "legend", role: "group", "aria-label": "What is marked" },
      Object.entries(LAYERS).map(([layer, words]) => {
        const button = el("button", { type: "button", class: `legend-${layer}`, "aria-pressed": String(!this.#off.has(layer)) },
          el("span", { class: `sample sample-${layer}`, "aria-hidden": "true" }, "12"), `${words} (${lists[layer].length})`);
        button.addEventListener("click", () => {
          const on = this.#off.has(layer);
          if (on) this.#off.delete(layer);
          else this.#off.add(layer);
          this.panel.classList.toggle(`off-${layer}`, !on);
          button.setAttribute("aria-pressed", String(on));
        });
        return button;
      }),
      el("span", { class: "hint" }, "Tab: next figure · ← →: any mark · Enter: keep the explanation"),
    );
  }

  /** The figures as a table: the quickest way through a long article. */
  #figures(record, text) {
    if (!record.figures.length) return el("p", { class: "figures-none muted" }, "No figures were read in this article.");
    const rows = record.figures.map((figure, index) => {
      const go = el("button", { type: "button", class: "link", "data-go": index, lang: text.tag, dir: "auto" }, figure.surface);
      go.addEventListener("click", () => this.#activate(index));
      const claimant = figure.claimant;
      return el("tr", { class: `group-${kindGroup(figure.kind)}` },
        el("th", { scope: "row" }, go),
        el("td", {}, phrase(figure),
          figure.status !== "happened" && el("span", { class: "status" }, ` (${statusName(figure.status)})`)),
        el("td", {}, claimant ? [el("bdi", { lang: text.tag }, claimant.surface), ` ${STANCES[claimant.stance] ?? ""}`] : el("span", { class: "muted" }, "no one named")),
        el("td", {}, figure.place ? el("bdi", {}, placeName(figure.place)) : el("span", { class: "muted" }, "–")),
      );
    });
    return el("section", { class: "figures", "aria-labelledby": "figures-title" },
      el("h3", { id: "figures-title" }, plural(record.figures.length, "figure")),
      el("div", { class: "wide", tabindex: "0" },
        el("table", {},
          el("thead", {}, el("tr", {}, ["In the text", "Read as", "On whose word", "Where"].map((head) => el("th", { scope: "col" }, head)))),
          el("tbody", {}, rows))));
  }

  #reach(at) {
    const mark = at === null ? null : this.#text?.at(at);
    if (mark) {
      mark.scrollIntoView({ block: "center" });
      mark.focus({ preventScroll: true });
      this.#pinned = true;
    } else byId("reader-title").focus({ preventScroll: true });
  }

  #activate(index) {
    const [first] = this.#text.elements("figure", index);
    first.scrollIntoView({ block: "center" });
    const stop = this.#text.elements("figure", index).find((one) => one.tabIndex >= 0) ?? first;
    stop.focus({ preventScroll: true });
    this.#explain(stop);
    this.#pinned = true;
  }

  // ---- the explanation ----

  #over(event) {
    const mark = event.target.closest?.("mark.mark");
    if (!mark || this.#pinned && this.#shown !== mark && this.#shown?.isConnected) return;
    clearTimeout(this.#hiding);
    if (mark && mark !== this.#shown) this.#explain(mark);
  }

  #out(event) {
    if (event.target.closest?.("mark.mark")) this.#leaveSoon();
  }

  #focused(event) {
    const mark = event.target.closest?.("mark.mark");
    if (mark) {
      this.#pinned = false;
      clearTimeout(this.#hiding);
      this.#explain(mark);
    }
  }

  #clicked(event) {
    const mark = event.target.closest?.("mark.mark");
    if (mark) {
      this.#explain(mark);
      this.#pin(true);
    } else if (!event.target.closest?.("button, a")) this.hide();
  }

  #pin(pinned) {
    this.#pinned = pinned;
    for (const one of this.panel.querySelectorAll("mark[aria-pressed=true]")) one.setAttribute("aria-pressed", "false");
    if (pinned && this.#shown?.hasAttribute("aria-pressed")) this.#shown.setAttribute("aria-pressed", "true");
  }

  /** Between the mark and its card there is a gap: a moment to cross it. */
  #leaveSoon() {
    clearTimeout(this.#hiding);
    if (this.#pinned) return;
    this.#hiding = setTimeout(() => {
      if (document.activeElement?.closest?.("mark.mark") !== this.#shown) this.hide();
    }, 250);
  }

  /** Take the explanation away; @returns {boolean} whether one was shown */
  hide() {
    clearTimeout(this.#hiding);
    const was = this.#shown !== null;
    this.#pin(false);
    this.#shown?.removeAttribute("aria-describedby");
    this.#shown = null;
    this.card.hidden = true;
    for (const one of this.panel.querySelectorAll(".active, .part-on")) one.classList.remove("active", "part-on", ...PART_CLASSES);
    return was;
  }

  #explain(mark) {
    const pinned = this.#pinned && this.#shown === mark;
    this.hide();
    this.#pinned = pinned;
    this.#shown = mark;
    const { record } = this.#text;
    const of = (layer) => (mark.dataset[layer] ?? "").split(" ").filter(Boolean).map(Number);
    const shown = (layer) => !this.#off.has(layer);
    const parts = [];
    if (shown("figure")) for (const index of of("figure")) parts.push(explainFigure(record.figures[index], this.#text.tag));
    if (shown("keyword")) for (const index of of("keyword")) parts.push(explainKeyword(record.keywords[index], this.#text.tag));
    if (shown("place")) for (const index of of("place")) parts.push(explainPlace(record.places[index], this.#text.tag));
    if (shown("actor")) for (const index of of("actor")) parts.push(explainActor(record.actors[index], this.#text.tag));
    if (!parts.length) {
      this.#shown = null;
      return;
    }
    fill(this.card, parts);
    this.card.hidden = false;
    mark.setAttribute("aria-describedby", "explanation");
    for (const layer of Object.keys(LAYERS)) {
      for (const index of of(layer)) for (const one of this.#text.elements(layer, index)) one.classList.add("active");
    }
    for (const index of of("figure")) {
      for (const part of PART_NAMES) for (const one of this.#text.parts(part, index)) one.classList.add("part-on", `part-${part}`);
    }
    this.#place();
  }

  /** Put the card by its mark: below, or above where there is no room; never over it. */
  #place() {
    if (!this.#shown) return;
    const mark = this.#shown.getClientRects()[0];
    const frame = this.panel.getBoundingClientRect();
    if (!mark || mark.bottom < frame.top || mark.top > frame.bottom) {
      this.card.classList.add("away");
      return;
    }
    this.card.classList.remove("away");
    const { width, height } = this.card.getBoundingClientRect();
    const gap = 8;
    const left = Math.max(gap, Math.min(mark.left, innerWidth - width - gap));
    const below = mark.bottom + gap;
    const above = mark.top - gap - height;
    const top = below + height <= innerHeight - gap || above < gap ? below : above;
    this.card.style.left = `${left}px`;
    this.card.style.top = `${Math.max(gap, Math.min(top, innerHeight - height - gap))}px`;
  }

  #key(event) {
    const mark = event.target.closest?.("mark.mark");
    if (!mark || event.metaKey || event.ctrlKey || event.altKey) return;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      if (this.#shown !== mark) this.#explain(mark);
      this.#pin(!this.#pinned);
    } else if (event.key === "ArrowRight" || event.key === "ArrowLeft") {
      event.preventDefault();
      const rightToLeft = this.#text.direction === "rtl";
      this.step((event.key === "ArrowRight") !== rightToLeft ? 1 : -1, mark);
    }
  }

  /** Go to the next mark, or the one before. */
  step(by, from = document.activeElement) {
    const stops = [...this.panel.querySelectorAll("mark[role=button]")].filter((one) =>
      Object.keys(LAYERS).some((layer) => one.dataset[layer] !== undefined && !this.#off.has(layer)));
    const at = stops.indexOf(from);
    const next = stops[at < 0 ? 0 : at + by];
    if (!next) return;
    next.scrollIntoView({ block: "nearest" });
    next.focus({ preventScroll: true });
  }
}

const PART_NAMES = ["claimant", "place", "party", "period", "counted"];
const PART_CLASSES = PART_NAMES.map((part) => `part-${part}`);
