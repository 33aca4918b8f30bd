/** Reads on which keys the connections of a call stand, and whose they are. */

import { fingerprintOf } from "../description.js";

/** @typedef {import("../mesh.js").Entry} Entry @typedef {import("../mesh.js").Person} Person */
/** @typedef {import("./rules.js").Known} Known */

/** A channel may open a moment before the page sees the descriptions on which it stands. @param {RTCPeerConnection} pc @param {() => void} act */
export function whenDescribed(pc, act) {
  if (pc.localDescription && pc.remoteDescription) return act();
  pc.addEventListener("signalingstatechange", () => whenDescribed(pc, act), { once: true });
}

/** @param {Person} me @param {Entry[]} entries at least one @returns {Known} */
export function ownKey(me, [{ peer }]) {
  return known(me, peer.link.pc.localDescription);
}

/** @param {Entry[]} entries @returns {Known[]} as the descriptions that were applied */
export const theirKeys = (entries) =>
  entries.map(({ person, peer }) => known(person, peer.link.pc.remoteDescription));

/** Those who are meant, or all if nobody is. @param {Person[]} people @param {string[]} who @returns {string} */
export function namesOf(people, who) {
  const meant = people.filter(({ participant }) => who.includes(participant));
  return (meant.length ? meant : people).map(({ name }) => name).join(", ");
}

/** @param {Person} person @param {RTCSessionDescription | null} description @returns {Known} */
function known({ participant, name }, description) {
  return { participant, name, fingerprint: fingerprintOf(description?.sdp ?? "") };
}
