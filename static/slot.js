/**
 * A place that a plugin fills. It is asked after the page is there, so that a slow one holds up
 * nobody; what does not come is said in the place itself, with a button to try again.
 */

import { request } from "./session.js";
import { fragment } from "./trusted.js";

const PATIENCE_MS = 8000;

/** @param {HTMLElement} place */
export function wake(place) {
  const show = () => fill(place);
  const clear = () => place.replaceChildren();
  document.addEventListener("language:changed", show);
  if (!place.dataset.begins) {
    show();
    return () => document.removeEventListener("language:changed", show);
  }
  // It speaks of a call: it is there while one runs.
  const { begins } = place.dataset;
  document.addEventListener(begins, show);
  document.addEventListener("call:ended", clear);
  return () => {
    document.removeEventListener("language:changed", show);
    document.removeEventListener(begins, show);
    document.removeEventListener("call:ended", clear);
  };
}

/** @param {HTMLElement} place */
async function fill(place) {
  const { url = "" } = place.dataset;
  place.setAttribute("aria-busy", "true");
  try {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const response = await request(url, { headers: { Accept: "text/html" }, signal });
    const html = await response.text();
    if (response.ok) place.replaceChildren(fragment(html));
    // What is not there any more, or not for this reader, needs no words.
    else if (response.status < 500) place.replaceChildren();
    else fail(place);
  } catch {
    fail(place);
  } finally {
    place.removeAttribute("aria-busy");
  }
}

/** @param {HTMLElement} place */
function fail(place) {
  const { textFailed = "", textAgain = "" } = place.parentElement?.dataset ?? {};
  const words = document.createElement("p");
  words.textContent = textFailed.replace("{plugin}", place.dataset.label ?? "");
  const again = document.createElement("button");
  again.type = "button";
  again.className = "btn btn-secondary";
  again.textContent = textAgain;
  again.addEventListener("click", () => fill(place));
  const notice = document.createElement("div");
  notice.className = "notice notice-wait";
  notice.dataset.testid = "plugin-slot-failed";
  notice.append(words, again);
  place.replaceChildren(notice);
}
