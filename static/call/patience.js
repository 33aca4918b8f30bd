/** Asks, when nobody else has been reached for a while, whether to go on waiting or to end the call. */

import { part, words } from "./words.js";

// Who reloads the page or changes the network is back well before.
const LATE_MS = 45_000;

export class Patience {
  #root;
  #box;
  #name = "";
  #isOut = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {HTMLElement} root */
  constructor(root) {
    this.#root = root;
    this.#box = part(root, "[data-call=late]");
    part(this.#box, "[data-late=wait]").addEventListener("click", () => {
      this.#begin();
      part(root, "[data-do=hang-up]").focus();
    });
  }

  /** @param {string} name who is waited for as long as nobody is reached; otherwise nothing */
  watch(name) {
    const waited = this.#name;
    this.#name = name;
    if (name && waited) return this.#draw();
    if (name) return this.#begin();
    clearTimeout(this.#timer);
    this.#ask(false);
  }

  #begin() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ask(true), LATE_MS);
    this.#ask(false);
  }

  /** @param {boolean} isOut */
  #ask(isOut) {
    this.#isOut = isOut;
    this.#draw();
  }

  #draw() {
    this.#box.hidden = !this.#isOut;
    const line = part(this.#box, "[data-late=say]");
    const sentence = this.#isOut ? words(this.#root, "late", { name: this.#name }) : "";
    // The same sentence again would be read aloud again.
    if (line.textContent !== sentence) line.textContent = sentence;
  }
}
