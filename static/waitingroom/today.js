/** The list of the day: fetched again when a guest comes or goes, or a code was made. */

import { fragment } from "../trusted.js";
import { get } from "./answers.js";
import { listen } from "./listen.js";

const QUIET_MS = 1000;

/** @param {HTMLElement} list */
export function wake(list) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let soon;
  const look = () => {
    soon ??= setTimeout(async () => {
      soon = undefined;
      const answer = await get("/desk/today").catch(() => null);
      if (!answer || answer.error || !list.isConnected) return;
      const fresh = fragment(answer.html).querySelector("#today");
      if (fresh && fresh.innerHTML !== list.innerHTML) list.replaceChildren(...fresh.childNodes);
    }, QUIET_MS);
  };
  const sleeps = [listen(document, "queue:changed", look), listen(document, "code:made", look)];
  return () => {
    clearTimeout(soon);
    for (const sleep of sleeps) sleep();
  };
}
