/** Keeps the list of contacts up to date while nobody works in it: who is signed in, who asks. */

import { fragment } from "../trusted.js";
import { get } from "../waitingroom/answers.js";
import { listen } from "../waitingroom/listen.js";

const EVERY_MS = 15_000;

/** @param {HTMLElement} list */
export function wake(list) {
  const look = async () => {
    if (document.hidden || isInUse(list)) return;
    const answer = await get(list.dataset.url ?? "").catch(() => null);
    if (!answer || answer.error || !list.isConnected || isInUse(list)) return;
    list.replaceWith(fragment(answer.html));
  };
  const timer = setInterval(look, EVERY_MS);
  const off = listen(document, "contact-changed", look);
  return () => {
    clearInterval(timer);
    off();
  };
}

/** @param {HTMLElement} list */
function isInUse(list) {
  return list.contains(document.activeElement) || list.querySelector("details[open]") !== null;
}
