/** What a file is, by its first bytes alone: its name and its sender may say anything. */

/** @typedef {"image/png" | "image/jpeg" | "image/webp" | "application/pdf"} Type */

/** What a phone's camera takes; a picture that claims more is not even decoded. */
export const MOST_PIXELS = 40_000_000;

/** @param {Uint8Array} bytes @returns {Type | null} */
export function typeOf(bytes) {
  const is = (/** @type {number[]} */ wanted, at = 0) =>
    wanted.every((byte, place) => bytes[at + place] === byte);
  if (is([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])) return "image/png";
  if (is([0xff, 0xd8, 0xff])) return "image/jpeg";
  if (is([0x52, 0x49, 0x46, 0x46]) && is([0x57, 0x45, 0x42, 0x50], 8)) return "image/webp";
  if (is([0x25, 0x50, 0x44, 0x46, 0x2d])) return "application/pdf";
  return null;
}

/**
 * How large a picture says it is, before anything of it is decoded.
 * @param {Uint8Array} bytes @returns {[width: number, height: number] | null}
 */
export function sizeOf(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    const size = SIZES[typeOf(bytes) ?? ""]?.(view);
    const isFine = size && size[0] > 0 && size[1] > 0 && size[0] * size[1] <= MOST_PIXELS;
    return isFine ? size : null;
  } catch (error) {
    // The file ends before it has said it.
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** @type {Record<string, (view: DataView) => [number, number] | null>} */
const SIZES = { "image/png": png, "image/jpeg": jpeg, "image/webp": webp };

/** ISO/IEC 15948, 11.2.2: width and height stand first in IHDR. @param {DataView} view @returns {[number, number]} */
function png(view) {
  return [view.getUint32(16), view.getUint32(20)];
}

/** ITU-T T.81, B.2.2: the first frame header names lines and samples. @param {DataView} view @returns {[number, number] | null} */
function jpeg(view) {
  for (let at = 2; at < view.byteLength; ) {
    if (view.getUint8(at) !== 0xff) return null;
    const marker = view.getUint8(at + 1);
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return [view.getUint16(at + 7), view.getUint16(at + 5)];
    if (marker === 0xff) at += 1;
    else at += 2 + view.getUint16(at + 2);
  }
  return null;
}

/** RFC 9649, section 2: lossy, lossless or extended. @param {DataView} view @returns {[number, number] | null} */
function webp(view) {
  const kind = view.getUint32(12);
  if (kind === 0x56503820)
    return [view.getUint16(26, true) & 0x3fff, view.getUint16(28, true) & 0x3fff];
  if (kind === 0x5650384c) {
    const bits = view.getUint32(21, true);
    return [(bits & 0x3fff) + 1, ((bits >> 14) & 0x3fff) + 1];
  }
  if (kind !== 0x56503858) return null;
  const three = (/** @type {number} */ at) =>
    view.getUint16(at, true) + view.getUint8(at + 2) * 65_536;
  return [three(24) + 1, three(27) + 1];
}
