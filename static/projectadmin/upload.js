/** Sends a file as it is, the body of one request, and shows what comes back in its place. */

import { show } from "./sheet.js";

/** @param {HTMLFormElement} form */
export function wake(form) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    event.stopPropagation();
    const field = form.querySelector("input[type=file]");
    const place = form.closest("dialog, .sheet-page");
    if (!(field instanceof HTMLInputElement) || !(place instanceof HTMLElement)) return;
    show(place, form.action, field.files?.[0] ?? new Blob());
  });
}
