/** The desk's keys: n new code, h lets the first guest in and never a companion, Escape closes what is open, never the call. */

import { fold, more, newCode } from "./panels.js";

/** @param {HTMLElement} desk @param {KeyboardEvent} event */
export function onKey(desk, event) {
  if (event.key === "Escape") close(desk, event);
  if (!isShortcut(event)) return;
  if (event.key === "n") {
    event.preventDefault();
    newCode();
  }
  if (event.key === "h") {
    const first = desk.querySelector("[data-state=waiting]:not([data-companion]) [data-admit]");
    if (!(first instanceof HTMLElement)) return;
    event.preventDefault();
    first.focus();
    first.click();
  }
}

/** Single keys count only where nobody types, and where they are wanted. @param {KeyboardEvent} event */
export function isShortcut({ target, ctrlKey, metaKey, altKey, repeat, defaultPrevented }) {
  if (ctrlKey || metaKey || altKey || repeat || defaultPrevented) return false;
  if (document.documentElement.dataset.shortcuts === "off") return false;
  const typing = "input, textarea, select, [contenteditable]:not([contenteditable=false]), dialog";
  return !(target instanceof Element && target.closest(typing));
}

/** @param {HTMLElement} desk @param {KeyboardEvent} event */
function close(desk, event) {
  const row = event.target instanceof Element ? event.target.closest("[data-visit]") : null;
  const opened = "[data-more][aria-expanded=true]";
  const button = row?.querySelector(opened) ?? desk.querySelector(opened);
  if (button instanceof HTMLElement) {
    more(button, false);
    button.focus();
  } else if (desk.classList.contains("is-unfolded")) {
    fold(desk, false);
    /** @type {HTMLElement | null} */ (desk.querySelector("[data-fold]"))?.focus();
  }
}
