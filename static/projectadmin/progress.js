/** Looks again each second, until what runs in the background is done. */

import { show } from "./sheet.js";

const EACH_MS = 1000;

/** @param {HTMLElement} element */
export function wake(element) {
  const place = element.closest("dialog, .sheet-page");
  if (!(place instanceof HTMLElement)) return undefined;
  const look = () => show(place, element.dataset.url ?? "", null, { quiet: true });
  const timer = setTimeout(look, EACH_MS);
  return () => clearTimeout(timer);
}
