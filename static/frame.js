/**
 * Loads the content of signed-in pages. A plain navigation carries no token, so the server
 * answers it with an empty frame; this module asks for the same address with the header.
 */

import { announce, clearNotices, failed } from "./notices.js";
import { pathOf } from "./paths.js";
import { inLanguage, request, token } from "./session.js";
import { parse } from "./trusted.js";

const PARTS = ["banner", "main", "foot"];

/** @type {AbortController | null} */
let loading = null;
let content = false;
let shown = pathOf(location.href);

/** The frame itself: fill it, or ask who is there. @param {Element} _frame */
export function wake(_frame) {
  if (token()) load(location.href, { replace: true });
  else location.replace(inLanguage(`/sign-in?next=${encodeURIComponent(pathOf(location.href))}`));
}

/**
 * Show another signed-in page in this document.
 * @param {string | URL} url
 * @param {{ replace?: boolean, keepFocus?: boolean }} [options]
 * @returns {Promise<void>}
 */
export async function go(url, options = {}) {
  const target = new URL(url, location.href);
  const question = new CustomEvent("page:leave", {
    cancelable: true,
    detail: { url: target.href },
  });
  // A running call may want to ask first.
  if (!document.dispatchEvent(question)) return;
  await load(target.href, options);
}

/** Tell whether the page shows what only a signed-in person sees. */
export const isContent = () => content;

/** The page is the same under another address. @param {URL} url */
export function renamed(url) {
  history.replaceState(history.state, "", url);
  shown = pathOf(url);
}

/** The browser went back or forward: show what the address now says. */
export function travelled() {
  const wanted = pathOf(location.href);
  if (wanted === shown) return;
  if (history.state?.portal) load(location.href, { replace: true });
  else location.reload();
}

/** @param {string} url @param {{ replace?: boolean, keepFocus?: boolean }} options */
async function load(url, options) {
  loading?.abort();
  const mine = new AbortController();
  loading = mine;
  document.documentElement.classList.add("is-loading");
  try {
    const headers = { Accept: "text/html", "X-Portal-Request": "content" };
    const response = await request(url, { headers, signal: mine.signal });
    const text = await response.text();
    if (response.status === 401 || mine.signal.aborted) return;
    if (needsOwnDocument(response)) location.assign(url);
    else show(text, response.redirected ? response.url : url, options);
  } catch (error) {
    if (!mine.signal.aborted) failed(error, () => load(url, options));
  } finally {
    if (loading === mine) document.documentElement.classList.remove("is-loading");
  }
}

/**
 * A browser decides once per document whether it may use the camera. A page that needs it
 * cannot be shown inside one that was opened without.
 * @param {Response} response
 */
function needsOwnDocument(response) {
  if (!response.headers.get("Content-Type")?.startsWith("text/html")) return true;
  const policy = /** @type {any} */ (document).featurePolicy;
  const wanted = response.headers.get("Permissions-Policy")?.includes("camera=(self)");
  return Boolean(wanted && policy && !policy.allowsFeature("camera"));
}

/** @param {string} text @param {string} url @param {{ replace?: boolean, keepFocus?: boolean }} options */
function show(text, url, { replace = false, keepFocus = false }) {
  const page = parse(text);
  const main = page.getElementById("main");
  if (!main) throw new TypeError("The answer holds no page.");
  const first = !content;
  for (const part of PARTS) swap(part, page);
  document.title = page.title;
  const root = document.documentElement;
  root.lang = main.dataset.lang ?? page.documentElement.lang;
  root.dataset.audience = main.dataset.audience ?? page.documentElement.dataset.audience ?? "";
  if (replace) history.replaceState({ portal: true }, "", url);
  else history.pushState({ portal: true }, "", url);
  shown = pathOf(url);
  content = true;
  clearNotices();
  if (!keepFocus) settle(first && replace);
}

/** Replace one part of this page by that of another. @param {string} id @param {Document} page */
export function swap(id, page) {
  const fresh = page.getElementById(id);
  if (fresh) document.getElementById(id)?.replaceWith(document.adoptNode(fresh));
}

/** Put the reader where the new page begins. @param {boolean} stay */
function settle(stay) {
  const goal = document.querySelector("#main [autofocus], #main h1");
  if (goal?.tagName === "H1") goal.setAttribute("tabindex", "-1");
  // A heading that takes the focus is read aloud; anything else does not say which page this is.
  else announce(document.title);
  if (goal instanceof HTMLElement) goal.focus({ preventScroll: true });
  if (stay) return;
  const anchor = location.hash && document.getElementById(location.hash.slice(1));
  if (anchor) anchor.scrollIntoView();
  else scrollTo(0, 0);
}
