/** A form whose answer takes its place: a piece of HTML of our server. */

import { fragment } from "../trusted.js";
import { send } from "./sending.js";

/** @param {HTMLFormElement} form */
export function wake(form) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const answer = await send(form);
    if (!answer) return;
    const piece = fragment(answer.html);
    const goal = piece.querySelector("[autofocus]");
    form.replaceWith(piece);
    if (goal instanceof HTMLElement) goal.focus();
  });
}
