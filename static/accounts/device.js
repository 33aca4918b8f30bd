/** "Gerät vertrauen": keeps the login name in this browser, only after a second yes, until told. */

import * as store from "../store.js";

const KEY = "portal.name";

/** @param {HTMLElement} part */
export function wake(part) {
  show(part, store.kept(KEY) === part.dataset.name ? "known" : "unknown");
  part.addEventListener("click", (event) => {
    const { target } = event;
    const button = target instanceof Element ? target.closest("button") : null;
    if (!button) return;
    const { ask, cancel, trust, forget } = button.dataset;
    if (trust !== undefined) store.keep(KEY, part.dataset.name ?? "");
    if (forget !== undefined) store.drop(KEY);
    if (ask !== undefined) show(part, "asking");
    else if (cancel !== undefined) show(part, "unknown");
    else show(part, trust === undefined ? "unknown" : "known");
  });
}

/** @param {HTMLElement} part @param {string} state */
function show(part, state) {
  for (const each of part.querySelectorAll("[data-when]")) {
    if (each instanceof HTMLElement) each.hidden = each.dataset.when !== state;
  }
}
