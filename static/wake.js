/**
 * Brings behaviour to elements: `data-wake="accounts/sign_in"` loads that module and calls its
 * `wake(element)`. What it returns is called when the element leaves the page.
 */

import { mend } from "./mend.js";

/** @typedef {(() => void) | undefined | void} Sleep */

/** @type {Map<Element, Sleep[]>} */
const awake = new Map();
const MODULE = /^[a-z][a-z0-9_]*([/-][a-z][a-z0-9_]*)*$/;

/** What still waits for its behaviour to arrive. @type {Map<Element, Promise<unknown>>} */
const asleep = new Map();

/** @type {((arrived: Element) => void)[]} */
const greeters = [];

/** Be told of each element that arrives. @param {(arrived: Element) => void} greet */
export function onArrival(greet) {
  greeters.push(greet);
}

/**
 * What is pressed inside an element before its behaviour is there must not be lost, and no form
 * may leave by itself: it is pressed again as soon as the behaviour has arrived.
 * @param {Element} element @param {Promise<unknown>} arrival
 */
export function hold(element, arrival) {
  const all = Promise.all([asleep.get(element), arrival]);
  asleep.set(element, all);
  all.finally(() => asleep.get(element) === all && asleep.delete(element));
}

/** @param {Event} event */
function press(event) {
  const { target } = event;
  if (!(target instanceof Element)) return;
  const arrivals = [...asleep].filter(([element]) => element.contains(target));
  if (!arrivals.length) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  // A picture inside a button cannot be pressed by itself.
  const pressed = target.closest("a, button, summary, label, input") ?? target;
  Promise.all(arrivals.map(([, arrival]) => arrival)).then(() => {
    if (pressed instanceof HTMLElement) pressed.click();
  });
}

/** Wake all that is there, and all that comes later. */
export function watch() {
  document.addEventListener("click", press, { capture: true });
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
  for (const name of names.split(/\s+/).filter(Boolean)) hold(element, start(element, name));
}

/** @param {Element} element @param {string} name */
async function start(element, name) {
  if (!MODULE.test(name)) throw new TypeError(`data-wake names no module of ours: ${name}`);
  const module = await import(new URL(`./${name}.js`, import.meta.url).href).catch(mend);
  if (!module || !element.isConnected) return;
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
