/** Follows links and searches inside signed-in pages, and the browser's own back and forward. */

import { go, isContent, travelled } from "./frame.js";
import { pathOf } from "./paths.js";

/** Begin; called once by main.js. */
export function follow() {
  document.addEventListener("click", onClick);
  document.addEventListener("submit", onSubmit);
  addEventListener("popstate", travelled);
}

/** @param {MouseEvent} event */
function onClick(event) {
  const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
  if (!(link instanceof HTMLAnchorElement) || !isContent() || event.defaultPrevented) return;
  if (wantsOwnTab(event) || !staysHere(link)) return;
  event.preventDefault();
  go(link.href);
}

/** @param {MouseEvent} event */
function wantsOwnTab(event) {
  return event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
}

/** @param {HTMLAnchorElement} link */
function staysHere(link) {
  if (link.target || link.hasAttribute("download") || link.dataset.plain !== undefined)
    return false;
  const jumps = link.hash && pathOf(link.href) === pathOf(location.href);
  return link.origin === location.origin && !jumps;
}

/** @param {SubmitEvent} event */
function onSubmit(event) {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || !isContent() || event.defaultPrevented) return;
  const url = new URL(form.action);
  if (form.method !== "get" || url.origin !== location.origin) return;
  event.preventDefault();
  url.search = "";
  for (const [name, value] of new FormData(form, event.submitter)) {
    if (value) url.searchParams.append(name, String(value));
  }
  go(url);
}
