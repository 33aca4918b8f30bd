/**
 * The doctor's desk: knows whether the socket is there and whether a call runs, and lets a guest
 * in only when both fit. What is said in the call is the engine's.
 */

import { signalling } from "../signalling.js";
import { admit } from "./admit.js";
import { runs, sumUp, sumUpAgain } from "./after.js";
import { greet } from "./arrivals.js";
import { freshen } from "./fresh.js";
import { onKey } from "./keys.js";
import { listen } from "./listen.js";
import { dismiss, offerRooms, onMenu } from "./menu.js";
import { fold, more } from "./panels.js";
import { prepareFor, readiness } from "./readiness.js";
import { warmUp } from "./tone.js";

const SHOWN_AFTER_MS = 1500;

/** @param {HTMLElement} desk */
export function wake(desk) {
  const socket = signalling();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let away;
  const lost = () => {
    away ??= setTimeout(() => set(desk, "socket", "away"), SHOWN_AFTER_MS);
  };
  const back = () => {
    clearTimeout(away);
    away = undefined;
    set(desk, "socket", "open");
    readiness(desk);
  };
  const sleeps = [
    listen(socket, "open", back),
    listen(socket, "closed", lost),
    listen(socket, "refused", lost),
    // The browser knows it at once; the socket hears it only after its own silence.
    listen(globalThis, "offline", lost),
    listen(globalThis, "online", () => socket.state === "open" && back()),
    listen(document, "call:started", () => begun(desk)),
    listen(document, "call:ended", (event) =>
      over(desk, /** @type {CustomEvent} */ (event).detail),
    ),
    listen(document, "queue:changed", ({ detail }) => {
      guard(desk);
      endedElsewhere(desk);
      readiness(desk);
      greet(desk, detail);
    }),
    listen(document, "language:changing", freshen),
    listen(document, "language:changed", sumUpAgain),
    listen(document, "keydown", (event) => onKey(desk, event)),
    listen(desk, "click", (event) => onClick(desk, event)),
    listen(desk, "submit", (event) => onMenu(desk, event)),
    ...["pointerover", "pointerdown", "focusin"].map((kind) =>
      listen(desk, kind, ({ target }) => {
        if (target instanceof Element && target.closest("[data-admit]")) prepareFor(desk);
      }),
    ),
  ];
  socket.connect();
  if (socket.state !== "open") lost();
  guard(desk);
  warmUp();
  return () => {
    clearTimeout(away);
    for (const sleep of sleeps) sleep();
  };
}

/** @param {HTMLElement} desk @param {"socket" | "calling"} what @param {string} value */
function set(desk, what, value) {
  desk.dataset[what] = value;
  guard(desk);
}

/** Who cannot let anybody in now hears why; the button stays in place and can be reached. @param {HTMLElement} desk */
function guard(desk) {
  const { socket, calling } = desk.dataset;
  const [away, busy] = ["queue-away", "queue-busy"].map((id) => document.getElementById(id));
  if (away) away.hidden = socket === "open";
  if (busy) busy.hidden = calling !== "true";
  const why = socket !== "open" ? away : calling === "true" ? busy : null;
  for (const button of desk.querySelectorAll("[data-admit]")) {
    button.setAttribute("aria-disabled", String(why !== null));
    if (why) button.setAttribute("aria-describedby", why.id);
    else button.removeAttribute("aria-describedby");
  }
}

/** @param {HTMLElement} desk @param {Event} event */
function onClick(desk, { target }) {
  if (!(target instanceof Element)) return;
  const button = target.closest("button");
  if (button?.matches("[data-admit]:not([aria-disabled=true])")) letOneIn(desk, button);
  if (button?.matches("[data-fold]")) fold(desk, !desk.classList.contains("is-unfolded"));
  if (button?.matches("[data-more]")) {
    more(button);
    offerRooms(button);
  }
  if (button?.matches("[data-dismiss]")) dismiss(button);
}

/** @param {HTMLElement} desk @param {HTMLButtonElement} button */
function letOneIn(desk, button) {
  const row = button.closest("[data-visit]");
  if (row instanceof HTMLElement) letIn(desk, () => admit(desk, row, button));
}

/** @param {HTMLElement} desk @param {() => Promise<boolean>} begin tells whether the call begins */
export async function letIn(desk, begin) {
  // From the click on nobody else can be let in, whatever the answer will be.
  set(desk, "calling", "true");
  if (await begin()) begun(desk);
  else set(desk, "calling", "false");
}

/** @param {HTMLElement} desk */
function begun(desk) {
  set(desk, "calling", "true");
  desk.classList.add("is-calling");
  desk.classList.remove("is-inviting");
  document.getElementById("after-call")?.replaceChildren();
  fold(desk, false);
  document.getElementById("call")?.scrollIntoView({ block: "nearest" });
}

/** The call went on in another window, and is over there: this desk is free again. @param {HTMLElement} desk */
function endedElsewhere(desk) {
  const room = desk.querySelector("[data-call=room]");
  const here = room instanceof HTMLElement && !room.hidden;
  if (desk.classList.contains("is-calling") && !runs(desk) && !here) over(desk, { call: "" });
}

/** The call is over: what it was, and what comes next. @param {HTMLElement} desk @param {{ call: string }} ended */
function over(desk, { call }) {
  set(desk, "calling", "false");
  desk.classList.remove("is-calling");
  fold(desk, false);
  document.dispatchEvent(new CustomEvent("queue:stale"));
  sumUp(desk, call);
}
