/** Deletes a code after saying what goes with it. */

import { fragment } from "../trusted.js";
import { post } from "./answers.js";

/** @param {HTMLElement} list */
export function wake(list) {
  const dialog = list.querySelector("dialog");
  if (!dialog) throw new TypeError("The list of codes has no dialog.");
  /** @type {HTMLElement | null} */
  let asked = null;
  list.addEventListener("click", ({ target }) => {
    const button = target instanceof Element ? target.closest("[data-delete]") : null;
    if (!(button instanceof HTMLElement)) return;
    asked = button;
    ask(dialog, button.dataset);
  });
  dialog.querySelector("[data-confirm]")?.addEventListener("click", async () => {
    if (asked && (await remove(asked))) dialog.close();
    else complain(dialog, true);
  });
}

/** @param {HTMLDialogElement} dialog @param {DOMStringMap} about */
function ask(dialog, { name = "", code = "" }) {
  const what = dialog.querySelector("[data-what]");
  const words = dialog.dataset.textWhat ?? "";
  // A function, because a name may hold the signs that replace() treats specially.
  if (what) what.textContent = words.replace("{code}", () => code).replace("{name}", () => name);
  complain(dialog, false);
  dialog.showModal();
}

/** @param {HTMLDialogElement} dialog @param {boolean} failed */
function complain(dialog, failed) {
  const place = dialog.querySelector("[data-failed]");
  if (!(place instanceof HTMLElement)) return;
  place.hidden = !failed;
  place.textContent = failed ? (dialog.dataset.textFailed ?? "") : "";
}

/** Say in place of the row what went. @param {HTMLElement} button @returns {Promise<boolean>} */
async function remove(button) {
  const answer = await post(button.dataset.delete ?? "").catch(() => null);
  if (!answer || answer.error) return false;
  const row = button.closest("tr");
  const cell = document.createElement("td");
  cell.colSpan = row?.cells.length ?? 1;
  cell.append(fragment(answer.html));
  row?.replaceChildren(cell);
  // The dialog gives the focus back to a button that is gone, so it is placed afterwards.
  setTimeout(() => /** @type {HTMLElement | null} */ (cell.firstElementChild)?.focus());
  return true;
}
