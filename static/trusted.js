/**
 * The one Trusted Types policy of the portal. Only HTML that our own server wrote may pass:
 * call `html` with the body of an answer, never with a string that was put together here.
 * One script may run beside the page: the worker that reads PDF files.
 */

import { sameOrigin } from "./paths.js";

const WORKER = /^\/static\/[^/]+\/vendor\/pdf\.worker\.js$/;

const types = /** @type {any} */ (globalThis).trustedTypes;
const policy = types?.createPolicy("portal", {
  createHTML: (/** @type {string} */ text) => text,
  createScriptURL: own,
});

/**
 * Vouch for HTML of our own server.
 * @param {string} text
 * @returns {string} a TrustedHTML where the browser knows them
 */
export function html(text) {
  return policy ? policy.createHTML(text) : text;
}

/**
 * Vouch for the address of the worker that reads PDF files.
 * @param {URL} url
 * @returns {string} a TrustedScriptURL where the browser knows them
 */
export function workerUrl(url) {
  return policy ? policy.createScriptURL(url.href) : own(url.href);
}

/** @param {string} address */
function own(address) {
  const { href, pathname } = sameOrigin(address);
  if (!WORKER.test(pathname)) throw new TypeError("This script is none of the portal's workers.");
  return href;
}

/**
 * Parse an answer into a document of its own. Scripts in it stay inert.
 * @param {string} text
 * @returns {Document}
 */
export function parse(text) {
  return new DOMParser().parseFromString(html(text), "text/html");
}

/**
 * Parse a fragment; its nodes can be put into the page.
 * @param {string} text
 * @returns {DocumentFragment}
 */
export function fragment(text) {
  const piece = document.createDocumentFragment();
  piece.append(...parse(text).body.childNodes);
  return piece;
}
