/** Lets a guest who waits into the running call, while this desk leads one. */

import { SignallingError, signalling } from "../signalling.js";
import { listen } from "./listen.js";
import { complain } from "./rows.js";

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

/** @param {HTMLElement} body @param {SubmitEvent} event */
async function bring(body, event) {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || !form.matches("[data-bring]")) return;
  event.preventDefault();
  const row = form.closest("[data-visit]");
  if (!(row instanceof HTMLElement) || row.getAttribute("aria-busy") === "true") return;
  row.setAttribute("aria-busy", "true");
  complain(row, "");
  const { call } = document.getElementById("call")?.dataset ?? {};
  const role = new FormData(form).get("role");
  try {
    await signalling().request("visit.bring_in", { visit: row.dataset.visit, call, role });
  } catch (error) {
    const told = error instanceof SignallingError && error.message !== error.code;
    const part = /** @type {HTMLElement | null} */ (body.closest("#queue-part"));
    complain(row, told ? error.message : (part?.dataset.textFailed ?? ""));
    document.dispatchEvent(new CustomEvent("queue:stale"));
  }
  row.removeAttribute("aria-busy");
}
