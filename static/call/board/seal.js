/**
 * Seals a picture so that only those who have its key can see it (AES-256-GCM, NIST SP 800-38D).
 *
 * `VSF1`, 12 random bytes, then what was encrypted: the length of the picture (4 bytes), the picture,
 * and zeros up to a multiple of 64 KiB, so that the size tells little. A key is used once. Call and
 * file are authenticated with it, so that no file can stand in for another.
 */

const MAGIC = new TextEncoder().encode("VSF1");
const NONCE = 12;
const STEP = 64 * 1024;

/** @param {Uint8Array} key @param {"encrypt" | "decrypt"} use */
function imported(key, use) {
  return crypto.subtle.importKey("raw", /** @type {BufferSource} */ (key), "AES-GCM", false, [use]);
}

/** @param {string} call @param {string} file @param {Uint8Array} nonce */
function settings(call, file, nonce) {
  const additionalData = new TextEncoder().encode(`VSF1 ${call} ${file}`);
  return { name: "AES-GCM", iv: /** @type {BufferSource} */ (nonce), additionalData };
}

/**
 * @param {Uint8Array} picture @param {{call: string, file: string}} of
 * @returns {Promise<{key: Uint8Array, sealed: Uint8Array}>}
 */
export async function seal(picture, { call, file }) {
  const plain = new Uint8Array(Math.ceil((4 + picture.length) / STEP) * STEP);
  new DataView(plain.buffer).setUint32(0, picture.length);
  plain.set(picture, 4);
  const key = crypto.getRandomValues(new Uint8Array(32));
  const nonce = crypto.getRandomValues(new Uint8Array(NONCE));
  const with_ = settings(call, file, nonce);
  const hidden = await crypto.subtle.encrypt(with_, await imported(key, "encrypt"), plain);
  const sealed = new Uint8Array(MAGIC.length + NONCE + hidden.byteLength);
  sealed.set(MAGIC);
  sealed.set(nonce, MAGIC.length);
  sealed.set(new Uint8Array(hidden), MAGIC.length + NONCE);
  return { key, sealed };
}

/**
 * @param {Uint8Array} sealed @param {Uint8Array} key @param {{call: string, file: string}} of
 * @returns {Promise<Uint8Array>} the picture; rejects when a single bit was changed
 */
export async function open(sealed, key, { call, file }) {
  if (!MAGIC.every((byte, place) => sealed[place] === byte)) throw new TypeError("No sealed file.");
  const nonce = sealed.slice(MAGIC.length, MAGIC.length + NONCE);
  const hidden = sealed.slice(MAGIC.length + NONCE);
  const with_ = settings(call, file, nonce);
  const plain = await crypto.subtle.decrypt(with_, await imported(key, "decrypt"), hidden);
  const length = new DataView(plain).getUint32(0);
  if (length > plain.byteLength - 4) throw new TypeError("A sealed file is too short.");
  return new Uint8Array(plain, 4, length);
}

/** @param {Uint8Array} bytes @returns {string} base64url, as it goes over the data channel */
export function written(bytes) {
  const text = btoa(String.fromCharCode(...bytes));
  return text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** @param {string} text */
export function bytesOf(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}
