/** Minutes that count up without a question to the server, whatever the clock of this device says. */

const MINUTE = 60;
const HOUR = 3600;

/** When a number of seconds arrived in this page. @type {WeakMap<Element, number>} */
const arrived = new WeakMap();

/**
 * A span in words, as the server writes it.
 * @param {number} seconds
 * @param {string} language
 * @param {string} now what stands there in the first minute
 */
export function waitWords(seconds, language, now) {
  if (seconds < MINUTE) return now;
  const hours = Math.floor(seconds / HOUR);
  const minutes = Math.floor((seconds % HOUR) / MINUTE);
  const words = [];
  if (hours) words.push(inWords(hours, "hour", language));
  if (minutes) words.push(inWords(minutes, "minute", language));
  return words.join(" ");
}

/** @param {number} count @param {string} unit @param {string} language */
function inWords(count, unit, language) {
  const style = /** @type {const} */ ("unit");
  return new Intl.NumberFormat(language, { style, unit, unitDisplay: "long" }).format(count);
}

/** Write all waits below an element anew. @param {HTMLElement} root @param {string} now */
export function count(root, now) {
  const language = document.documentElement.lang || "de";
  for (const place of root.querySelectorAll("[data-waited]")) {
    if (!(place instanceof HTMLElement)) continue;
    const since = arrived.get(place) ?? performance.now();
    arrived.set(place, since);
    const seconds = Number(place.dataset.waited) + (performance.now() - since) / 1000;
    const words = waitWords(seconds, language, now);
    if (place.textContent !== words) place.textContent = words;
  }
}
