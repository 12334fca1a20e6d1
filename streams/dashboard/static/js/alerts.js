/** The pane of alerts: a card for each story (or alert), bounded in number, steady under the hand. */

import { byId, el, fill, icon, say, unseen } from "./dom.js";
import { outward } from "./links.js";
import { tiding } from "./tidings.js";
import { ago, both } from "./times.js";
import { capital, languageName, languageTag, plain, plural } from "./words.js";

const CLAIMS = 4; // shown at once; the rest unfold
const PAGE = 40; // cards in the document at first, and how many more a press brings

export function severityTag(severity) {
  return el("span", { class: `severity severity-${severity}` }, icon(severity), capital(severity));
}

/** Words in a language of their own within English ones. */
export function foreign(tag, language, text, attributes = {}) {
  return el(tag, { ...attributes, lang: languageTag(language), dir: "auto" }, text);
}

/** The same, in quotation marks of the page: they stand outside, or Arabic would turn them round. */
function quotation(language, text) {
  return ["“", foreign("bdi", language, text), "”"];
}

/** A sentence of ours with an article's words in it: each of these is kept apart, whatever its direction. */
export function isolated(sentence, words, language) {
  const parts = [];
  let rest = sentence;
  const known = [...new Set(words.filter(Boolean))].sort((one, other) => other.length - one.length);
  while (rest) {
    let [at, found] = [rest.length, ""];
    for (const word of known) {
      const place = rest.indexOf(word);
      if (place >= 0 && place < at) [at, found] = [place, word];
    }
    if (at > 0) parts.push(rest.slice(0, at));
    if (found) parts.push(foreign("bdi", language, found));
    rest = rest.slice(at + found.length);
  }
  return parts;
}

export class Alerts {
  #cards = new Map();
  #limit = PAGE;
  #open = new Set();

