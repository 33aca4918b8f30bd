/** The button that ends the session. */

import { signOut } from "../session.js";

/** @param {HTMLButtonElement} button */
export function wake(button) {
  button.addEventListener("click", () => {
    button.disabled = true;
    signOut();
  });
}
