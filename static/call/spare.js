/** A connection made ready before anybody is admitted, so that its offer travels with the admission itself. */

import { certificate } from "./certificate.js";
import { configured } from "./link.js";
import { Peer } from "./peer.js";
import { tell } from "./tell.js";

/** @typedef {{servers: RTCIceServer[], relay_only: boolean}} Ice */
/** @typedef {{ice: Ice, media: import("./media.js").LocalMedia}} With */
/** @typedef {{peer: Peer, visit: string, session: string | null}} Spare `visit`: for whom it is, if for one */

const GATHERING_MS = 2000;
// Routers forget an address that nobody uses, and networks change.
const FRESH_MS = 10 * 60 * 1000;

/** @type {Spare | null} */
let spare = null;
/** @type {Spare | null} */
let taken = null;
let turn = 0;
let asked = false;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let renewal;

// The desk may ask before the call's part of the page is awake, so that its wish is kept here.
globalThis.document?.addEventListener("call:prepare", () => {
  asked = true;
});
globalThis.document?.addEventListener("call:unprepare", () => {
  asked = false;
});

let picked = "";
globalThis.document?.addEventListener("click", ({ target }) => noteRow(target), { capture: true });

/** Remember whose button is pressed, before the desk asks for the offer. @param {EventTarget | null} target */
function noteRow(target) {
  const button = target instanceof Element ? target.closest("[data-admit]") : null;
  const row = button?.closest("[data-visit]");
  if (row instanceof HTMLElement) picked = row.dataset.visit ?? "";
}

/** Whether somebody waits, as far as the desk has said. */
export const isAsked = () => asked;

/** The connection that is ready, if there is one. */
export const ready = () => spare;

/** Lay out a connection and gather its addresses. They stay in this page until somebody is admitted. @param {With} with_ */
export async function prepare(with_) {
  const mine = ++turn;
  clearTimeout(renewal);
  const configuration = configured(with_.ice, await certificate());
  if (mine !== turn) return;
  const peer = new Peer({ configuration, media: with_.media });
  await peer.link.offer();
  await gathered(peer.link.pc);
  if (mine !== turn) return peer.close();
  spare?.peer.close();
  spare = { peer, visit: "", session: null };
  const renew = () => prepare(with_).then(() => tell(document, "call:prepared"));
  renewal = setTimeout(renew, FRESH_MS);
}

/** Nobody waits any more; an offer that is on its way with an admission stays. */
export function release() {
  turn++;
  clearTimeout(renewal);
  spare?.peer.close();
  spare = null;
}

/** Drop all, also the offer that was taken: the admission failed. */
export function unprepare() {
  release();
  taken?.peer.close();
  taken = null;
}

/**
 * The prepared offer, once; it belongs to the call that begins next.
 * @param {string} [visit] who is admitted
 * @returns {{type: RTCSdpType, sdp: string} | null}
 */
export function takeOffer(visit = picked) {
  taken?.peer.close();
  taken = spare;
  spare = null;
  release();
  // What was rehearsed with one guest is of no use with another.
  if (taken?.visit && taken.visit !== visit) {
    taken.peer.close();
    taken = null;
  }
  return taken ? taken.peer.take() : null;
}

/** The connection whose offer was sent. @returns {Spare | null} */
export function takeSpare() {
  const used = taken;
  taken = null;
  return used;
}

/** @param {RTCPeerConnection} pc @returns {Promise<void>} */
function gathered(pc) {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(done, GATHERING_MS);
    pc.addEventListener("icegatheringstatechange", () => {
      if (pc.iceGatheringState === "complete") done();
    });
  });
}
