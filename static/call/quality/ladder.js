/** How much picture is sent over a connection: less at once when it is poor, more again when it has been good for a while. */

/** @typedef {import("./measure.js").Grade} Grade */
/** @typedef {{scale: number, bitrate: number | undefined, frames: number | undefined}} Rung */

/** @type {Rung[]} */
export const RUNGS = [
  { scale: 1, bitrate: undefined, frames: undefined },
  { scale: 2, bitrate: 300_000, frames: 20 },
  { scale: 4, bitrate: 90_000, frames: 10 },
];
const WORSE_AFTER = 2;
const BETTER_AFTER = 5;

export class Ladder {
  #rung = 0;
  #poor = 0;
  #good = 0;

  get rung() {
    return RUNGS[this.#rung];
  }

  /** Whether even the smallest picture is too much. */
  get isExhausted() {
    return this.#rung === RUNGS.length - 1 && this.#poor >= WORSE_AFTER;
  }

  /** @param {Grade} grade @returns {boolean} whether another rung holds now */
  climb(grade) {
    const before = this.#rung;
    this.#poor = grade === "poor" ? this.#poor + 1 : 0;
    this.#good = grade === "good" ? this.#good + 1 : 0;
    if (this.#poor >= WORSE_AFTER && this.#rung < RUNGS.length - 1) {
      this.#rung++;
      this.#poor = 0;
    } else if (this.#good >= BETTER_AFTER && this.#rung > 0) {
      this.#rung--;
      this.#good = 0;
    }
    return this.#rung !== before;
  }
}
