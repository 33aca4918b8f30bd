/** The arithmetic of the security words: what each page binds itself to, and the code that comes of it. */

/** @typedef {{participant: string, fingerprint: string, name: string, nonce: Uint8Array}} Party */

const text = new TextEncoder();

/** @returns {Uint8Array} */
export const freshNonce = () => crypto.getRandomValues(new Uint8Array(32));

/** @param {Uint8Array} bytes */
export const hex = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");

/** @param {string} digits @returns {Uint8Array} */
export function unhex(digits) {
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/**
 * What binds a page to its nonce before it has seen anybody else's.
 * @param {string} call @param {Party} party @returns {Promise<string>} SHA-256 in hexadecimal
 */
export async function commitment(call, { participant, fingerprint, name, nonce }) {
  const fields = ["VS-SAS1 commit", call, participant, fingerprint, name, nonce];
  return hex(await sha256(framed(fields)));
}

/**
 * The code that all see alike if nobody stands in between.
 * @param {string} call @param {number} epoch @param {Party[]} parties all, in any order
 * @returns {Promise<Uint8Array>} four bytes
 */
export function codeOf(call, epoch, parties) {
  return derived(call, epoch, parties, "sas");
}

/**
 * What chooses who reads out the last words; nobody can know it before all have revealed.
 * @param {string} call @param {number} epoch @param {Party[]} parties @returns {Promise<number>} 32 bits
 */
export async function lotOf(call, epoch, parties) {
  const bytes = await derived(call, epoch, parties, "reader");
  return new DataView(bytes.buffer).getUint32(0);
}

/** @param {string} call @param {number} epoch @param {Party[]} parties @param {string} info */
async function derived(call, epoch, parties, info) {
  const sorted = [...parties].sort((one, two) => (one.participant < two.participant ? -1 : 1));
  const fields = ["VS-SAS1", call, String(epoch), String(sorted.length)];
  const people = sorted.flatMap(({ participant, fingerprint, name, nonce }) => {
    return [participant, fingerprint, name, nonce];
  });
  const transcript = await sha256(framed([...fields, ...people]));
  const key = await crypto.subtle.importKey("raw", transcript, "HKDF", false, ["deriveBits"]);
  const salt = new Uint8Array();
  const how = { name: "HKDF", hash: "SHA-256", salt, info: text.encode(info) };
  return new Uint8Array(await crypto.subtle.deriveBits(how, key, 32));
}

/** Each field after its length in four bytes, so that no two lists of fields look alike. @param {(string | Uint8Array)[]} fields */
function framed(fields) {
  const parts = fields.map((field) => (typeof field === "string" ? text.encode(field) : field));
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + 4 + length, 0));
  const view = new DataView(whole.buffer);
  let place = 0;
  for (const part of parts) {
    view.setUint32(place, part.length);
    whole.set(part, place + 4);
    place += 4 + part.length;
  }
  return whole;
}

/** @param {Uint8Array<ArrayBuffer>} bytes */
async function sha256(bytes) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}
