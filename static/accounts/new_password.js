/** Says what is wrong with a new password while it is typed, before anything is set. */

import { request } from "../session.js";
import { mark, read, revealPassword } from "./sending.js";

const PAUSE = 400;

/** @param {HTMLElement} row */
export function wake(row) {
  const input = row.querySelector("input[name=password]");
  if (!(input instanceof HTMLInputElement)) throw new TypeError("There is no field to watch.");
  revealPassword(row);
  let timer = 0;
  input.addEventListener("input", () => {
    say(row, "");
    mark(input, "");
    clearTimeout(timer);
    timer = setTimeout(() => check(row, input), PAUSE);
  });
  return () => clearTimeout(timer);
}

/** @param {HTMLElement} row @param {HTMLInputElement} input */
async function check(row, input) {
  const asked = input.value;
  if (!asked) return;
  const name = input.form?.querySelector("input[name=name]");
  const names = name instanceof HTMLInputElement ? name.value : "";
  const body = new URLSearchParams({ password: asked, name: names });
  const response = await request(row.dataset.check ?? "", { method: "POST", body }).catch(
    () => null,
  );
  // What is typed next has its own answer.
  if (!response || input.value !== asked) return;
  const answer = await read(response);
  if (!answer.ok) return;
  const reasons = /** @type {string[]} */ (answer.data.reasons);
  mark(input, reasons.join(" "));
  say(row, reasons.length ? "" : "good");
}

/** @param {HTMLElement} row @param {"" | "good"} state */
function say(row, state) {
  const place = row.querySelector("[data-state]");
  if (place instanceof HTMLElement) place.textContent = state ? (place.dataset.textGood ?? "") : "";
}