  /**
   * @param {import("./feed.js").Feed} feed
   * @param {{read: (article: string, at: number|null) => void, more: () => Promise<void>, filter: Function}} desk
   */
  constructor(feed, desk) {
    this.feed = feed;
    this.desk = desk;
    this.list = byId("alerts-list");
    this.more = byId("alerts-more");
    this.more.addEventListener("click", () => this.#showMore());
    setInterval(() => this.#tick(), 20_000);
  }

  /** Show another list of alerts or stories from its beginning. */
  reset(feed) {
    this.feed = feed;
    this.#limit = PAGE;
    byId("alerts-scroller").scrollTop = 0;
  }

  /** What there is to show: what another story tells now is told there. */
  get told() {
    return this.feed.shown.filter((item) => item.story?.status !== "superseded");
  }

  /** Bring the document in line with the feed: what stays the same is not touched. */
  draw() {
    const told = this.told;
    const items = told.slice(0, this.#limit);
    const wanted = new Set(items.map((item) => item.id));
    for (const [id, kept] of this.#cards) {
      if (wanted.has(id)) continue;
      kept.card.remove();
      this.#cards.delete(id);
    }
    let before = null;
    for (const item of items) {
      const card = this.#card(item);
      const expected = before ? before.nextSibling : this.list.firstChild;
      if (card !== expected) this.list.insertBefore(card, expected);
      before = card;
    }
    this.more.hidden = items.length >= told.length && this.feed.next === null;
  }

  async #showMore() {
    this.#limit += PAGE;
    if (this.#limit > this.feed.shown.length && this.feed.next !== null) await this.desk.more();
    this.draw();
  }

  #card(item) {
    const kept = this.#cards.get(item.id);
    if (kept && kept.item === item) return kept.card;
    const changed = Boolean(kept);
    const made = this.#make(tiding(item), changed);
    if (kept) {
      const had = kept.card.contains(document.activeElement);
      kept.card.replaceWith(made);
      if (had) made.querySelector("button, a")?.focus({ preventScroll: true });
    }
    this.#cards.set(item.id, { card: made, item });
    return made;
  }

  #make(told, changed) {
    const id = `alert-${told.id}`;
    const claims = told.claims;
    const first = told.articles[0] ?? null;
    const read = el("button", { type: "button", class: "card-title", "data-open": true }, this.#title(told));
    read.addEventListener("click", () => {
      const [claim] = claims;
      if (claim) this.desk.read(claim.article, claim.start);
      else if (told.evidence[0]) this.desk.read(told.evidence[0].article, told.evidence[0].start);
      else if (first) this.desk.read(first.id, null);
    });
    return el("li", { class: `tiding tiding-${told.severity}${told.standing ? " tiding-ended" : ""}`, "data-id": told.id, "data-severity": told.severity },
      el("article", { "aria-labelledby": id },
        el("p", { class: "card-top" },
          severityTag(told.severity),
          el("span", { class: "rule" }, capital(plain(told.rule))),
          this.#when(told),
        ),
        el("h3", { id }, read),
        told.tolls.length > 0 && el("p", { class: "headline" }, isolated(told.headline, told.words, told.languages[0])),
        told.standing && el("p", { class: "standing" }, told.standing),
        changed && el("p", { class: "changed" }, told.updates[0] ? `Updated: ${told.updates[0].words}` : "Updated"),
        claims.length ? this.#claims(told) : this.#evidence(told),
        this.#sources(told),
        this.#why(told),
      ),
    );
  }

  /** What happened, how many, where: in that order, in English. */
  #title(told) {
    // Without a number the record's own headline says what; with one it stands below.
    const what = told.tolls.length ? told.tolls.join(" · ") : isolated(told.headline, told.words, told.languages[0]);
    return [
      el("strong", { class: "toll" }, what),
      told.place ? el("span", { class: "where", dir: "auto" }, told.place) : el("span", { class: "where unknown" }, "place not named"),
    ];
  }

  #when(told) {
    const at = told.at ?? told.seen;
    if (!at) return null;
    const words = told.at ? "" : "seen ";
    const time = el("time", { datetime: at.toISOString(), title: `${both(at)}`, "data-ago": at.getTime(), "data-before": words }, `${words}${ago(at)}`);
    return el("span", { class: "when" },
      told.revision > 1 && el("span", { class: "revision", title: `The ${told.revision}th record of this` }, `revision ${told.revision}`),
      time);
  }

