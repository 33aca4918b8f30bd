/** What is said of people who point and draw, and which colour each of them has. */

import { summary } from "../board/summary.js";
import { part, words } from "../words.js";

// The first colour is that of ink on paper, and hard to see on a dark screen.
const COLOURS = 4;

export class People {
  #room;
  #me;

  /** @param {import("../room.js").Room} room @param {string} me the own participant */
  constructor(room, me) {
    this.#room = room;
    this.#me = me;
  }

  get #board() {
    return part(this.#room.root, "[data-call=board]");
  }

  /** Read aloud where somebody listens. @param {string} key @param {Record<string, string>} [values] */
  say(key, values) {
    this.#room.status.say(key, values);
  }

  /** @param {string} participant */
  nameOf(participant) {
    if (participant === this.#me) return words(this.#room.root, "own");
    return this.#room.people.get(participant)?.name ?? words(this.#board, "somebody");
  }

  /** All pages count the same people in the same order, so that each has the same colour everywhere. @param {string} participant */
  colourOf(participant) {
    const everybody = [...this.#room.people.keys(), this.#me].sort();
    return 1 + (Math.max(0, everybody.indexOf(participant)) % COLOURS);
  }

  /** What stands on a screen, in the words of the board. @param {import("../board/shapes.js").Item[]} items */
  summary(items) {
    if (!items.length) return "";
    const board = this.#board;
    const said = (/** @type {string} */ key, /** @type {Record<string, string>} */ values = {}) =>
      key === "sheet" ? "" : words(board, key, values);
    return summary(items, { sheet: 0, count: 1 }, (by) => this.nameOf(by), said).trim();
  }
}
