/** What only this page knows of its last call, until the page goes: the way it took, and whether it was checked. */

/** @typedef {{way: import("./quality/measure.js").Way | null, checked: boolean}} Known */

/** @type {{call: string, known: Known} | null} */
let last = null;

/** @param {string} call @param {Known} known */
export function remember(call, known) {
  last = { call, known };
}

/** @param {string} call @returns {Known | null} */
export const recall = (call) => (last?.call === call ? last.known : null);
