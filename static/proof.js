/**
 * Dangerous actions ask once more who sits here. The server says so with a header; this module
 * asks in a dialog over the page, and the request is then sent again as it was.
 */

import { send } from "./accounts/sending.js";
import { request } from "./session.js";
import { fragment } from "./trusted.js";

/** @type {Promise<boolean> | null} */
let asking = null;

/** @param {Response} response @returns {boolean} whether a proof is missing */
export const isNeeded = (response) => response.headers.get("X-Portal-Proof") === "needed";

/** Ask; several requests that fail together share one dialog. @returns {Promise<boolean>} */
export function prove() {
  asking ??= ask().finally(() => {
    asking = null;
  });
  return asking;
}

/** @returns {Promise<boolean>} */
async function ask() {
  const response = await request("/proof", { headers: { Accept: "text/html" } });
  if (!response.ok) return false;
  const dialog = fragment(await response.text()).querySelector("dialog");
  if (!dialog) return false;
  document.body.append(dialog);
  const before = document.activeElement;
  dialog.showModal();
  const given = await answered(dialog);
  dialog.remove();
  if (before instanceof HTMLElement) before.focus();
  return given;
}

/** @param {HTMLDialogElement} dialog @returns {Promise<boolean>} */
function answered(dialog) {
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(false));
    dialog.querySelector("[data-cancel]")?.addEventListener("click", () => dialog.close());
    const form = dialog.querySelector("form");
    form?.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (await send(form)) resolve(true);
    });
  });
}
