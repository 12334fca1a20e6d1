/** The pane of articles: a row for each, those in sight alone in the document. */

import { byId, el, fill, icon } from "./dom.js";
import { placeName } from "./tidings.js";
import { ago, both, moment } from "./times.js";
import { WindowedList } from "./windowed.js";
import { capital, categoryName, languageName, languageTag, phrase } from "./words.js";

const TOLLS = 3;

export class Articles {
  /**
   * @param {import("./feed.js").Feed} feed
   * @param {{read: Function, address: (id: string) => string, older: () => void}} desk
   */
  constructor(feed, desk) {
    this.feed = feed;
    this.desk = desk;
    this.current = null;
    this.list = new WindowedList({
      scroller: byId("articles-scroller"),
      list: byId("articles-list"),
      render: (item) => this.#row(item),
      atEnd: () => desk.older(),
    });
    byId("articles-list").addEventListener("click", (event) => this.#clicked(event));
  }

  draw(options) {
    this.list.show(this.feed.shown, options);
  }

  #clicked(event) {
    const link = event.target.closest("a.row-link");
    // With a modifier the browser opens a tab, as on any link.
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    this.desk.read(link.closest("li").dataset.id, null);
  }

  #row(item) {
    const { article } = item;
    const tag = languageTag(article.language);
    const link = el("a", { class: "row-link", dir: "auto", lang: tag }, article.title ?? article.excerpt ?? "(no title)");
    link.href = this.desk.address(item.id);
    if (item.id === this.current) link.setAttribute("aria-current", "true");
    const at = moment(article.published_at) ?? moment(item.time);
    const place = placeName(article.place);
    const tolls = leading(article.tolls).map((figure) => el("li", { class: `status-${figure.status}` },
      phrase(figure), figure.status !== "happened" && el("span", { class: "muted" }, ` (${STATUS[figure.status] ?? figure.status})`)));
    return [
      el("span", { class: `row-severity severity-${item.severity ?? "none"}` },
        item.severity && [icon(item.severity), el("span", { class: "unseen" }, `${capital(item.severity)} alert:`)]),
      el("div", { class: "row-body" },
        el("h3", { class: "row-title" }, link),
        tolls.length
          ? el("ul", { class: "row-tolls" }, tolls)
          : el("p", { class: "row-excerpt", dir: "auto", lang: tag }, article.excerpt),
        el("p", { class: "row-meta" },
          at && el("time", { datetime: at.toISOString(), title: both(at), "data-ago": at.getTime() }, ago(at)),
          article.source?.name && el("bdi", {}, article.source.name),
          el("span", {}, languageName(article.language)),
          place && el("bdi", {}, place),
          article.categories[0] && el("span", {}, categoryName(article.categories[0].category)),
        ),
      ),
    ];
  }

  /** Mark the article that is being read. */
  mark(id) {
    this.current = id;
    for (const link of byId("articles-list").querySelectorAll("a.row-link")) {
      if (link.closest("li").dataset.id === id) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  }

  state(words) {
    const state = byId("articles-state");
    state.hidden = !words;
    if (words) fill(state, words);
  }
}

/** Of each kind the first, which is the greatest: the rest is for the reader. */
function leading(tolls) {
  const kinds = new Map();
  for (const figure of tolls) if (!kinds.has(figure.kind)) kinds.set(figure.kind, figure);
  return [...kinds.values()].slice(0, TOLLS);
}

const STATUS = { planned: "planned", denied: "denied", hypothetical: "not certain", historical: "of the past" };
