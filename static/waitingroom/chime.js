/** The switch for the sound of arrivals; switching it on plays it once. */

import { post } from "./answers.js";
import { ring } from "./tone.js";

/** @param {HTMLButtonElement} button */
export function wake(button) {
  button.addEventListener("click", async () => {
    const on = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(on));
    if (on) ring();
    const answer = await post("/desk/chime", { on: String(on) }).catch(() => null);
    if (!answer || answer.error) button.setAttribute("aria-pressed", String(!on));
  });
}
