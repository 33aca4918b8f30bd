/** Lets a guest who waits into the running call, while this desk leads one. */

import { signalling } from "../signalling.js";
import { wordsOf } from "./admit.js";
import { complain, hold } from "./held.js";
import { listen } from "./listen.js";
import { release } from "./rows.js";

/** @param {HTMLElement} body */
export function wake(body) {
  const mark = () => {
    const { leads } = document.getElementById("call")?.dataset ?? {};
    body.classList.toggle("is-leading", leads === "true");
  };
  const sleeps = [
    listen(document, "call:leads", mark),
    listen(body, "submit", (event) => bring(body, event)),
  ];
  mark();
  return () => {
    for (const sleep of sleeps) sleep();
  };
}

/** Ask the server to let the guest of a row in, as what the row says. @param {HTMLElement} row @param {string} call */
export function bringIn(row, call) {
  const form = row.querySelector("[data-bring]");
  const role = form instanceof HTMLFormElement ? new FormData(form).get("role") : "guest";
  return signalling().request("visit.bring_in", { visit: row.dataset.visit, call, role });
}

/** @param {HTMLElement} body @param {SubmitEvent} event */
async function bring(body, event) {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || !form.matches("[data-bring]")) return;
  event.preventDefault();
  const row = form.closest("[data-visit]");
  const desk = body.closest("#desk");
  if (!(row instanceof HTMLElement) || row.getAttribute("aria-busy") === "true") return;
  row.setAttribute("aria-busy", "true");
  hold(row);
  try {
    await bringIn(row, document.getElementById("call")?.dataset.call ?? "");
    release(row);
  } catch (error) {
    complain(row, wordsOf(/** @type {HTMLElement} */ (desk), error));
    document.dispatchEvent(new CustomEvent("queue:stale"));
  }
  row.removeAttribute("aria-busy");
}
