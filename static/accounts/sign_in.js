/** Sign-in: asks the server once, keeps what was typed, and says how long to wait. */

import { safeNext } from "../paths.js";
import { signIn } from "../session.js";
import { revealPassword, send } from "./sending.js";

/** @param {HTMLFormElement} form */
export function wake(form) {
  revealReason(form);
  revealPassword(form);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    for (const reason of document.querySelectorAll("[data-reason]")) reason.remove();
    const answer = await send(form);
    if (answer) enter(answer.data, form.dataset.next);
  });
}

/** @param {{ token: string, home: string }} answer @param {string | undefined} next */
function enter(answer, next) {
  signIn(answer.token);
  // A document of its own: only then may the desk ask for the camera.
  location.replace(safeNext(next, answer.home));
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
