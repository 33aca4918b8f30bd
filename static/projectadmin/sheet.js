/**
 * Shows a page of ours inside a place: the side sheet of a list, or the page of its own. Its links
 * marked `data-sheet` and its forms stay in that place, so nothing typed is lost by a refusal.
 */

import { announce, failed } from "../notices.js";
import { isNeeded } from "../proof.js";
import { request } from "../session.js";
import { parse } from "../trusted.js";

/** @param {HTMLElement} place */
export function wake(place) {
  place.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a[data-sheet]") : null;
    if (!(link instanceof HTMLAnchorElement)) return;
    event.preventDefault();
    show(place, link.href);
  });
  place.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || form.method !== "post") return;
    event.preventDefault();
    // Not form.action: that is the field of this name, where there is one.
    show(place, form.getAttribute("action") ?? "", new FormData(form, event.submitter));
  });
}

/**
 * Fetch a page, or post to it, and put what it holds into the place.
 * @param {HTMLElement} place @param {string} url @param {FormData | Blob | null} [body]
 * @param {{ quiet?: boolean }} [options] `quiet` leaves the focus where it is
 */
export async function show(place, url, body, { quiet = false } = {}) {
  if (place.getAttribute("aria-busy") === "true") return;
  place.setAttribute("aria-busy", "true");
  try {
    const headers = { Accept: "text/html", "X-Portal-Request": "content" };
    const response = await request(url, { method: body ? "POST" : "GET", body, headers });
    // Whoever would not say who they are finds all as it was.
    if (isNeeded(response)) return;
    const text = await response.text();
    if (response.status !== 401) fill(place, text, quiet);
  } catch (error) {
    if (place instanceof HTMLDialogElement) place.close();
    failed(error);
  } finally {
    place.removeAttribute("aria-busy");
  }
}

/** @param {HTMLElement} place @param {string} text @param {boolean} quiet */
function fill(place, text, quiet) {
  const page = parse(text);
  const content = page.getElementById("sheet-content") ?? page.getElementById("main");
  if (!content) throw new TypeError("The answer holds no page.");
  content.id = "sheet-content";
  place.querySelector("#sheet-content")?.remove();
  place.append(document.adoptNode(content));
  if (content.dataset.changed !== undefined) place.dataset.changed = "";
  if (place instanceof HTMLDialogElement && !place.open) place.showModal();
  if (quiet) return;
  const goal = content.querySelector("[autofocus], h1");
  if (goal?.tagName === "H1") goal.setAttribute("tabindex", "-1");
  else announce(content.querySelector("h1")?.textContent ?? "");
  if (goal instanceof HTMLElement) goal.focus();
}
