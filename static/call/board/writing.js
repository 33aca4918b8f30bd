/** Asks for the words that are to stand at one place of the sheet. */

import { part } from "../words.js";
import { oneLine } from "./shapes.js";

/** @typedef {[number, number]} Place */

export class Writing {
  /** @type {Place | null} */
  #at = null;
  #form;
  #field;
  #paper;
  #write;
  /** @type {[string, (event: any) => void][]} */
  #hears = [
    ["submit", (event) => this.#done(event)],
    ["keydown", (event) => event.key === "Escape" && this.#given(event)],
  ];

  /** @param {HTMLElement} root @param {import("./paper.js").Paper} paper @param {(text: string, at: Place) => boolean} write */
  constructor(root, paper, write) {
    this.#form = part(root, "[data-board=write]");
    this.#field = /** @type {HTMLInputElement} */ (part(this.#form, "input"));
    this.#paper = paper;
    this.#write = write;
    for (const [type, hear] of this.#hears) this.#form.addEventListener(type, hear);
  }

  /** @param {Place} at */
  begin(at) {
    this.#at = at;
    this.#form.hidden = false;
    this.#field.focus();
    this.#paper.cross(at);
  }

  end() {
    this.#at = null;
    this.#form.hidden = true;
    this.#field.value = "";
    this.#paper.cross(null);
  }

  stop() {
    this.end();
    for (const [type, hear] of this.#hears) this.#form.removeEventListener(type, hear);
  }

  /** @param {Event} event */
  #done(event) {
    event.preventDefault();
    const text = oneLine(this.#field.value);
    // What finds no room is not lost: it stays in the field.
    if (text && this.#at && !this.#write(text, this.#at)) return;
    this.end();
    this.#paper.sheet.focus({ preventScroll: true });
  }

  /** @param {Event} event */
  #given(event) {
    event.stopPropagation();
    this.end();
    this.#paper.sheet.focus({ preventScroll: true });
  }
}
