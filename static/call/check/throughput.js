/** Measures how much goes to the echo peer and comes back in a second. */

const BLOCK = 4096;
const SEND_KBIT = 3000;
const EVERY_MS = 20;
// A connection that has only begun is slow at first; that says nothing about the line.
const WARM_MS = 1000;
const LASTS_MS = 4000;
// So much may wait in the browser: more would only measure how long the queue is.
const QUEUED = 64 * 1024;

/** @typedef {{bufferedAmount: number, readyState: string, send: (block: any) => void, onmessage: any}} Channel */

/**
 * @param {Channel} channel to a peer that sends everything back
 * @param {{now?: () => number, wait?: (ms: number) => Promise<void>}} [time]
 * @returns {Promise<number>} kbit/s there and back at once
 */
export async function throughput(channel, { now = () => performance.now(), wait = pause } = {}) {
  const begun = now();
  const elapsed = () => now() - begun;
  let [sent, back, last] = [0, 0, WARM_MS];
  channel.onmessage = (/** @type {{data: ArrayBuffer | string}} */ { data }) => {
    if (elapsed() < WARM_MS) return;
    back += typeof data === "string" ? data.length : data.byteLength;
    last = elapsed();
  };
  const block = new Uint8Array(BLOCK);
  while (elapsed() < LASTS_MS && channel.readyState === "open") {
    const due = (elapsed() * SEND_KBIT) / 8;
    while (sent < due && channel.bufferedAmount < QUEUED) {
      channel.send(block);
      sent += BLOCK;
    }
    await wait(EVERY_MS);
  }
  channel.onmessage = null;
  // What came last is measured up to its arrival, and silence at the end counts as such.
  const span = Math.max(LASTS_MS, last) - WARM_MS;
  return Math.round((back * 8) / span);
}

/** @param {number} ms @returns {Promise<void>} */
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
