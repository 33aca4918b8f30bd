/** The list of accounts: the side sheet, the choice of several, and the seats of the contract. */

import { go, request } from "../session.js";
import { fragment } from "../trusted.js";
import { show } from "./sheet.js";

/** @param {HTMLElement} list */
export function wake(list) {
  const sheet = list.querySelector("dialog");
  if (!sheet) throw new TypeError("The list has no side sheet.");
  list.addEventListener("click", (event) => {
    const pressed = event.target instanceof Element ? event.target : null;
    if (!pressed || sheet.contains(pressed)) return;
    const link = pressed.closest("a[data-sheet]");
    const button = pressed.closest("[data-ask]");
    if (link instanceof HTMLAnchorElement) {
      event.preventDefault();
      show(sheet, link.href);
    } else if (button instanceof HTMLElement) {
      ask(list, sheet, button.dataset.ask ?? "");
    }
  });
  list.addEventListener("change", ({ target }) => {
    if (!(target instanceof HTMLInputElement)) return;
    if (target.matches("[data-all]")) for (const box of boxes(list)) box.checked = target.checked;
    if (target.matches("[data-submits]")) target.form?.requestSubmit();
    count(list);
  });
  for (const choice of list.querySelectorAll("select[data-submits]")) {
    choice.addEventListener("change", () => /** @type {any} */ (choice).form?.requestSubmit());
  }
  sheet.addEventListener("close", () => {
    if (sheet.dataset.changed !== undefined) go(location.href, { replace: true, keepFocus: true });
  });
  count(list);
  seats(list.querySelector("[data-seats]"));
}

/** @param {HTMLElement} list @returns {HTMLInputElement[]} */
function boxes(list) {
  /** @type {NodeListOf<HTMLInputElement>} */
  const all = list.querySelectorAll("tbody input[name=ids]");
  return [...all];
}

/** Show the bar once something is chosen, and say how much. @param {HTMLElement} list */
function count(list) {
  const all = boxes(list);
  const chosen = all.filter((box) => box.checked).length;
  const bar = list.querySelector("[data-bar]");
  if (!(bar instanceof HTMLElement)) return;
  bar.hidden = chosen === 0;
  const words = bar.querySelector("[data-count]");
  const text = (chosen === 1 ? bar.dataset.textOne : bar.dataset.textMany) ?? "";
  if (words) words.textContent = text.replace("{number}", String(chosen));
  const whole = list.querySelector("[data-all]");
  if (!(whole instanceof HTMLInputElement)) return;
  whole.checked = chosen > 0 && chosen === all.length;
  whole.indeterminate = chosen > 0 && chosen < all.length;
}

/** @param {HTMLElement} list @param {HTMLDialogElement} sheet @param {string} action */
function ask(list, sheet, action) {
  const body = new FormData();
  body.append("action", action);
  for (const box of boxes(list)) if (box.checked) body.append("ids", box.value);
  show(sheet, list.dataset.askUrl ?? "", body);
}

/** Counting the seats takes longer than the list, which need not wait. @param {Element | null} place */
async function seats(place) {
  if (!(place instanceof HTMLElement)) return;
  const response = await request(place.dataset.seats ?? "").catch(() => null);
  if (response?.ok) place.replaceChildren(fragment(await response.text()));
}
