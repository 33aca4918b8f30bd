/** Lets the others see what is moving here, but not more often than a screen is drawn. */

/** @typedef {import("./shapes.js").Item} Item @typedef {[number, number]} Place */

export class Trail {
  /** @type {Item | null} */
  #item = null;
  #sent = 0;
  /** @type {Place | null} */
  #at = null;
  #isPosting = false;
  #board;

  /** @param {import("./board.js").Board} board */
  constructor(board) {
    this.#board = board;
  }

  /** @param {Item | null} item what is being drawn; null when it is finished */
  draw(item) {
    if (item?.id !== this.#item?.id) this.#sent = 0;
    this.#item = item;
    if (item) this.#post();
  }

  /** What was being drawn is given up. */
  giveUp() {
    this.#item = null;
    this.#board.draft(null);
  }

  /** @param {Place | null} at */
  point(at) {
    this.#at = at;
    if (at) this.#post();
    else this.#board.point(null);
  }

  #post() {
    if (this.#isPosting) return;
    this.#isPosting = true;
    requestAnimationFrame(() => {
      this.#isPosting = false;
      if (this.#at) this.#board.point(this.#at);
      this.#at = null;
      if (!this.#item) return;
      this.#board.draft(this.#item, this.#item.kind === "ink" ? this.#sent : 0);
      this.#sent = this.#item.points.length;
    });
  }
}
