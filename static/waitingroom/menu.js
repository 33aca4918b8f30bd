/** What stands behind "...": decline with a text, take that back, send back to the waiting room. */

import { post } from "./answers.js";
import { more } from "./panels.js";
import { complain, drop } from "./rows.js";

/** @param {HTMLElement} desk @param {SubmitEvent} event */
export async function onMenu(desk, event) {
  const form = event.target;
  const ours = "[data-decline], [data-put-back]";
  if (!(form instanceof HTMLFormElement) || !form.matches(ours)) return;
  event.preventDefault();
  const row = form.closest("[data-visit]");
  if (!(row instanceof HTMLElement) || row.getAttribute("aria-busy") === "true") return;
  row.setAttribute("aria-busy", "true");
  const done = await send(desk, row, form.action, form);
  row.removeAttribute("aria-busy");
  if (!done) return;
  const button = row.querySelector("[data-more]");
  if (button) more(button, false);
  if (form.matches("[data-decline]")) declined(desk, row);
}

/** @param {HTMLElement} desk @param {HTMLElement} row @param {string} url @param {HTMLFormElement} [form] */
async function send(desk, row, url, form) {
  complain(row, "");
  const answer = await post(url, form).catch(() => null);
  if (answer && !answer.error) return true;
  const part = /** @type {HTMLElement | null} */ (desk.querySelector("#queue-part"));
  complain(row, answer?.error?.message || (part?.dataset.textFailed ?? ""));
  document.dispatchEvent(new CustomEvent("queue:stale"));
  return false;
}

/** What the row said was read. @param {Element} button */
export function dismiss(button) {
  const row = button.closest("li");
  if (row) drop(row);
  document.dispatchEvent(new CustomEvent("queue:stale"));
}

/** A line in place of the row, from which the refusal can be taken back. @param {HTMLElement} desk @param {HTMLElement} row */
function declined(desk, row) {
  const template = document.getElementById("declined-row");
  if (!(template instanceof HTMLTemplateElement)) return drop(row);
  const copy = /** @type {DocumentFragment} */ (template.content.cloneNode(true));
  const line = /** @type {HTMLElement} */ (copy.firstElementChild);
  const words = /** @type {HTMLElement | null} */ (line.querySelector("[data-text]"));
  const { text = "" } = words?.dataset ?? {};
  if (words) words.textContent = text.replace("{name}", () => row.dataset.name ?? "");
  const visit = row.dataset.visit ?? "";
  line.querySelector("[data-undo]")?.addEventListener("click", async () => {
    if (await send(desk, line, `/desk/visits/${visit}/put-back`)) drop(line);
  });
  row.replaceWith(line);
  /** @type {HTMLElement | null} */ (line.querySelector("[data-undo]"))?.focus();
  document.dispatchEvent(new CustomEvent("queue:stale"));
}
