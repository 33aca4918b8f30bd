/**
 * The rows of the queue: put in by time of arrival, renewed without disturbing who types or points
 * there, taken out, and held back while they carry a message that was not read.
 */

import { carry, complain, isSettled, settle } from "./held.js";

const GAP_MS = 3000;
const GAP_CLOSINGS = 10;

/** @param {HTMLElement} list @returns {HTMLElement[]} */
export function rows(list) {
  return /** @type {HTMLElement[]} */ ([...list.querySelectorAll(":scope > [data-visit]")]);
}

/** @param {HTMLElement} list @param {string} visit */
export function find(list, visit) {
  return rows(list).find((row) => row.dataset.visit === visit);
}

/** Who came first stands first. @param {DOMStringMap} one @param {DOMStringMap} other */
export function comesAfter(one, other) {
  return `${one.arrived} ${one.visit}` > `${other.arrived} ${other.visit}`;
}

/**
 * Put a row where it belongs, or renew the one that is there.
 * @param {HTMLElement} list @param {HTMLElement} fresh
 * @returns {boolean} whether the guest was not in the list before
 */
export function place(list, fresh) {
  const old = find(list, fresh.dataset.visit ?? "");
  if (old && old.dataset.arrived === fresh.dataset.arrived) {
    renew(old, fresh);
    return false;
  }
  old?.remove();
  const next = rows(list).find((row) => comesAfter(row.dataset, fresh.dataset));
  list.insertBefore(fresh, next ?? null);
  return !old;
}

/** In the same state and room only the facts change; what can be pressed and typed stays. @param {HTMLElement} old @param {HTMLElement} fresh */
function renew(old, fresh) {
  const [here, there] = [old, fresh].map((row) => row.querySelector("[data-part=facts]"));
  const same = ["state", "room", "joins"].every((key) => old.dataset[key] === fresh.dataset[key]);
  if (same && !isSettled(old) && here && there) {
    old.dataset.name = fresh.dataset.name;
    if (here.innerHTML === there.innerHTML) return;
    keepShown(here, there);
    here.replaceWith(there);
    return;
  }
  const focused = old.contains(document.activeElement);
  for (const typed of old.querySelectorAll("input, textarea")) {
    const field = /** @type {HTMLInputElement | null} */ (fresh.querySelector(`#${typed.id}`));
    const { value, checked } = /** @type {HTMLInputElement} */ (typed);
    if (field) Object.assign(field, field.type === "checkbox" ? { checked } : { value });
  }
  carry(old, fresh);
  old.replaceWith(fresh);
  if (focused) focusOn(fresh);
}

/**
 * What plugins show stays until they answer anew: a row that shrinks and grows again would move the
 * buttons below it under a finger.
 * @param {Element} here @param {Element} there
 */
function keepShown(here, there) {
  for (const slot of there.querySelectorAll("[data-wake=slot]")) {
    const { url = "" } = /** @type {HTMLElement} */ (slot).dataset;
    const old = here.querySelector(`[data-wake=slot][data-url="${CSS.escape(url)}"]`);
    if (old) slot.replaceChildren(...old.childNodes);
  }
}

/** The language has changed: the next look at the queue renews every row as a whole. @param {HTMLElement} list */
export function outdate(list) {
  for (const row of rows(list)) row.dataset.state = "";
}

/**
 * Take a row out; the focus goes to its neighbour. A row with an unread message stays until it is read.
 * @param {HTMLElement} list @param {string} visit
 * @param {string} words what is said of the guest who went
 * @returns {HTMLElement | undefined} the row that was there
 */
export function remove(list, visit, words) {
  const row = find(list, visit);
  if (!row) return undefined;
  if ("held" in row.dataset) {
    settle(row);
    return undefined;
  }
  if (row.dataset.state === "waiting" && row.nextElementSibling) leaveGap(row, words);
  else drop(row);
  return row;
}

/**
 * The rows below must not move up under a finger that is about to press: the wrong guest would be
 * let in. The gap closes when nobody points at the list.
 * @param {HTMLElement} row @param {string} words
 */
function leaveGap(row, words) {
  const gap = document.createElement("li");
  gap.className = "visit visit-gone";
  gap.style.minHeight = `${row.offsetHeight}px`;
  gap.textContent = words;
  row.before(gap);
  drop(row);
  let patience = GAP_CLOSINGS;
  const close = () => {
    if (--patience && gap.parentElement?.matches(":hover")) setTimeout(close, GAP_MS);
    else gap.remove();
  };
  setTimeout(close, GAP_MS);
}

/** What was asked of a row went well; nothing is left to be read in it. @param {HTMLElement} row */
export function release(row) {
  complain(row, "");
  if (isSettled(row)) drop(row);
}

/** @param {HTMLElement} row */
export function drop(row) {
  const focused = row.contains(document.activeElement);
  const neighbour = row.nextElementSibling ?? row.previousElementSibling;
  row.remove();
  if (!focused) return;
  if (neighbour instanceof HTMLElement) focusOn(neighbour);
  else document.getElementById("queue-title")?.focus({ preventScroll: true });
}

/** @param {HTMLElement} row */
function focusOn(row) {
  const goal = row.querySelector("button");
  if (goal instanceof HTMLElement) goal.focus({ preventScroll: true });
}
