/**
 * Brings behaviour to elements: `data-wake="accounts/sign_in"` loads that module and calls its
 * `wake(element)`. What it returns is called when the element leaves the page.
 */

/** @typedef {(() => void) | undefined | void} Sleep */

/** @type {Map<Element, Sleep[]>} */
const awake = new Map();
const MODULE = /^[a-z][a-z0-9_]*([/-][a-z][a-z0-9_]*)*$/;

/** @type {((arrived: Element) => void)[]} */
const greeters = [];

/** Be told of each element that arrives. @param {(arrived: Element) => void} greet */
export function onArrival(greet) {
  greeters.push(greet);
}

/** Wake all that is there, and all that comes later. */
export function watch() {
  arrive(document.documentElement);
  new MutationObserver((changes) => {
    let removed = false;
    for (const change of changes) {
      removed ||= change.removedNodes.length > 0;
      for (const node of change.addedNodes) {
        if (node instanceof Element && node.isConnected) arrive(node);
      }
    }
    if (removed) sweep();
  }).observe(document.documentElement, { childList: true, subtree: true });
}

/** @param {Element} root */
function arrive(root) {
  if (root.matches("[data-wake]")) wake(root);
  for (const element of root.querySelectorAll("[data-wake]")) wake(element);
  for (const greet of greeters) greet(root);
}

/** @param {Element} element */
function wake(element) {
  if (awake.has(element)) return;
  awake.set(element, []);
  const names = element.getAttribute("data-wake") ?? "";
  for (const name of names.split(/\s+/).filter(Boolean)) start(element, name);
}

/** @param {Element} element @param {string} name */
async function start(element, name) {
  if (!MODULE.test(name)) throw new TypeError(`data-wake names no module of ours: ${name}`);
  const module = await import(new URL(`./${name}.js`, import.meta.url).href);
  if (!element.isConnected) return;
  const sleep = module.wake(element);
  if (typeof sleep === "function") awake.get(element)?.push(sleep);
}

/** Let go of the elements that have left. */
function sweep() {
  for (const [element, sleeps] of awake) {
    if (element.isConnected) continue;
    awake.delete(element);
    for (const sleep of sleeps) sleep?.();
  }
}
