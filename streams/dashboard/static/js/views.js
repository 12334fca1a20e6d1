/** Which part of the page is shown where not all have room, and whether map or charts. */

import { byId } from "./dom.js";

const VIEWS = ["alerts", "articles", "map", "charts"];

export class Views {
  #single = matchMedia("(max-width: 959px)");
  #all = matchMedia("(min-width: 1600px)");

  /** @param {() => void} changed called when something else comes into sight */
  constructor(changed) {
    this.view = "alerts";
    this.overview = "map";
    this.changed = changed;
    for (const button of byId("views").querySelectorAll("button")) {
      button.addEventListener("click", () => this.#choose(button.dataset.view));
    }
    for (const button of byId("overview-switch").querySelectorAll("button")) {
      button.addEventListener("click", () => this.#choose(button.dataset.show, false));
    }
    for (const width of [this.#single, this.#all]) width.addEventListener("change", () => changed());
  }

  /** Whether one part alone is shown at a time. */
  get single() {
    return this.#single.matches;
  }

  /** @param {"map"|"charts"} part @returns {boolean} whether it is in sight */
  sees(part) {
    if (this.#single.matches) return this.view === part;
    return this.#all.matches || this.overview === part;
  }

  /** Take the view from the page's address. */
  read() {
    const given = new URLSearchParams(location.search).get("view");
    this.#set(VIEWS.includes(given) ? given : "alerts");
  }

  /** Put it into an address. */
  write(query) {
    if (this.view !== "alerts") query.set("view", this.view);
  }

  #choose(view, whole = true) {
    if (whole || this.single) this.#set(view);
    else this.#show(view);
    const query = new URLSearchParams(location.search);
    query.delete("view");
    this.write(query);
    query.delete("read");
    history.replaceState(null, "", query.size ? `?${query}` : location.pathname);
    this.changed();
  }

  #set(view) {
    this.view = view;
    document.body.dataset.view = view;
    for (const button of byId("views").querySelectorAll("button")) {
      button.setAttribute("aria-pressed", String(button.dataset.view === view));
    }
    if (view === "map" || view === "charts") this.#show(view);
  }

  #show(part) {
    this.overview = part;
    document.body.dataset.overview = part;
    for (const button of byId("overview-switch").querySelectorAll("button")) {
      button.setAttribute("aria-pressed", String(button.dataset.show === part));
    }
  }
}
