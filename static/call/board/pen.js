/** What the hand does with the tool that is chosen, whether it moves a mouse, a pen, a finger or a cross. */

import { under } from "./hits.js";
import { freshId, MOST_NUMBERS } from "./shapes.js";
import { Trail } from "./trail.js";

/** @typedef {import("./shapes.js").Item} Item @typedef {[number, number]} Place */
/** @typedef {"ink" | "line" | "arrow" | "box" | "oval" | "text" | "eraser" | "pointer" | "look"} Tool */

export const TOOLS = ["ink", "line", "arrow", "box", "oval", "text", "eraser", "pointer", "look"];
// The hand does not rest; steps smaller than this are none.
const STEP = 15;
const USUAL_PRESSURE = 0.5;

export class Pen {
  /** @type {Tool} */
  tool = "ink";
  colour = 0;
  width = 1;
  /** @type {Item | null} what is being drawn */
  item = null;
  /** @type {Item[] | null} what one stroke of the eraser has taken so far */
  #erased = null;
  #board;
  #history;
  #shown;
  #trail;

  /**
   * @param {import("./board.js").Board} board @param {import("./history.js").History} history
   * @param {(item: Item | null) => void} shown hears what is being drawn on this side
   */
  constructor(board, history, shown) {
    this.#board = board;
    this.#history = history;
    this.#shown = shown;
    this.#trail = new Trail(board);
  }

  get isDown() {
    return this.item !== null || this.#erased !== null;
  }

  /** @param {Place} at @param {number} [pressure] 0 to 1 */
  down(at, pressure = USUAL_PRESSURE) {
    if (this.tool === "text" || this.tool === "look") return;
    if (this.tool === "pointer") return this.#trail.point(at);
    if (this.tool === "eraser") {
      this.#erased = [];
      return this.#erase(at);
    }
    const isInk = this.tool === "ink";
    const points = isInk ? [...at, percent(pressure)] : [...at, ...at];
    this.item = this.#fresh(this.tool, points);
    this.#show();
  }

  /** @param {Place} at @param {number} [pressure] */
  move(at, pressure = USUAL_PRESSURE) {
    if (this.tool === "pointer") return this.#trail.point(at);
    if (this.#erased) return this.#erase(at);
    if (!this.item) return;
    if (this.item.kind === "ink") this.#draw(at, pressure);
    else this.item = { ...this.item, points: [...this.item.points.slice(0, 2), ...at] };
    this.#show();
  }

  up() {
    const { item } = this;
    if (this.#erased?.length) this.#history.note({ put: [], drop: this.#erased });
    this.#erased = null;
    this.item = null;
    this.#show();
    if (!item) return;
    const [x1, y1, x2, y2] = item.points;
    const isNothing = item.kind !== "ink" && Math.hypot(x2 - x1, y2 - y1) < STEP;
    if (isNothing || !this.#history.take({ put: [item] })) this.#trail.giveUp();
  }

  /** Let go without leaving anything. */
  cancel() {
    if (this.item) this.#trail.giveUp();
    this.item = null;
    this.up();
  }

  /** Point at nothing any more. */
  away() {
    this.#trail.point(null);
  }

  /** @param {string} text @param {Place} at @returns {boolean} whether there was room for it */
  write(text, at) {
    return this.#history.take({ put: [this.#fresh("text", [...at], text)] });
  }

  /** @param {Item["kind"]} kind @param {number[]} points @param {string} [text] @returns {Item} */
  #fresh(kind, points, text = "") {
    const { colour, width } = this;
    const { me: by, sheets } = this.#board;
    return {
      id: freshId(),
      kind,
      sheet: sheets.current,
      by,
      colour,
      width,
      points,
      text,
      file: null,
    };
  }

  /** @param {Place} at @param {number} pressure */
  #draw(at, pressure) {
    const item = /** @type {Item} */ (this.item);
    const [x, y] = item.points.slice(-3);
    if (Math.hypot(at[0] - x, at[1] - y) < STEP) return;
    item.points.push(...at, percent(pressure));
    if (item.points.length < MOST_NUMBERS) return;
    // A line without end goes on as another one.
    this.up();
    this.down(at, pressure);
  }

  /** @param {Place} at */
  #erase(at) {
    const { sheets } = this.#board;
    const found = under(sheets.on(sheets.current), at);
    if (!found.length) return;
    this.#erased?.push(...found);
    this.#board.change({ drop: found.map(({ id }) => id) });
  }

  #show() {
    this.#shown(this.item);
    this.#trail.draw(this.item);
  }
}

const percent = (/** @type {number} */ pressure) => Math.round(Math.min(1, pressure) * 100);
