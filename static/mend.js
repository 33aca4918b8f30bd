/**
 * A part of the page did not arrive, and browsers do not ask for it twice. As soon as the portal
 * answers again, the page is loaded anew, unless something was typed or that did not help before.
 */

import { failed } from "./notices.js";

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 10_000;

let mending = false;

/** @param {unknown} error why the part did not arrive */
export async function mend(error) {
  if (mending) return;
  mending = true;
  if (hasTyped() || wasReloaded()) return failed(error, () => location.reload());
  let pause = FIRST_PAUSE_MS;
  do {
    await new Promise((resolve) => setTimeout(resolve, pause));
    pause = Math.min(2 * pause, LONGEST_PAUSE_MS);
  } while (!(await answers()));
  location.reload();
}

function hasTyped() {
  /** @type {NodeListOf<HTMLInputElement | HTMLTextAreaElement>} */
  const fields = document.querySelectorAll("input, textarea");
  return [...fields].some(isChanged);
}

/** @param {HTMLInputElement | HTMLTextAreaElement} field */
function isChanged(field) {
  // A box that names no value has "on", and "" as what it had at first.
  if ("checked" in field && ["checkbox", "radio"].includes(field.type)) {
    return field.checked !== field.defaultChecked;
  }
  return field.value !== field.defaultValue;
}

function wasReloaded() {
  const [entry] = performance.getEntriesByType("navigation");
  return entry instanceof PerformanceNavigationTiming && entry.type === "reload";
}

/** @returns {Promise<boolean>} */
async function answers() {
  const asked = fetch("/healthz", { cache: "no-store", credentials: "omit" });
  return asked.then(({ ok }) => ok).catch(() => false);
}
