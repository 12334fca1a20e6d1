/** The token, where the service asks for one: from the address's fragment once, or from a field. */

import { ApiError, ask } from "./api.js";
import { byId, el, fill } from "./dom.js";

/** Trade the token in the address for a cookie, and take it out of the address. */
export async function tokenFromAddress() {
  const token = new URLSearchParams(location.hash.slice(1)).get("token");
  if (!token) return;
  history.replaceState(history.state, "", location.pathname + location.search);
  try {
    await ask("login", {}, { token });
  } catch {
    // Refused, or no answer: the first request says which.
  }
}

/** Ask for the token until the service takes it. */
export function signIn() {
  const dialog = byId("sign-in");
  return new Promise((done) => {
    const field = el("input", { type: "password", id: "token", autocomplete: "current-password", required: true });
    const trouble = el("p", { class: "trouble", role: "alert" });
    const form = el("form", { class: "sheet-body", method: "dialog" },
      el("p", {}, "This dashboard asks for its token, the one in KABAR_DASHBOARD_TOKEN."),
      el("p", {}, el("label", { for: "token" }, "Token "), field),
      trouble,
      el("p", {}, el("button", { type: "submit", class: "button" }, "Sign in")));
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      try {
        await ask("login", {}, { token: field.value });
        dialog.close();
        done();
      } catch (error) {
        fill(trouble, error instanceof ApiError && error.status === 401 ? "That is not it." : `It could not be tried: ${error.message}.`);
        field.focus();
      }
    });
    dialog.addEventListener("cancel", (event) => event.preventDefault());
    fill(dialog, el("header", { class: "sheet-head" }, el("h2", { id: "sign-in-title" }, "Sign in")), form);
    if (!dialog.open) dialog.showModal();
    field.focus();
  });
}
