/** The desk's keys: n new code, h lets the first guest in, Escape closes what is open, never the call. */

import { fold, newCode } from "./panels.js";

/** @param {HTMLElement} desk @param {KeyboardEvent} event */
export function onKey(desk, event) {
  if (event.key === "Escape") close(desk, event);
  if (!isShortcut(event)) return;
  if (event.key === "n") {
    event.preventDefault();
    newCode(desk);
  }
  if (event.key === "h") {
    const first = desk.querySelector("[data-state=waiting] [data-admit]");
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
  const open = [...desk.querySelectorAll("details[open]")];
  const inside = open.find((each) => event.target instanceof Node && each.contains(event.target));
  const details = inside ?? open[0];
  if (details instanceof HTMLDetailsElement && !details.closest(".call")) {
    details.open = false;
    details.querySelector("summary")?.focus();
  } else if (desk.classList.contains("is-unfolded")) {
    fold(desk, false);
    /** @type {HTMLElement | null} */ (desk.querySelector("[data-fold]"))?.focus();
  }
}
