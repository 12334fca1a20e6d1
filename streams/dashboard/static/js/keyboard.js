/** The keyboard: / j k Enter Esc ? and n p in the reader. It can be turned off, as WCAG 2.1.4 asks. */

import { byId, el, fill, icon } from "./dom.js";

const KEYS = [
  ["/", "Search"],
  ["j", "Next alert or article"],
  ["k", "The one before"],
  ["Enter", "Open it; in the reader: keep the explanation"],
  ["n  p", "Next figure, keyword, place or actor in the reader; the one before"],
  ["Esc", "Close the explanation, the reader or this; leave the search"],
  ["?", "This help"],
];

export class Keyboard {
  /**
   * @param {{step: (by: number) => void, open: () => void, escape: () => boolean, mark: (by: number) => void}} desk
   */
  constructor(desk) {
    this.desk = desk;
    this.on = stored() !== "off";
    document.addEventListener("keydown", (event) => this.#key(event));
    byId("help-open").addEventListener("click", () => this.help());
  }

  #key(event) {
    if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.altKey) return;
    if (document.querySelector("dialog[open]")) return; // A dialog has its own Esc.
    const typing = event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement;
    if (event.key === "Escape") {
      if (typing) event.target.blur();
      else if (this.desk.escape()) event.preventDefault();
      return;
    }
    if (typing || event.target instanceof HTMLSelectElement || !this.on) return;
    const does = {
      "/": () => byId("filter-q").focus(),
      j: () => this.desk.step(1),
      k: () => this.desk.step(-1),
      n: () => this.desk.mark(1),
      p: () => this.desk.mark(-1),
      "?": () => this.help(),
    }[event.key];
    if (!does) return;
    event.preventDefault();
    does();
  }

  help() {
    const dialog = byId("help");
    const close = el("button", { type: "button", class: "button close" }, icon("close"), "Close");
    close.addEventListener("click", () => dialog.close());
    const toggle = el("input", { type: "checkbox", id: "keys-on" });
    toggle.checked = this.on;
    toggle.addEventListener("change", () => {
      this.on = toggle.checked;
      try {
        localStorage.setItem("kabar.keys", this.on ? "on" : "off");
      } catch {
        // No storage: until the next load, then.
      }
    });
    fill(dialog,
      el("header", { class: "sheet-head" }, el("h2", { id: "help-title" }, "Keyboard and reading"), close),
      el("div", { class: "sheet-body" },
        el("table", { class: "keys" }, el("tbody", {}, KEYS.map(([key, words]) =>
          el("tr", {}, el("th", { scope: "row" }, key.split("  ").map((one, index) => [index ? " " : null, el("kbd", {}, one)])), el("td", {}, words))))),
        el("p", {}, el("label", { for: "keys-on" }, toggle, " Single keys (/ j k n p ?) do this")),
        el("h3", {}, "How to read it"),
        el("ul", {},
          el("li", {}, "A number is always somebody's: who says so stands beside it. “No one named” means the article itself says so."),
          el("li", {}, "“At least 5” and “12 to 20” are what the text says. Where accounts differ all are shown; none is chosen."),
          el("li", {}, "Independent sources have an article in words of their own; copies of a wire report do not count again."),
          el("li", {}, "Everything was read by a machine. Open the article: each figure is marked where it stands.")),
      ));
    dialog.showModal();
  }
}

function stored() {
  try {
    return localStorage.getItem("kabar.keys");
  } catch {
    return null;
  }
}
