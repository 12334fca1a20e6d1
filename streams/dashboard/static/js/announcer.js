/** What is told to who hears the page rather than sees it: politely, and never more than every few seconds. */

import { byId } from "./dom.js";
import { tiding } from "./tidings.js";
import { plain, plural } from "./words.js";

const PAUSE = 3_000;
const NAMED = 3;

export class Announcer {
  #alerts = [];
  #words = [];
  #timer = null;
  #unseen = 0;

  constructor() {
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) this.#title(0);
    });
  }

  /** An alert or story is new. */
  alert(item) {
    this.#alerts.push(item);
    if (document.hidden) this.#title(this.#unseen + 1);
    this.#soon();
  }

  say(words) {
    this.#words.push(words);
    this.#soon();
  }

  #soon() {
    this.#timer ??= setTimeout(() => this.#tell(), PAUSE);
  }

  #tell() {
    this.#timer = null;
    const words = this.#words;
    if (this.#alerts.length) {
      const named = this.#alerts.slice(-NAMED).map((item) => {
        const told = tiding(item);
        return `${told.severity}: ${told.tolls[0] ?? plain(told.rule)}${told.place ? `, ${told.place}` : ""}`;
      });
      words.push(`${plural(this.#alerts.length, "new alert")}. ${named.join(". ")}`);
    }
    this.#alerts = [];
    this.#words = [];
    byId("announcer").textContent = words.join(". ");
  }

  /** How many alerts came while nobody looked, in the tab's title. */
  #title(unseen) {
    this.#unseen = unseen;
    document.title = unseen ? `(${unseen}) Kabar` : "Kabar";
  }
}
