/**
 * The guest's page: hears from the server when the visit has changed, fetches the new words, and
 * steps aside for the call. When waiting is over, the whole page is fetched again in its new state.
 */

import { announce } from "../notices.js";
import { go } from "../session.js";
import { signalling } from "../signalling.js";
import { freshen } from "./fresh.js";
import { listen } from "./listen.js";
import { ask, entitle, put, show, watchConnection } from "./status.js";
import { ring } from "./tone.js";
import { stayAwake } from "./wakelock.js";

const RUNNING = ["admitted", "in_call"];
const OPEN = ["waiting", ...RUNNING];
// A guest hears of an admission over the socket; who missed it fetches the page, and rejoins.
const MISSED_AFTER_MS = 1500;
// All who wait hear that the desk has come; they do not ask in the same moment.
const SPREAD_MS = 2000;
// A doctor who hung up by mistake takes that back within ten seconds, or not at all.
const RESUMED_MS = 15_000;

/** @param {HTMLElement} page */
export function wake(page) {
  const socket = signalling();
  const { state = "" } = page.dataset;
  if (!OPEN.includes(state)) return rest(socket, state);
  const refresh = () => look(page);
  const sleeps = [
    socket.on("visit.admitted", (body) => accept(page, "call:accept", body)),
    socket.on("visit.brought_in", (body) => accept(page, "call:rejoin", body)),
    socket.on("visit.changed", (body) => changed(page, body)),
    socket.on("room.changed", () => setTimeout(refresh, Math.random() * SPREAD_MS)),
    socket.on("session.ended", () => stepBack(page)),
    watchConnection(socket),
    stayAwake(),
    listen(socket, "open", refresh),
    listen(document, "call:started", () => begun(page)),
    listen(document, "call:ended", () => over(page)),
    listen(document, "language:changing", freshen),
    listen(document, "language:changed", refresh),
    listen(document, "session:ended", (event) => {
      event.preventDefault();
      stepBack(page);
    }),
  ];
  socket.connect();
  entitle();
  if (socket.state === "open") refresh();
  return () => {
    for (const sleep of sleeps) sleep();
  };
}

/**
 * Nothing more is to come, unless a refusal is taken back, or the hanging up at once.
 * @param {import("../signalling.js").Signalling} socket @param {string} state
 */
function rest(socket, state) {
  if (state !== "declined" && state !== "ended") {
    socket.disconnect();
    return undefined;
  }
  const off = socket.on("visit.changed", (body) => OPEN.includes(body.state) && reload());
  socket.connect();
  const patience = state === "ended" ? setTimeout(() => socket.disconnect(), RESUMED_MS) : 0;
  return () => {
    clearTimeout(patience);
    off();
  };
}

/** @param {HTMLElement} page @param {{ state: string }} news */
function changed(page, { state }) {
  look(page);
  if (page.dataset.calling !== "true" || RUNNING.includes(state)) return;
  // The engine tells of the end itself, unless the call went on in another window.
  setTimeout(() => {
    if (page.isConnected && page.dataset.calling === "true") reload();
  }, MISSED_AFTER_MS);
}

/** Ask where the visit stands, unless the call itself shows it. @param {HTMLElement} page */
async function look(page) {
  if (page.dataset.calling === "true" || page.dataset.state === "moved") return;
  const fresh = await ask();
  if (!fresh || !page.isConnected || page.dataset.calling === "true") return;
  const state = fresh.dataset.state ?? "";
  if (!OPEN.includes(state)) {
    reload();
    return;
  }
  if (fresh.dataset.room !== page.dataset.room) {
    // Another waiting room: its words, and its news from now on.
    signalling().disconnect();
    reload();
    return;
  }
  page.dataset.state = state;
  put(fresh);
  if (state !== "waiting") {
    setTimeout(() => {
      if (page.isConnected && page.dataset.calling !== "true") reload();
    }, MISSED_AFTER_MS);
  }
}

function reload() {
  return go("/visit", { replace: true });
}

/** The practice has let the guest in. @param {HTMLElement} page @param {string} how @param {object} admitted */
function accept(page, how, admitted) {
  begun(page);
  document.dispatchEvent(new CustomEvent(how, { detail: admitted }));
  const { textAdmitted = "" } = page.dataset;
  announce(textAdmitted);
  entitle(textAdmitted);
  // Who looks elsewhere is called back to this window.
  if (document.hidden) ring();
  // Before anybody has touched the page, browsers refuse it and complain.
  if (navigator.userActivation?.hasBeenActive) navigator.vibrate?.(200);
}

/** @param {HTMLElement} page */
function begun(page) {
  page.dataset.calling = "true";
  page.dataset.state = "in_call";
  const waiting = document.getElementById("waiting-part");
  if (waiting) waiting.hidden = true;
  scrollTo(0, 0);
}

/** The call has ended, or the guest was put back: the page shows which. @param {HTMLElement} page */
function over(page) {
  page.dataset.calling = "false";
  return reload();
}

/** Another device has taken the place, or the session is over: this page lets go of everything. @param {HTMLElement} page */
function stepBack(page) {
  page.dataset.state = "moved";
  for (const id of ["devices", "leave", "phone", "companion"])
    document.getElementById(id)?.remove();
  const waiting = document.getElementById("waiting-part");
  if (waiting) waiting.hidden = false;
  show("moved");
  signalling().disconnect();
}
