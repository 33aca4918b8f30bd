/**
 * What stands on the board. Each thing has a version, and the higher one wins; where two are alike,
 * what was taken away stays away. So all boards become the same, in whichever order they hear of it.
 */

import { ACCEPTED, MOST } from "./shapes.js";

/** @typedef {import("./shapes.js").Item} Item */
/** @typedef {import("./shapes.js").Put} Put @typedef {import("./shapes.js").Drop} Drop */

// So many things that were taken away are remembered; the oldest are forgotten first.
const MOST_GONE = 10_000;

export class Sheets {
  /** @type {Map<string, {version: number, item: Item}>} */
  #there = new Map();
  /** @type {Map<string, number>} */
  #gone = new Map();
  #clock = 0;
  #numbers = 0;
  #turned = 0;
  /** Which sheet all look at. */
  current = 0;

  /** A version above all that this board has seen. */
  next() {
    this.#clock += 1;
    return this.#clock;
  }

  /** How many sheets there are. */
  get count() {
    let last = this.current;
    for (const { item } of this.#there.values()) last = Math.max(last, item.sheet);
    return last + 1;
  }

  /** @param {string} id */
  get(id) {
    return this.#there.get(id)?.item;
  }

  /** The things on one sheet, pictures and then the oldest first, in the same order on all boards. @param {number} sheet @returns {Item[]} */
  on(sheet) {
    const found = [...this.#there.values()].filter(({ item }) => item.sheet === sheet);
    const isAbove = (/** @type {Item} */ { kind }) => Number(kind !== "picture");
    found.sort((one, two) => {
      const layer = isAbove(one.item) - isAbove(two.item);
      return layer || one.version - two.version || (one.item.id < two.item.id ? -1 : 1);
    });
    return found.map(({ item }) => item);
  }

  /** @returns {Item[]} */
  all() {
    return [...this.#there.values()].map(({ item }) => item);
  }

  /** Whether this side may add another thing. @param {number} numbers */
  hasRoom(numbers) {
    return this.#there.size < MOST.items && this.#numbers + numbers <= MOST.numbers;
  }

  /** @param {Put} put @returns {boolean} whether something changed */
  put([version, item]) {
    this.#clock = Math.max(this.#clock, version);
    const known = this.#there.get(item.id);
    if (version <= (known?.version ?? this.#gone.get(item.id) ?? 0)) return false;
    if (known) {
      known.version = version;
      return false;
    }
    const numbers = this.#numbers + item.points.length;
    if (this.#there.size >= ACCEPTED.items || numbers > ACCEPTED.numbers) return false;
    this.#numbers = numbers;
    this.#gone.delete(item.id);
    this.#there.set(item.id, { version, item });
    return true;
  }

  /** @param {Drop} drop @returns {boolean} whether something changed */
  drop([version, id]) {
    this.#clock = Math.max(this.#clock, version);
    const known = this.#there.get(id);
    if (version < (known?.version ?? this.#gone.get(id) ?? 0)) return false;
    this.#gone.delete(id);
    this.#gone.set(id, version);
    if (this.#gone.size > MOST_GONE) this.#gone.delete([...this.#gone.keys()][0]);
    if (!known) return false;
    this.#numbers -= known.item.points.length;
    return this.#there.delete(id);
  }

  /** @param {number} version @param {number} sheet @returns {boolean} whether another sheet is looked at */
  turn(version, sheet) {
    this.#clock = Math.max(this.#clock, version);
    const isLater = version > this.#turned || (version === this.#turned && sheet > this.current);
    if (!isLater) return false;
    this.#turned = version;
    const before = this.current;
    this.current = sheet;
    return sheet !== before;
  }

  /** All of it, for somebody who has come later. @returns {{put: Put[], drop: Drop[], turn: [number, number] | null}} */
  whole() {
    return {
      put: [...this.#there.values()].map(({ version, item }) => [version, item]),
      drop: [...this.#gone].map(([id, version]) => [version, id]),
      turn: this.#turned ? [this.#turned, this.current] : null,
    };
  }
}
