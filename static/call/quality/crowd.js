/** How much picture each sends when many are in the call: every browser sends its own to all the others. */

/** @typedef {{height: number, bitrate: number} | null} Limit of a picture; null: none */

const SMALL_FROM = 5;
const SOUND_FIRST_FROM = 7;
/** @type {Limit} */
const SMALL = { height: 360, bitrate: 450_000 };

/** @param {number} count how many are in the call @returns {Limit} */
export const limitFor = (count) => (count >= SMALL_FROM ? SMALL : null);

/** Whether cameras are to be off at first. @param {number} count */
export const isSoundFirst = (count) => count >= SOUND_FIRST_FROM;

/**
 * What holds of a rung of the ladder under a limit.
 * @param {import("./ladder.js").Rung} rung @param {Limit} limit @param {number} height of the camera's picture, 0 if unknown
 * @returns {import("./ladder.js").Rung}
 */
export function under(rung, limit, height) {
  if (!limit) return rung;
  const scale = rung.scale * Math.max(1, height / limit.height);
  return { ...rung, scale, bitrate: Math.min(rung.bitrate ?? limit.bitrate, limit.bitrate) };
}
