/** A row of the queue that says what went wrong, or is about to: it stays until that was read, wherever the guest is by then. */

/** The server is asked about this guest: the answer may have to be said in the row. @param {HTMLElement} row */
export function hold(row) {
  complain(row, "");
  row.dataset.held = "";
}

/** Say in the row what went wrong, and keep it until it was read. @param {HTMLElement} row @param {string} message */
export function complain(row, message) {
  const { visit = "" } = row.dataset;
  // Another row may stand in its place by now.
  const there = row.isConnected ? null : document.querySelector(`#queue [data-visit="${visit}"]`);
  say(/** @type {HTMLElement | null} */ (there) ?? row, message);
}

/** @param {HTMLElement} row @param {string} message */
function say(row, message) {
  const place = row.querySelector("[data-row-error]");
  if (!place) return;
  place.textContent = message;
  if (message) row.dataset.held = "";
  else delete row.dataset.held;
}

/** The guest is gone, the message is not read: leave only what can still be done. @param {HTMLElement} row */
export function settle(row) {
  const held = document.getElementById("held-row");
  if (!(held instanceof HTMLTemplateElement) || isSettled(row)) return;
  row.classList.add("visit-gone");
  row.querySelector("[data-part=actions]")?.replaceWith(held.content.cloneNode(true));
}

/** @param {HTMLElement} row */
export const isSettled = (row) => row.classList.contains("visit-gone");

/** The guest is in another state now; what was said or is still asked goes along. @param {HTMLElement} old @param {HTMLElement} fresh */
export function carry(old, fresh) {
  if (!("held" in old.dataset) || isSettled(old)) return;
  say(fresh, old.querySelector("[data-row-error]")?.textContent ?? "");
  fresh.dataset.held = "";
}
