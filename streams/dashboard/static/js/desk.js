/** The desk: loads what is kept, follows what comes, and lets each part of the page know. */

import { Alerts } from "./alerts.js";
import { Announcer } from "./announcer.js";
import { ApiError, Away, ask } from "./api.js";
import { Articles } from "./articles.js";
import { Charts } from "./charts.js";
import { Counters } from "./counters.js";
import { byId, el, fill, say } from "./dom.js";
import { Feed } from "./feed.js";
import { Filters } from "./filters.js";
import { Keyboard } from "./keyboard.js";
import { WorldMap } from "./map.js";
import { Reader } from "./reader.js";
import { signIn } from "./signin.js";
import { Stream } from "./stream.js";
import { Views } from "./views.js";
import { SEVERITIES, number, plural } from "./words.js";

const ARTICLES = 10_000; // summaries held, the newest
const ALERTS = 1_000;
const PAGE = 200; // the most the service gives at once
const FIRST_ALERTS = 60;
const SETTLE = 200; // ms: what arrives within is shown together
const OVERVIEW = 4_000; // ms between two looks at map, charts and the counts of the filters
const RETRY = 3_000;

export class Desk {
  #generation = 0;
  #form = null; // "story" or "alert", as the reader chose; null: stories where there are any
  #showing = "alert";
  #settling = null;
  #overview = { stale: true, busy: false };
  #older = false;
  #version = null;

