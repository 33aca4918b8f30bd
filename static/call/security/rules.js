/** What a message of the comparison has to be like, before anything follows from it. */

import { commitment, unhex } from "./code.js";

/** @typedef {import("./code.js").Party} Party @typedef {Omit<Party, "nonce">} Known */
/** @typedef {{known: Known, commitment: string, language: string, shown: Party | null}} Other somebody else, and what they said in this epoch */

const NONCE = 32;
const MOST_EPOCHS = 10 ** 9;

/** @param {Known} known @returns {Other} */
export const fresh = (known) => ({ known, commitment: "", language: "", shown: null });

/** @param {any} epoch */
export const isEpoch = (epoch) => Number.isInteger(epoch) && epoch > 0 && epoch <= MOST_EPOCHS;

/** @param {any} word @returns {number} 0 if it names none */
export const epochOf = (word) => (isEpoch(word?.epoch) ? word.epoch : 0);

/** @param {any} word */
export const isCommit = ({ epoch, commitment: theirs }) =>
  isEpoch(epoch) && /^[0-9a-f]{64}$/.test(theirs);

/** @param {string} participant @param {any} word @returns {Party} */
export function read(participant, { fingerprint, name, nonce }) {
  return { participant, fingerprint, name, nonce: unhex(nonce) };
}

/**
 * What is wrong with what somebody revealed.
 * @param {string} call @param {Other} other @param {Party} shown
 * @returns {Promise<"" | "shape" | "commit" | "fingerprint" | "name">}
 */
export async function wrongIn(call, other, shown) {
  if (shown.nonce.length !== NONCE) return "shape";
  if ((await commitment(call, shown)) !== other.commitment) return "commit";
  if (shown.fingerprint !== other.known.fingerprint) return "fingerprint";
  return shown.name === other.known.name ? "" : "name";
}
