/** How much one page may send in a while; more than that is not read. */

export const RATE = { messages: 150, bytes: 256 * 1024 };
/** A whole board may come at once, as it does to somebody who comes late. */
export const BURST = { messages: 600, bytes: 8 * 1024 * 1024 };

export class Allowance {
  #messages = BURST.messages;
  #bytes = BURST.bytes;
  #filled;
  #now;

  /** @param {() => number} [now] in milliseconds */
  constructor(now = () => performance.now()) {
    this.#now = now;
    this.#filled = now();
  }

  /** Whether one more message is allowed; counted if so. @param {number} bytes */
  take(bytes) {
    const now = this.#now();
    const seconds = Math.max(0, now - this.#filled) / 1000;
    this.#filled = now;
    this.#messages = Math.min(BURST.messages, this.#messages + seconds * RATE.messages);
    this.#bytes = Math.min(BURST.bytes, this.#bytes + seconds * RATE.bytes);
    if (this.#messages < 1 || this.#bytes < bytes) return false;
    this.#messages -= 1;
    this.#bytes -= bytes;
    return true;
  }
}
