/** Says in words where on a picture something is, for whoever does not see it. */

/**
 * @param {[number, number]} at @param {[number, number]} size
 * @returns {string} row and column of nine fields, each from 0 to 2, as in `data-text-marks-place-02`
 */
export function field([x, y], [width, height]) {
  const third = (/** @type {number} */ value, /** @type {number} */ most) =>
    Math.min(2, Math.floor((3 * value) / most));
  return `${third(y, height)}${third(x, width)}`;
}
