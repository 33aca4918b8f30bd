/** Finds out early that a socket leads nowhere: what a network swallows, it notices by itself only after 25 seconds. */

/** @typedef {import("./wire.js").Signalling} Signalling */

const ANSWERS_MS = 2000;

/** @type {WeakSet<Signalling>} */
const asked = new WeakSet();

/** Ask the server, and dial anew if nobody answers. @param {Signalling} signalling */
export async function probe(signalling) {
  if (signalling.state !== "open" || asked.has(signalling)) return;
  asked.add(signalling);
  const answered = await signalling.greet(ANSWERS_MS);
  asked.delete(signalling);
  if (!answered && signalling.state === "open") redial(signalling);
}

/** Dial anew now, whatever the socket still waits for. @param {Signalling} signalling */
export function redial(signalling) {
  signalling.disconnect();
  signalling.connect();
}
