/**
 * Sets htmx up: our token on its requests, our Trusted Types policy on its answers, no code from
 * attributes, and errors shown above the content instead of inside the element that asked.
 * Its switches (no history, no style sheet) stand in the page's `htmx-config`.
 */

import { clearNotices, failed, showError } from "./notices.js";
import { ended, identity, proved } from "./session.js";
import { html } from "./trusted.js";
import vendor from "./vendor/htmx.esm.js";

const htmx = /** @type {any} */ (vendor);
const UNAUTHORIZED = 401;
const UNPROCESSABLE = 422;

/** Attributes and answers may not carry code. */
function refuse() {
  throw new TypeError("Code in attributes or answers is not run.");
}

htmx.registerExtension("portal", {
  init(/** @type {any} */ api) {
    api.initSecurity({ createHTML: html, createScript: refuse }, refuse, refuse);
  },
});

document.addEventListener("htmx:config:request", (event) => {
  const { ctx } = /** @type {CustomEvent} */ (event).detail;
  const { request } = ctx;
  Object.assign(request.headers, identity());
  ctx.fetch = (/** @type {string} */ url, /** @type {RequestInit} */ options) =>
    proved(() => fetch(url, options).finally(() => clearTimeout(ctx.requestTimeout)));
  // It would tell the server, and its log, the fragment: on /j the code of a guest.
  delete request.headers["HX-Current-URL"];
  request.credentials = "omit";
});

document.addEventListener("htmx:before:response", (event) => {
  const { response } = /** @type {CustomEvent} */ (event).detail.ctx;
  if (response.status < 400) clearNotices();
  // A form that was not filled in as needed comes back with its errors, and is swapped in.
  if (response.status < 400 || response.status === UNPROCESSABLE) return;
  event.preventDefault();
  if (response.status === UNAUTHORIZED) ended();
  else response.raw.text().then(showError, failed);
});

document.addEventListener("htmx:error", (event) => {
  const { ctx, error } = /** @type {CustomEvent} */ (event).detail;
  if (ctx && !ctx.response) failed(error);
});

/** Give behaviour to elements that did not come through htmx. @param {Element} root */
export function process(root) {
  htmx.process(root);
}
