/** The second step of signing in: with the answer comes the token that opens the portal. */

import { safeNext } from "../paths.js";
import { signIn, signOut } from "../session.js";
import { send } from "./sending.js";

/** @param {HTMLElement} part */
export function wake(part) {
  const form = part.querySelector("form");
  part.querySelector("[data-cancel]")?.addEventListener("click", () => signOut());
  if (!(form instanceof HTMLFormElement) || form.dataset.step !== undefined) return;
  const first = form.querySelector("[data-way]:not([hidden]) :is(input, button)");
  if (first instanceof HTMLElement) first.focus();
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const answer = await send(form);
    if (answer) enter(answer.data);
  });
}

/** @param {{ token: string, home: string }} answer */
export function enter(answer) {
  signIn(answer.token);
  const next = new URL(location.href).searchParams.get("next");
  location.replace(safeNext(next, answer.home));
}