  #claims(told) {
    const rows = told.claims.map((claim) => {
      const go = el("button", { type: "button", class: "quote", title: "Show it in the article" }, quotation(claim.language, claim.quoted));
      go.addEventListener("click", () => this.desk.read(claim.article, claim.start));
      return el("li", { class: "claim" },
        el("span", { class: "claim-figure" }, claim.words, claim.earlier && el("span", { class: "earlier" }, ` (before: ${claim.earlier})`)),
        el("span", { class: "claim-who" },
          claim.who
            ? [foreign("bdi", claim.language, claim.who, { class: "claimant" }), ` ${claim.stance}`]
            : [el("span", { class: "unknown" }, "no one named"), claim.source && [", as ", el("bdi", {}, claim.source), " has it"]],
        ),
        go,
      );
    });
    const many = rows.length > CLAIMS;
    return el("div", { class: "claims" },
      told.disputed && el("p", { class: "disputed" }, "Accounts differ:"),
      el("ul", { "aria-label": "Who says what" }, rows.slice(0, CLAIMS)),
      many && this.#unfold(told.id, "claims", `${plural(rows.length - CLAIMS, "more figure")}`, el("ul", {}, rows.slice(CLAIMS))),
    );
  }

  #evidence(told) {
    if (!told.evidence.length) return null;
    const seen = new Set([told.placeWords]); // the place stands beside the title already
    const quotes = [];
    for (const span of told.evidence) {
      if (seen.has(span.quoted) || quotes.length >= 5) continue;
      seen.add(span.quoted);
      const go = el("button", { type: "button", class: "quote", title: "Show it in the article" }, quotation(span.language, span.quoted));
      go.addEventListener("click", () => this.desk.read(span.article, span.start));
      quotes.push(el("li", {}, go));
    }
    return el("ul", { class: "evidence", "aria-label": "The words it rests on" }, quotes);
  }

  #sources(told) {
    const { total, independent, copies, names } = told.sources;
    const languages = told.languages.map(languageName).join(", ");
    const counted = independent === null
      ? null
      : `${plural(total, "source")}, ${independent} independent${copies ? `, ${plural(copies, "copy", "copies")}` : ""}`;
    return el("p", { class: "sources" },
      counted && el("span", { class: "counted" }, counted, ": "),
      names.length
        ? [names.slice(0, 4).flatMap((name, index) => [index ? ", " : null, el("bdi", {}, name)]), names.length > 4 && ` and ${names.length - 4} more`]
        : el("span", { class: "unknown" }, "no source named"),
      el("span", { class: "languages" }, ` · ${languages}`),
    );
  }

  #why(told) {
    const body = el("div", { class: "why" },
      el("dl", {},
        el("dt", {}, "Why it fired"), el("dd", {}, isolated(told.reason, told.words, told.languages[0]), told.threshold && el("span", { class: "threshold" }, ` ${told.threshold}`)),
        el("dt", {}, "What would cancel it"), el("dd", {}, told.cancels),
        told.first && el("dt", {}, "First reported"), told.first && el("dd", {}, both(told.first)),
        told.at && told.first && told.at.getTime() !== told.first.getTime() && [el("dt", {}, "Last report"), el("dd", {}, both(told.at))],
        told.seen && [el("dt", {}, "Came out"), el("dd", {}, both(told.seen))],
      ),
      told.updates.length > 0 && el("section", { class: "history" },
        el("h4", {}, "What changed"),
        el("ol", {}, told.updates.map((update) => el("li", { class: `change change-${update.change}` },
          update.at && el("time", { datetime: update.at.toISOString() }, both(update.at)), " ",
          el("strong", {}, update.words),
          update.source && [" · ", el("bdi", {}, update.source)],
          update.quoted && [" ", el("q", { dir: "auto" }, update.quoted)]))),
      ),
      el("section", { class: "its-articles" },
        el("h4", {}, told.articles.length === 1 ? "The article" : "The articles"),
        el("ul", {}, told.articles.map((article) => this.#article(article)))),
    );
    return this.#unfold(told.id, "why", "Why, what would cancel it, what changed, articles", body);
  }

  #article(article) {
    const open = el("button", { type: "button", class: "link" }, foreign("span", article.language, article.title ?? "an article without a title"));
    open.addEventListener("click", () => this.desk.read(article.id, null));
    const link = outward(article.url, [icon("out"), unseen("The original")], { class: "original" });
    return el("li", {}, open, " ", article.source && el("bdi", { class: "muted" }, article.source), article.copy && el("span", { class: "muted" }, " (a copy)"), " ", link);
  }

  /** A fold that stays as the reader left it when the card is made anew. */
  #unfold(id, part, words, body) {
    const key = `${id} ${part}`;
    const details = el("details", { class: `fold-${part}`, open: this.#open.has(key) }, el("summary", {}, words), body);
    details.addEventListener("toggle", () => {
      if (details.open) this.#open.add(key);
      else this.#open.delete(key);
    });
    return details;
  }

  #tick() {
    for (const time of document.querySelectorAll("time[data-ago]")) {
      say(time, `${time.dataset.before ?? ""}${ago(new Date(Number(time.dataset.ago)))}`);
    }
  }

  /** The cards in the document, in order. */
  get cards() {
    return [...this.list.children];
  }

  /** Say what is shown, or why nothing is. */
  state(words) {
    const state = byId("alerts-state");
    state.hidden = !words;
    if (words) fill(state, words);
  }
}
