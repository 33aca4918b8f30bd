/** "Go on with the call": for ten seconds after hanging up, the same guest is let in once more. */

import { notice } from "../notices.js";
import { post } from "../waitingroom/answers.js";

const PATIENCE_MS = 10_000;

/** @param {HTMLElement} offer */
export function wake(offer) {
  const button = offer.querySelector("button");
  if (!button) throw new TypeError("Nothing leads back into the call.");
  const over = setTimeout(() => offer.remove(), Number(offer.dataset.seconds) * 1000);
  button.addEventListener("click", async () => {
    clearTimeout(over);
    button.disabled = true;
    const answer = await post(offer.dataset.url ?? "").catch(() => null);
    offer.remove();
    if (answer && !answer.error) letIn(answer.data.visit);
    else notice(answer?.error?.message ?? offer.dataset.textFailed ?? "");
  });
  return () => clearTimeout(over);
}

/** The guest is on the desk again: open the door as soon as the row is there. @param {string} visit */
function letIn(visit) {
  const press = () => {
    const row = `[data-visit="${CSS.escape(visit)}"]`;
    const door = document.querySelector(`${row} [data-admit]:not([aria-disabled=true])`);
    if (!(door instanceof HTMLElement)) return;
    stop();
    door.click();
  };
  const stop = () => document.removeEventListener("queue:changed", press);
  document.addEventListener("queue:changed", press);
  // Who does not come back by then is let in by hand, as anybody who waits.
  setTimeout(stop, PATIENCE_MS);
  document.dispatchEvent(new CustomEvent("queue:stale"));
}