  constructor() {
    this.filters = new Filters();
    this.stream = new Stream();
    this.counters = new Counters(this.stream);
    this.announcer = new Announcer();
    this.tidings = new Feed(ALERTS);
    this.papers = new Feed(ARTICLES);
    this.alerts = new Alerts(this.tidings, { read: (id, at) => this.read(id, at), more: () => this.#olderAlerts() });
    this.articles = new Articles(this.papers, {
      read: (id) => this.read(id, null),
      address: (id) => this.#address(id),
      older: () => this.#olderArticles(),
    });
    this.reader = new Reader({ closed: () => this.#closed() });
    const filter = (name, value, label) => this.filters.set(name, value, label);
    this.map = new WorldMap({ filter });
    this.charts = new Charts({ again: () => this.#look(true) });
    this.views = new Views(() => this.#look(true));
    new Keyboard({
      step: (by) => this.#step(by),
      mark: (by) => { if (this.reader.open) this.reader.step(by); },
      escape: () => this.#escape(),
    });
    this.#listen();
  }

  /** Load and follow, by what the page's address says. */
  async start() {
    this.filters.read();
    this.views.read();
    await this.load();
    this.#readAddress();
    setInterval(() => this.#look(false), OVERVIEW);
  }

  // ---- loading ----

  async load() {
    this.#generation += 1;
    const generation = this.#generation;
    const parameters = this.filters.parameters();
    byId("desk").setAttribute("aria-busy", "true");
    try {
      const stats = await ask("stats");
      if (generation !== this.#generation) return;
      this.counters.take(stats);
      this.#showing = this.#form ?? (stats.kept.story.count > 0 ? "story" : "alert");
      // The first answer's position is the oldest: the stream goes on from there and nothing falls between.
      const told = await ask(this.#showing === "story" ? "stories" : "alerts", with_(parameters, { limit: FIRST_ALERTS }));
      const papers = await ask("articles", with_(parameters, { limit: PAGE }));
      if (generation !== this.#generation) return;
      this.tidings.replace(told.items, told.next);
      this.papers.replace(papers.items, papers.next);
      this.alerts.reset(this.tidings);
      byId("articles-scroller").scrollTop = 0;
      this.#draw();
      this.#forms(stats);
      this.stream.open(with_(parameters, { events: "article,alert,story,stats" }), told.position);
      this.counters.trouble = null;
      this.#overview.stale = true;
      this.#look(true);
    } catch (error) {
      if (generation === this.#generation) await this.#failed(error);
    } finally {
      if (generation === this.#generation) byId("desk").removeAttribute("aria-busy");
    }
  }

  async #failed(error) {
    this.stream.close();
    if (error instanceof ApiError && error.status === 401) {
      this.counters.trouble = "Signed out";
      await signIn();
      return this.load();
    }
    if (error instanceof ApiError && error.status === 400) {
      this.counters.trouble = "A filter is not accepted";
      const clear = el("button", { type: "button", class: "button" }, "Clear the filters");
      clear.addEventListener("click", () => this.filters.clear());
      this.alerts.state([el("span", { role: "alert" }, `${error.message} `), clear]);
      this.articles.state("Nothing is shown: a filter is not accepted.");
      return undefined;
    }
    if (!(error instanceof ApiError) && !(error instanceof Away)) {
      this.counters.trouble = "The page has a fault: reload it";
      throw error;
    }
    const words = error instanceof ApiError ? `The service has a problem: ${error.message}` : "The service does not answer";
    this.counters.trouble = `${words}. Trying again…`;
    if (!this.papers.shown.length) {
      this.alerts.state(`${words}. The page tries again every few seconds.`);
      this.articles.state(`${words}.`);
    }
    setTimeout(() => this.load(), RETRY);
    return undefined;
  }

  async #olderArticles() {
    if (this.#older || this.papers.next === null) return;
    this.#older = true;
    const generation = this.#generation;
    try {
      const page = await ask("articles", with_(this.filters.parameters(), { limit: PAGE, cursor: this.papers.next }));
      if (generation !== this.#generation) return;
      this.papers.append(page.items, page.next);
      this.#older = false;
      this.articles.draw();
    } catch {
      // The stream tells of the service's troubles; scrolling on asks again.
    } finally {
      this.#older = false;
    }
  }

  async #olderAlerts() {
    try {
      const page = await ask(this.#showing === "story" ? "stories" : "alerts",
        with_(this.filters.parameters(), { limit: FIRST_ALERTS, cursor: this.tidings.next }));
      this.tidings.append(page.items, page.next);
    } catch (error) {
      this.announcer.say(`Older alerts could not be loaded: ${error.message}`);
    }
  }

  // ---- following ----

  #listen() {
    const { stream } = this;
    stream.addEventListener("article", ({ detail }) => {
      const change = this.papers.arrive(detail);
      this.reader.arrived(detail);
      if (change) this.#settle();
    });
    stream.addEventListener("alert", ({ detail }) => {
      this.#join(detail.alert);
      if (this.#showing === "alert") this.#tell(detail);
      this.#settle();
    });
    stream.addEventListener("story", ({ detail }) => {
      if (this.#showing === "story") this.#tell(detail);
      else if (this.#form === null && !this.#switching) {
        // The first story: from now on these are told, each once.
        this.#switching = true;
        setTimeout(() => this.load().finally(() => { this.#switching = false; }), SETTLE);
      }
      this.#settle();
    });
    stream.addEventListener("reset", () => this.load());
    stream.addEventListener("hello", ({ detail }) => this.#greeted(detail));
    stream.addEventListener("state", ({ detail }) => {
      if (detail === "reconnecting") this.announcer.say("The connection is lost; reconnecting");
      if (detail === "live" && this.#lost) this.announcer.say("Connected again");
      this.#lost = detail === "reconnecting";
    });
    for (const [name, admit] of [["alerts", () => this.#admitAlerts()], ["articles", () => this.#admitArticles()]]) {
      byId(`${name}-fresh`).addEventListener("click", () => {
        byId(`${name}-scroller`).scrollTop = 0;
        admit();
        byId(`${name}-scroller`).focus({ preventScroll: true });
      });
      byId(`${name}-scroller`).addEventListener("scroll", () => this.#settle(), { passive: true });
      byId(name).addEventListener("mouseleave", () => this.#settle());
      byId(name).addEventListener("focusout", () => this.#settle());
    }
    this.filters.addEventListener("change", () => {
      this.#remember(this.reader.article, "push");
      this.load();
    });
    globalThis.addEventListener("popstate", () => {
      this.filters.read();
      this.views.read();
      this.load();
      this.#readAddress();
    });
  }

  #switching = false;
  #lost = false;

  #tell(item) {
    const change = this.tidings.arrive(item);
    if (change === "new") this.announcer.alert(item);
  }

  /** An article is as grave as the gravest of its alerts, which come on a topic of their own. */
  #join(alert) {
    const item = this.papers.get(alert.article_id);
    if (!item || item.alerts.includes(alert.id)) return;
    const graver = !item.severity || SEVERITIES.indexOf(alert.severity) < SEVERITIES.indexOf(item.severity);
    this.papers.amend({ ...item, alerts: [...item.alerts, alert.id], severity: graver ? alert.severity : item.severity });
  }

  #greeted({ version }) {
    if (this.#version && version !== this.#version) {
      this.counters.trouble = "A new version runs: reload the page";
    }
    this.#version ??= version;
  }

  #settle() {
    this.#overview.stale = true;
    this.#settling ??= setTimeout(() => {
      this.#settling = null;
      if (this.tidings.waiting && untouched("alerts")) this.#admitAlerts();
      if (this.papers.waiting && untouched("articles")) this.#admitArticles();
      this.#draw();
    }, SETTLE);
  }

  #admitAlerts() {
    this.tidings.admit();
    this.#draw();
  }

  #admitArticles() {
    this.papers.admit();
    this.#draw();
  }

  #draw() {
    this.alerts.draw();
    this.articles.draw();
    const what = this.#showing === "story" ? ["story", "stories"] : ["alert", "alerts"];
    fresh("alerts", this.tidings.waiting, what);
    fresh("articles", this.papers.waiting, ["article", "articles"]);
    const filtered = this.filters.size > 0;
    const told = this.alerts.told.length;
    this.alerts.state(told ? null : filtered
      ? "No alert matches these filters."
      : "No alerts yet. They appear here as soon as an article raises one.");
    this.articles.state(this.papers.shown.length ? null : filtered
      ? "No article matches these filters."
      : "No articles yet. Send one to the raw topic: kabar replay streams/samples/sample.jsonl");
    say(byId("alerts-count"), told ? `${plural(told, what[0], what[1])}${this.tidings.next ? " and more" : ""}` : "");
  }

  /** Stories tell each event once; every alert of every article can be had too. */
  #forms(stats) {
    const place = byId("alerts-form");
    place.hidden = stats.kept.story.count === 0 && this.#form === null;
    fill(place, [["story", "Stories"], ["alert", "Every alert"]].map(([form, words]) => {
      const button = el("button", { type: "button", "aria-pressed": String(form === this.#showing) }, words);
      button.addEventListener("click", () => {
        this.#form = form;
        this.load();
      });
      return button;
    }));
  }

  // ---- map, charts, the counts of the filters ----

  async #look(now) {
    if (this.#overview.busy) {
      this.#overview.again ||= now; // What is chosen meanwhile is looked at next.
      return;
    }
    if (!now && (document.hidden || !this.#overview.stale)) return;
    this.#overview = { stale: false, busy: true, again: false };
    const parameters = this.filters.parameters();
    const generation = this.#generation;
    try {
      const facets = await ask("facets", parameters);
      if (generation !== this.#generation) return;
      this.filters.offer(facets);
      say(byId("articles-count"), number(facets.total));
      if (this.views.sees("map") || parameters.has("place")) {
        const where = await ask("map", parameters);
        for (const place of where.places) this.filters.name("place", String(place.geonames_id), place.name);
        if (this.views.sees("map")) await this.map.show(where);
      }
      if (this.views.sees("charts")) {
        let drawn = this.charts.show(await ask("series", with_(parameters, this.charts.parameters())));
        if (!drawn) drawn = this.charts.show(await ask("series", with_(parameters, this.charts.parameters())));
      }
    } catch {
      this.#overview.stale = true; // What is drawn stays; the next look asks again.
    } finally {
      this.#overview.busy = false;
      if (this.#overview.again || generation !== this.#generation) this.#look(true);
    }
  }

  // ---- reading and moving ----

  read(id, at) {
    if (this.reader.article !== id) this.#remember(id, "push");
    this.articles.mark(id);
    return this.reader.read(id, at);
  }

  #closed() {
    this.articles.mark(null);
    this.#remember(null, "replace");
    this.#settle();
  }

  #readAddress() {
    const id = new URLSearchParams(location.search).get("read");
    if (id) {
      this.articles.mark(id);
      this.reader.read(id);
    } else this.reader.close();
  }

  #address(id) {
    const query = this.filters.parameters();
    this.views.write(query);
    if (id) query.set("read", id);
    const text = query.toString();
    return text ? `?${text}` : location.pathname;
  }

  #remember(id, how) {
    const address = this.#address(id);
    if (address === location.search || address === location.pathname && !location.search) return;
    history[how === "push" ? "pushState" : "replaceState"](null, "", address);
  }

  #escape() {
    if (this.reader.hide()) return true;
    if (!this.reader.open) return false;
    this.reader.close();
    return true;
  }

  /** To the next alert or article, in the list that was used last. */
  #step(by) {
    const inside = document.activeElement?.closest?.("#alerts, #articles")?.id;
    this.#list = inside ?? this.#list ?? (this.views.view === "articles" ? "articles" : "alerts");
    const covered = this.reader.open && (this.#list === "articles" || this.views.single);
    if (this.#list === "alerts") {
      const cards = this.alerts.cards;
      const at = cards.findIndex((card) => card.contains(document.activeElement));
      const next = cards[at < 0 ? Math.max(0, cards.findIndex((card) => card.dataset.id === this.#chosen) + (this.#chosen ? by : 0)) : at + by];
      if (!next) return;
      this.#chosen = next.dataset.id;
      const title = next.querySelector("[data-open]");
      if (covered) title.click();
      else {
        next.scrollIntoView({ block: "nearest" });
        title.focus({ preventScroll: true });
      }
      return;
    }
    const { list } = this.articles;
    const focused = document.activeElement?.closest?.("#articles-list li")?.dataset.id ?? this.reader.article;
    const at = focused ? list.indexOf(focused) : -1;
    const index = at < 0 ? 0 : Math.max(0, Math.min(at + by, list.items.length - 1));
    const item = list.items[index];
    if (!item) return;
    const row = list.reach(index);
    if (covered) this.read(item.id, null);
    else row?.querySelector("a")?.focus({ preventScroll: true });
  }

  #list = null;
  #chosen = null;
}

/** Tell whether a list may move: its top is in sight, and nobody points at it or is in it. */
function untouched(name) {
  const pane = byId(name);
  const pointed = matchMedia("(hover: hover)").matches && pane.matches(":hover");
  return byId(`${name}-scroller`).scrollTop < 8 && !pointed && !pane.contains(document.activeElement);
}

function fresh(name, count, [one, many]) {
  const bar = byId(`${name}-fresh`);
  bar.hidden = count === 0;
  if (count) fill(bar, `${plural(count, `new ${one}`, `new ${many}`)}: show`);
}

function with_(parameters, more) {
  const query = new URLSearchParams(parameters);
  for (const [name, value] of Object.entries(more)) query.set(name, String(value));
  return query;
}
