/** Sign-in: asks the server once, keeps what was typed, and says how long to wait. */

import { safeNext } from "../paths.js";
import { inLanguage, signIn } from "../session.js";
import * as store from "../store.js";
import { revealPassword, send } from "./sending.js";

const KEY = "portal.name";

/** @param {HTMLFormElement} form */
export function wake(form) {
  revealReason(form);
  revealPassword(form);
  remembered(form);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    for (const reason of document.querySelectorAll("[data-reason]")) reason.remove();
    const answer = await send(form);
    if (answer) enter(answer.data, form.dataset.next);
  });
}

/** @param {{ token: string, home: string, pending: string }} answer @param {string} [next] */
function enter(answer, next) {
  signIn(answer.token);
  if (answer.pending) {
    const second = new URL(answer.home, location.href);
    if (next) second.searchParams.set("next", next);
    return location.replace(inLanguage(second.href));
  }
  // A document of its own: only then may the desk ask for the camera.
  location.replace(safeNext(next, answer.home));
}

/** The name that this browser keeps, and the way to be rid of it. @param {HTMLFormElement} form */
function remembered(form) {
  const name = store.kept(KEY);
  const input = form.querySelector("input[name=name]");
  const part = form.querySelector("[data-remembered]");
  if (!name || !(input instanceof HTMLInputElement) || !(part instanceof HTMLElement)) return;
  input.value ||= name;
  part.hidden = false;
  part.querySelector("button")?.addEventListener("click", () => {
    store.drop(KEY);
    part.hidden = true;
    input.value = "";
    input.focus();
  });
}

/** Say why somebody is here who was somewhere else a moment ago. @param {HTMLFormElement} form */
function revealReason(form) {
  const [why, name = ""] = location.hash.slice(1).split("=");
  const reason = document.querySelector(`[data-reason="${CSS.escape(why)}"]`);
  if (reason instanceof HTMLElement) reason.hidden = false;
  const input = form.querySelector("input[name=name]");
  if (!name || !(input instanceof HTMLInputElement)) return;
  input.value = decodeURIComponent(name);
  history.replaceState(history.state, "", location.pathname + location.search);
  const password = form.querySelector("input[name=password]");
  if (password instanceof HTMLElement) password.focus();
}
