/** Lets one guest in: one question to the server, which carries the prepared offer along. */

import { Call } from "../call/call.js";
import { SignallingError, sessionId, signalling } from "../signalling.js";
import { complain, hold } from "./held.js";
import { release } from "./rows.js";

/**
 * @param {HTMLElement} desk
 * @param {HTMLElement} row
 * @param {HTMLButtonElement} button
 * @returns {Promise<boolean>} whether the call begins
 */
export async function admit(desk, row, button) {
  hold(row);
  busy(button, true);
  try {
    await begin(row.dataset.visit ?? "");
    release(row);
    return true;
  } catch (error) {
    complain(row, wordsOf(desk, error));
    document.dispatchEvent(new CustomEvent("queue:stale"));
    return false;
  } finally {
    busy(button, false);
  }
}

/** Begin a call with a guest. @param {string} visit @returns {Promise<string>} the call */
export async function begin(visit) {
  try {
    const answer = await ask(visit, Call.takeOffer());
    document.dispatchEvent(new CustomEvent("call:begin", { detail: answer }));
    return answer.call;
  } catch (error) {
    Call.unprepare();
    throw error;
  }
}

/** @param {string} visit @param {object | null} description @returns {Promise<any>} */
async function ask(visit, description) {
  const body = { visit, session: sessionId, description };
  try {
    return await signalling().request("visit.admit", body);
  } catch (error) {
    const odd = error instanceof SignallingError && error.code === "bad_description";
    if (!odd || !description) throw error;
    // The prepared connection is of no use; the call begins without it.
    Call.unprepare();
    return ask(visit, null);
  }
}

/** The server's words, or ours when it said nothing. @param {HTMLElement} desk @param {unknown} error */
export function wordsOf(desk, error) {
  if (error instanceof SignallingError && error.message !== error.code) return error.message;
  const part = /** @type {HTMLElement | null} */ (desk.querySelector("#queue-part"));
  return part?.dataset.textFailed ?? "";
}

/** @param {HTMLButtonElement} button @param {boolean} on */
function busy(button, on) {
  const label = button.querySelector("[data-label]");
  if (!label) return;
  const { textBusy = "" } = button.dataset;
  if (on) button.dataset.textIdle = label.textContent ?? "";
  label.textContent = on ? textBusy : (button.dataset.textIdle ?? "");
  button.setAttribute("aria-busy", String(on));
}
