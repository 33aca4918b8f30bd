/**
 * What stands behind "...": write to the guest, send to another room, decline with a text, take
 * that back, send back to the waiting room; and below the list, a message to all who wait.
 */

import { fragment } from "../trusted.js";
import { get, post } from "./answers.js";
import { complain, hold } from "./held.js";
import { more } from "./panels.js";
import { drop, release } from "./rows.js";

/** @param {HTMLElement} desk @param {SubmitEvent} event */
export async function onMenu(desk, event) {
  const form = event.target;
  if (form instanceof HTMLFormElement && form.matches("[data-message-all]")) {
    event.preventDefault();
    return writeToAll(desk, form);
  }
  const ours = "[data-decline], [data-put-back], [data-message], [data-move]";
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
  if (form.matches("[data-message]")) form.reset();
  if (form.matches("[data-decline]")) declined(desk, row);
  else release(row);
}

/** @param {HTMLElement} desk @param {HTMLElement} row @param {string} url @param {HTMLFormElement} [form] */
async function send(desk, row, url, form) {
  hold(row);
  const answer = await post(url, form).catch(() => null);
  if (answer && !answer.error) return true;
  const part = /** @type {HTMLElement | null} */ (desk.querySelector("#queue-part"));
  complain(row, answer?.error?.message || (part?.dataset.textFailed ?? ""));
  document.dispatchEvent(new CustomEvent("queue:stale"));
  return false;
}

/** @param {HTMLElement} desk @param {HTMLFormElement} form */
async function writeToAll(desk, form) {
  if (form.getAttribute("aria-busy") === "true") return;
  form.setAttribute("aria-busy", "true");
  const told = form.querySelector("[data-told]");
  const part = /** @type {HTMLElement | null} */ (desk.querySelector("#queue-part"));
  const answer = await post(form.action, form).catch(() => null);
  form.removeAttribute("aria-busy");
  const failed = answer?.error?.message ?? part?.dataset.textFailed ?? "";
  if (told) told.textContent = answer && !answer.error ? answer.html : failed;
  if (answer && !answer.error) form.reset();
}

/** Where the guest can be sent is asked when the menu opens, as it changes. @param {Element} button */
export async function offerRooms(button) {
  const place = button.closest("[data-visit]")?.querySelector("[data-destinations]");
  if (!(place instanceof HTMLElement)) return;
  const answer = await get(place.dataset.destinations ?? "").catch(() => null);
  if (!answer || answer.error) return;
  // Who is choosing already keeps the list and must not find another room chosen.
  if (place.contains(document.activeElement)) return;
  const chosen = place.querySelector("select")?.value;
  place.replaceChildren(fragment(answer.html));
  const option = place.querySelector(`option[value="${CSS.escape(chosen ?? "")}"]`);
  if (option instanceof HTMLOptionElement) option.selected = true;
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
