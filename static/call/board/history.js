/** Undo and redo: each person takes back their own steps, and nobody else's. */

/** @typedef {import("./shapes.js").Item} Item */
/** @typedef {{put: Item[], drop: Item[]}} Step */

const MOST_STEPS = 200;

export class History {
  /** @type {Step[]} */
  #done = [];
  /** @type {Step[]} */
  #undone = [];
  #board;

  /** @param {import("./board.js").Board} board */
  constructor(board) {
    this.#board = board;
  }

  get canUndo() {
    return this.#done.length > 0;
  }

  get canRedo() {
    return this.#undone.length > 0;
  }

  /** Do something that can be taken back. @param {{put?: Item[], drop?: Item[]}} step @returns {boolean} whether there was room for it */
  take({ put = [], drop = [] }) {
    if (!this.#carry({ put, drop })) return false;
    this.note({ put, drop });
    return true;
  }

  /** Remember what was done already. @param {Step} step */
  note(step) {
    this.#done.push(step);
    if (this.#done.length > MOST_STEPS) this.#done.shift();
    this.#undone = [];
  }

  undo() {
    const step = this.#done.pop();
    if (!step) return;
    if (this.#carry({ put: step.drop, drop: step.put })) this.#undone.push(step);
    else this.#done.push(step);
  }

  redo() {
    const step = this.#undone.pop();
    if (!step) return;
    if (this.#carry(step)) this.#done.push(step);
    else this.#undone.push(step);
  }

  /** @param {Step} step */
  #carry({ put, drop }) {
    return this.#board.change({ put, drop: drop.map(({ id }) => id) });
  }
}
