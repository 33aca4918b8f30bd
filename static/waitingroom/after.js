/** What the desk shows when a call is over: how long it was, and the steps that follow. */

import { fill } from "./fill.js";
import { listen } from "./listen.js";

const PATIENCE_MS = 3000;

/** @param {HTMLElement} desk @param {string} call */
export async function sumUp(desk, call) {
  const place = document.getElementById("after-call");
  if (!place || !call) return;
  place.dataset.url = `/calls/${call}/summary`;
  // This page knows of the end first; the server has it when the guest's row says so.
  await settled(desk);
  if (desk.dataset.calling === "true" || !(await fill(place))) return;
  const goal = place.querySelector("h2") ?? place;
  if (!(goal instanceof HTMLElement)) return;
  goal.scrollIntoView({ block: "nearest" });
  goal.focus({ preventScroll: true });
}

/** Another language: the same summary once more. */
export function sumUpAgain() {
  const place = document.getElementById("after-call");
  if (place?.childElementCount) fill(place);
}

/** @param {HTMLElement} desk @returns {boolean} whether the queue still shows a guest of ours in a call */
export function runs(desk) {
  return desk.querySelector("[data-state=admitted], [data-state=in_call]") !== null;
}

/** @param {HTMLElement} desk @returns {Promise<void>} */
function settled(desk) {
  if (!runs(desk)) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      off();
      clearTimeout(timer);
      resolve();
    };
    const off = listen(document, "queue:changed", () => {
      if (!runs(desk)) done();
    });
    const timer = setTimeout(done, PATIENCE_MS);
  });
}
