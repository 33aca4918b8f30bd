/** Hears what the other page says over `control`; what it says before our own admission waits for that. */

import { read } from "./control.js";

// The other side may be admitted a moment before this one, and has little to say by then.
const MOST_EARLY = 100;

export class Hearing {
  /** @type {unknown[] | null} what came too early; null as soon as all is heard at once */
  #early = [];
  #hear;

  /** @param {(word: any) => void} hear */
  constructor(hear) {
    this.#hear = hear;
  }

  /** @param {unknown} data */
  take(data) {
    if (!this.#early) return this.#pass(data);
    if (this.#early.length < MOST_EARLY) this.#early.push(data);
  }

  open() {
    const early = this.#early ?? [];
    this.#early = null;
    for (const data of early) this.#pass(data);
  }

  /** @param {unknown} data */
  #pass(data) {
    const word = read(data);
    if (word) this.#hear(word);
  }
}
