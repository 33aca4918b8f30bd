/** A button that rings a contact. */

import { ringing } from "./ringing.js";

/** @param {HTMLButtonElement} button */
export function wake(button) {
  button.addEventListener("click", () => {
    if (button.getAttribute("aria-disabled") === "true") return;
    ringing.call(button.dataset.contact ?? "");
  });
}
