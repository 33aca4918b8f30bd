/** The number of requests beside "Kontakte": asked for again whenever a contact has changed. */

import { fragment } from "../trusted.js";
import { get } from "../waitingroom/answers.js";
import { listen } from "../waitingroom/listen.js";

/** @param {HTMLElement} badge */
export function wake(badge) {
  return listen(document, "contact-changed", async () => {
    const answer = await get(badge.dataset.url ?? "").catch(() => null);
    if (answer && !answer.error && badge.isConnected) badge.replaceWith(fragment(answer.html));
  });
}
