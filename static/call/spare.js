/** A connection made ready before anybody is admitted, so that its offer travels with the admission itself. */

import { certificate } from "./certificate.js";
import { configured, Link } from "./link.js";

/** @typedef {{servers: RTCIceServer[], relay_only: boolean}} Ice */

const GATHERING_MS = 2000;
// Routers forget an address that nobody uses, and networks change.
const FRESH_MS = 10 * 60 * 1000;

/** @type {{link: Link, made: number} | null} */
let spare = null;
/** @type {Link | null} */
let taken = null;
let turn = 0;
let asked = false;

// The desk may ask before the call's part of the page is awake, so that its wish is kept here.
globalThis.document?.addEventListener("call:prepare", () => {
  asked = true;
});
globalThis.document?.addEventListener("call:unprepare", () => {
  asked = false;
});

/** Whether somebody waits, as far as the desk has said. */
export const isAsked = () => asked;

/**
 * Lay out a connection and gather its addresses. They stay in this page until somebody is admitted.
 * @param {{ice: Ice, media: import("./media.js").LocalMedia}} with_
 */
export async function prepare({ ice, media }) {
  const mine = ++turn;
  const key = await certificate();
  if (mine !== turn) return;
  const link = new Link(configured(ice, key), media);
  await link.offer();
  await gathered(link.pc);
  if (mine !== turn) return link.close();
  spare?.link.close();
  spare = { link, made: Date.now() };
}

/** Nobody waits any more; an offer that is on its way with an admission stays. */
export function release() {
  turn++;
  spare?.link.close();
  spare = null;
}

/** Drop all, also the offer that was taken: the admission failed. */
export function unprepare() {
  release();
  taken?.close();
  taken = null;
}

/** The prepared offer, once; it belongs to the call that begins next. @returns {{type: RTCSdpType, sdp: string} | null} */
export function takeOffer() {
  taken?.close();
  taken = spare && Date.now() - spare.made < FRESH_MS ? spare.link : null;
  if (!taken) spare?.link.close();
  spare = null;
  const offer = taken?.pc.localDescription;
  if (!taken || !offer) return null;
  taken.late = [];
  return { type: offer.type, sdp: offer.sdp };
}

/** The connection whose offer was sent. @returns {Link | undefined} */
export function takeLink() {
  const link = taken ?? undefined;
  taken = null;
  return link;
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
