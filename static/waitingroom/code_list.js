/** Deletes a code after saying what goes with it, and sends one that is open once more. */

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
  list.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !form.matches("[data-send]")) return;
    event.preventDefault();
    if (form.getAttribute("aria-busy") !== "true") send(form, dialog.dataset.textUnsent ?? "");
  });
  dialog.querySelector("[data-confirm]")?.addEventListener("click", async () => {
    if (asked && (await remove(asked))) dialog.close();
    else complain(dialog, true);
  });
}

/** What is pressed twice names the same request. @param {HTMLFormElement} form @param {string} unsent */
async function send(form, unsent) {
  const key = /** @type {HTMLInputElement} */ (form.querySelector("[data-request-key]"));
  key.value ||= crypto.randomUUID();
  form.setAttribute("aria-busy", "true");
  const answer = await post(form.action, form).catch(() => null);
  form.removeAttribute("aria-busy");
  const place = /** @type {HTMLElement} */ (form.querySelector("[data-failed]"));
  const fields = answer?.error?.details.fields ?? {};
  place.textContent = fields.to?.join(" ") || answer?.error?.message || (answer ? "" : unsent);
  place.hidden = !place.textContent;
  if (!answer) return;
  key.value = "";
  if (answer.error) return;
  const row = form.closest("tr");
  const fresh = fragment(answer.html).querySelector("tr");
  if (row && fresh) row.replaceWith(fresh);
  fresh?.querySelector("summary")?.focus();
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
