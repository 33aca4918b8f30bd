/** Downloads a file through a link that works once, as plain links carry no sign-in. */

import { notice } from "./notices.js";
import { ticket } from "./session.js";

/** @param {HTMLButtonElement} button */
export function wake(button) {
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      const link = document.createElement("a");
      const { path = "", query = "" } = button.dataset;
      link.href = (await ticket(path)) + (query && `&${query}`);
      link.download = "";
      link.click();
    } catch {
      notice(button.dataset.textFailed ?? "");
    }
    button.disabled = false;
  });
}
