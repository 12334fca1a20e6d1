/** What the stream does: rates, lag, dead letters, the connection, said as it is. */

import { ask } from "./api.js";
import { byId, el, fill, icon, say } from "./dom.js";
import { both, moment, span } from "./times.js";
import { capital, number, plain, plural } from "./words.js";

export class Counters {
  #stats = null;
  #cells = new Map();

  /** @param {import("./stream.js").Stream} stream */
  constructor(stream) {
    this.stream = stream;
    this.trouble = null; // a word on the service that is no state of the stream: "signed out", say
    setInterval(() => this.draw(), 1_000);
    stream.addEventListener("stats", (event) => this.take(event.detail));
    stream.addEventListener("state", () => this.draw());
    for (const [name, label] of [["articles", "Articles/min"], ["alerts", "Alerts/min"], ["lag", "Lag"], ["letters", "Dead letters"], ["last", "Last event"], ["since", "Kept since"]]) {
      const value = name === "letters"
        ? el("button", { type: "button", class: "link", "aria-haspopup": "dialog" }, "–")
        : el("span", {}, "–");
      if (name === "letters") value.addEventListener("click", () => this.#letters());
      this.#cells.set(name, value);
      byId("counters").append(el("div", { class: `counter counter-${name}` }, el("dt", {}, label), el("dd", {}, value)));
    }
  }

  /** @param {Object} stats as /stats gives them */
  take(stats) {
    this.#stats = stats;
    this.#seen = Date.now();
    this.draw();
  }

  #seen = 0;

  draw() {
    this.#connection();
    const stats = this.#stats;
    if (!stats) return;
    const rate = (name) => rateWords(stats.rates[name]?.minute);
    say(this.#cells.get("articles"), rate("article"));
    say(this.#cells.get("alerts"), rate("alert"));
    this.#say("lag", stats.lag.total === null ? "unknown" : number(stats.lag.total), stats.lag.total === null
      ? `Lag could not be asked: ${stats.lag.detail ?? "no reason given"}`
      : `Records of the raw topic that the worker's group ${stats.lag.group} has yet to read`);
    const letters = stats.dead_letters.reduce((sum, one) => sum + one.count, 0);
    say(this.#cells.get("letters"), number(letters));
    this.#cells.get("letters").setAttribute("aria-label", `${plural(letters, "dead letter")}: show them`);
    this.#cells.get("letters").classList.toggle("bad", letters > 0);
    const newest = ["article", "alert", "story"].map((name) => moment(stats.kept[name]?.newest)).filter(Boolean).sort((one, other) => other - one)[0];
    // The service's own clock: this machine's may be wrong, and time has passed since the figures came.
    const now = (moment(stats.now)?.getTime() ?? Date.now()) + (Date.now() - this.#seen);
    this.#say("last", newest ? span(Math.max(0, (now - newest) / 1000)) : "none yet", newest ? `The newest record came out at ${both(newest)}` : "");
    const oldest = moment(stats.kept.article.oldest);
    const forgotten = stats.forgotten.article;
    this.#say("since", oldest ? both(oldest).split(" · ")[0].replace(/ [A-Z]+([+-]\d+)?$/, "") : "–",
      oldest ? `${plural(stats.kept.article.count, "article")} kept${forgotten ? `, ${number(forgotten)} older ones let go` : ""}` : "");
  }

  #say(name, words, title) {
    const cell = this.#cells.get(name);
    say(cell, words);
    if (cell.title !== title) cell.title = title;
  }

  #connection() {
    const { state, words } = this.#standing();
    const place = byId("connection");
    if (place.dataset.state !== state) place.dataset.state = state;
    say(byId("connection-words"), words);
  }

  #standing() {
    if (this.trouble) return { state: "away", words: this.trouble };
    const heard = this.stream.heard;
    const silent = heard ? ` Nothing heard for ${span((Date.now() - heard) / 1000)}.` : "";
    switch (this.stream.state) {
      case "live": {
        const stats = this.#stats;
        if (stats && !stats.broker.connected) return { state: "stale", words: "Kafka is away: what is shown stands still" };
        if (stats && !stats.ready) return { state: "connecting", words: "Reading the last hours…" };
        return { state: "live", words: "Live" };
      }
      case "reconnecting":
        return { state: "away", words: `Reconnecting…${silent}` };
      default:
        return { state: "connecting", words: "Connecting…" };
    }
  }

  async #letters() {
    const dialog = byId("letters");
    const close = el("button", { type: "button", class: "button close" }, icon("close"), "Close");
    close.addEventListener("click", () => dialog.close());
    const body = el("div", { class: "sheet-body" }, el("p", { class: "state" }, "Loading…"));
    fill(dialog, el("header", { class: "sheet-head" }, el("h2", { id: "letters-title" }, "Dead letters"), close), body);
    dialog.showModal();
    try {
      const [stats, letters] = await Promise.all([ask("stats"), ask("dead-letters", { limit: 50 })]);
      fill(body, letterSheet(stats.dead_letters, letters.items));
    } catch (error) {
      fill(body, el("p", { class: "state", role: "alert" }, `They could not be loaded: ${error.message}.`));
    }
  }
}

function rateWords(rate) {
  if (rate === null || rate === undefined) return "–";
  return number(rate < 10 ? Math.round(rate * 10) / 10 : Math.round(rate));
}

function letterSheet(counts, items) {
  if (!counts.length && !items.length) return el("p", { class: "state" }, "None: every record could be read.");
  return [
    el("p", {}, "Records that could not be read. Their bytes are kept on the dead-letter topic and can be replayed."),
    el("ul", { class: "letter-counts" }, counts.map((one) => el("li", {}, `${number(one.count)} × ${one.stage}: ${plain(one.error_type)}`))),
    el("div", { class: "wide", tabindex: "0", role: "region", "aria-label": "The newest dead letters" },
      el("table", {},
        el("caption", { class: "unseen" }, "The newest dead letters"),
        el("thead", {}, el("tr", {}, ["When", "Stage and type", "What was wrong", "Came from", "Key"].map((head) => el("th", { scope: "col" }, head)))),
        el("tbody", {}, items.map((item) => {
          const letter = item.dead_letter;
          const at = moment(item.time);
          return el("tr", {},
            el("td", {}, at ? both(at) : "–"),
            el("td", {}, `${capital(letter.stage ?? "")}: ${plain(letter.error_type)}`),
            el("td", { dir: "auto" }, letter.message),
            el("td", {}, letter.origin),
            el("td", { dir: "auto" }, letter.key ?? "–"));
        })))),
  ];
}
