/** A place that is filled with a piece of the server as soon as it is there. */

import { fragment } from "../trusted.js";
import { get } from "./answers.js";

/** @param {HTMLElement} place */
export async function fill(place) {
  const answer = await get(place.dataset.url ?? "").catch(() => null);
  if (!answer || answer.error) return false;
  place.replaceChildren(fragment(answer.html));
  return true;
}

/** @param {HTMLElement} place */
export function wake(place) {
  fill(place);
}
