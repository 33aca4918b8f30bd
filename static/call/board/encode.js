/** Draws a picture anew, so that nothing of its file comes along but what can be seen. */

import { sizeOf, typeOf } from "./magic.js";

/** @typedef {{picture: Uint8Array, width: number, height: number}} Drawn */

/** What the server takes is a little more. */
const MOST_BYTES = 3.8 * 1024 * 1024;
// So many dots to the longer side: a page of A4 at 180 to the inch.
export const SIDE = 2_100;
const WAYS = /** @type {[string, number][]} */ ([
  ["image/webp", 0.9],
  ["image/jpeg", 0.85],
  ["image/jpeg", 0.6],
]);

/**
 * Decode a picture whose first bytes are one's, and whose size is within bounds.
 * @param {Uint8Array} bytes @returns {Promise<ImageBitmap>} rejects what is no picture
 */
export async function decoded(bytes) {
  const type = typeOf(bytes);
  if (!type || !sizeOf(bytes)) throw new TypeError("No picture, or one that is too large.");
  return createImageBitmap(new Blob([/** @type {BlobPart} */ (bytes)], { type }));
}

/** @param {ImageBitmap} bitmap @returns {HTMLCanvasElement} it, no larger than needed, on white */
export function drawn(bitmap) {
  const scale = Math.min(1, SIDE / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  const pencil = canvas.getContext("2d", { alpha: false });
  if (!pencil) throw new TypeError("There is no room to draw.");
  pencil.fillStyle = "#fff";
  pencil.fillRect(0, 0, canvas.width, canvas.height);
  pencil.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  return canvas;
}

/** @param {HTMLCanvasElement} canvas @returns {Promise<Drawn>} */
export async function encoded(canvas) {
  const { width, height } = canvas;
  for (const way of WAYS) {
    const blob = await blobOf(canvas, ...way);
    if (blob.size > MOST_BYTES) continue;
    return { picture: new Uint8Array(await blob.arrayBuffer()), width, height };
  }
  throw new TypeError("The picture is too large.");
}

/** @param {HTMLCanvasElement} canvas @param {string} type @param {number} [quality] @returns {Promise<Blob>} */
export function blobOf(canvas, type, quality) {
  return new Promise((resolve, reject) => {
    const done = (/** @type {Blob | null} */ blob) =>
      blob ? resolve(blob) : reject(new TypeError("The picture cannot be drawn."));
    canvas.toBlob(done, type, quality);
  });
}
