/** Light and dark: the system's, or the one that was chosen. */

import { byId, fill, icon, unseen } from "./dom.js";

const CHOICES = ["auto", "light", "dark"];
const ICONS = { auto: "half", light: "sun", dark: "moon" };
const WORDS = { auto: "as the system has it", light: "light", dark: "dark" };

export function themeSwitch() {
  const button = byId("theme-switch");
  const root = document.documentElement;
  let chosen = root.dataset.theme ?? "auto";
  const show = () => {
    fill(button, icon(ICONS[chosen]), unseen(`Theme: ${WORDS[chosen]}. Change it`));
    button.title = `Theme: ${WORDS[chosen]}`;
  };
  button.addEventListener("click", () => {
    chosen = CHOICES[(CHOICES.indexOf(chosen) + 1) % CHOICES.length];
    if (chosen === "auto") delete root.dataset.theme;
    else root.dataset.theme = chosen;
    try {
      if (chosen === "auto") localStorage.removeItem("kabar.theme");
      else localStorage.setItem("kabar.theme", chosen);
    } catch {
      // No storage: until the next load, then.
    }
    show();
  });
  show();
}
