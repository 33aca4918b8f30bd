/**
 * Tells an idle doctor that somebody has come: a soft sound, a message of the browser, a number in
 * the title. In a call there is only the number: no sound may disturb the conversation.
 */

import { ring } from "./tone.js";

/** @param {HTMLElement} desk @param {{ total: number, arrived: number }} news */
export function greet(desk, { total, arrived }) {
  document.title = numbered(document.title, total);
  if (!arrived || desk.dataset.calling === "true") return;
  if (desk.querySelector("[data-wake='waitingroom/chime'][aria-pressed=true]")) ring();
  notify(desk);
}

/** The title with the number of those who wait before it. @param {string} title @param {number} total */
export function numbered(title, total) {
  const plain = title.replace(/^\(\d+\) /, "").trim();
  return total ? `(${total}) ${plain}` : plain;
}

/** No name: a screen can be seen by others. @param {HTMLElement} desk */
function notify(desk) {
  if (!("Notification" in globalThis) || Notification.permission !== "granted") return;
  if (document.hasFocus() && !document.hidden) return;
  const { textGuest = "", textGuestWhere = "" } =
    /** @type {HTMLElement | null} */ (desk.querySelector("#queue-part"))?.dataset ?? {};
  try {
    const shown = new Notification(textGuest, { body: textGuestWhere, tag: "guest", silent: true });
    shown.addEventListener("click", () => {
      focus();
      shown.close();
    });
  } catch {
    // Android shows notifications through service workers only; the sound remains.
  }
}
