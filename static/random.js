/** Names that nobody guesses. */

/** @param {number} bytes @returns {string} twice as many hexadecimal characters */
export function randomHex(bytes) {
  const drawn = crypto.getRandomValues(new Uint8Array(bytes));
  return Array.from(drawn, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
