/** Opens the board and puts it away: for oneself by hand, and by itself when somebody shows something. */

import { focusToggle } from "../panels.js";
import { part } from "../words.js";

export class Lid {
  #room;
  #board;
  #isClosedByHand = false;
  /** @type {[HTMLElement, string, (event: any) => void][]} */
  #hears;

  /** @param {import("../room.js").Room} room @param {HTMLElement} board */
  constructor(room, board) {
    this.#room = room;
    this.#board = board;
    this.#hears = [
      [room.root, "click", (event) => this.#clicked(event)],
      [board, "keydown", (event) => this.#typed(event)],
    ];
    for (const [on, type, hear] of this.#hears) on.addEventListener(type, hear);
  }

  stop() {
    for (const [on, type, hear] of this.#hears) on.removeEventListener(type, hear);
    this.#show(false);
  }

  /** Somebody shows something; who has put the board away is told, and not disturbed. @param {string} name */
  offer(name) {
    if (!this.#board.hidden) return;
    if (this.#isClosedByHand) this.#room.status.say("board-shows", { name });
    else this.#show(true);
  }

  /** @param {Event} event */
  #clicked({ target }) {
    if (!(target instanceof Element)) return;
    const isToggle = target.closest("[data-do=board]");
    if (target.closest("[data-board=close]") || (isToggle && !this.#board.hidden)) this.#close();
    else if (isToggle) {
      this.#show(true);
      /** @type {any} */ (this.#board.querySelector("svg[tabindex]")).focus();
    }
  }

  /** @param {KeyboardEvent} event */
  #typed(event) {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    this.#close();
  }

  #close() {
    this.#isClosedByHand = true;
    this.#show(false);
    focusToggle(this.#room.root, "board");
  }

  /** @param {boolean} isOpen */
  #show(isOpen) {
    this.#board.hidden = !isOpen;
    part(this.#room.root, ".call-main").classList.toggle("has-board", isOpen);
    part(this.#room.root, "[data-do=board]").setAttribute("aria-expanded", String(isOpen));
  }
}
