/** Puts a chosen file on the board: each picture, each page of a PDF file on a sheet of its own. */

import { part, words } from "../words.js";
import { decoded, drawn, encoded } from "./encode.js";
import { typeOf } from "./magic.js";
import { RefusalError } from "./pictures.js";
import { freshId, SHEETS } from "./shapes.js";

/** @typedef {import("./board.js").Board} Board */

const MOST_BYTES = 25 * 1024 * 1024;

/** What is said to the person; the page has the sentence. */
class Refused extends Error {}

export class Files {
  #root;
  #board;
  #history;
  #pictures;
  #say;
  #isBusy = false;
  #field;
  /** @type {[string, (event: any) => void][]} */
  #hears = [
    ["change", () => this.#chosen()],
    ["cancel", (event) => event.stopPropagation()],
  ];

  /**
   * @param {HTMLElement} root
   * @param {{board: Board, history: import("./history.js").History, pictures: import("./pictures.js").Pictures}} with_
   * @param {(key: string, values?: Record<string, string>) => void} say
   */
  constructor(root, { board, history, pictures }, say) {
    this.#root = root;
    this.#board = board;
    this.#history = history;
    this.#pictures = pictures;
    this.#say = say;
    this.#field = /** @type {HTMLInputElement} */ (part(root, "input[type=file]"));
    for (const [type, hear] of this.#hears) this.#field.addEventListener(type, hear);
  }

  stop() {
    for (const [type, hear] of this.#hears) this.#field.removeEventListener(type, hear);
  }

  /** Let the person choose one. */
  choose() {
    if (!this.#isBusy) this.#field.click();
  }

  async #chosen() {
    const [file] = this.#field.files ?? [];
    this.#field.value = "";
    if (!file || this.#isBusy) return;
    this.#isBusy = true;
    this.#root.setAttribute("aria-busy", "true");
    try {
      await this.#show(file);
    } catch (error) {
      if (error instanceof Refused) this.#say(error.message);
      else this.#say("file-failed", { why: error instanceof RefusalError ? error.message : "" });
    } finally {
      this.#isBusy = false;
      this.#root.removeAttribute("aria-busy");
    }
  }

  /** @param {File} file */
  async #show(file) {
    if (file.size > MOST_BYTES) throw new Refused("file-large");
    const bytes = new Uint8Array(await file.arrayBuffer());
    const type = typeOf(bytes);
    if (!type) throw new Refused("file-kind");
    if (type === "application/pdf") return this.#showPages(bytes, file.name);
    const bitmap = await decoded(bytes).catch(() => null);
    if (!bitmap) throw new Refused("file-broken");
    await this.#put(drawn(bitmap), file.name);
    this.#say("file-done", { name: file.name });
  }

  /** @param {Uint8Array} bytes @param {string} name */
  async #showPages(bytes, name) {
    const { LockedError, opened } = await import("./pdf.js");
    const file = await opened(bytes).catch((error) => {
      throw new Refused(error instanceof LockedError ? "file-locked" : "file-broken");
    });
    try {
      for (let number = 1; number <= file.count; number += 1) {
        const page = String(number);
        this.#say("file-page", { page, pages: String(file.count) });
        const canvas = await file.page(number);
        await this.#put(canvas, words(this.#root, "file-title", { name, page }), number === 1);
      }
      this.#say("file-done", { name });
    } finally {
      file.close();
    }
  }

  /** @param {HTMLCanvasElement} canvas @param {string} text what is said of it in words */
  async #put(canvas, text, isFirst = true) {
    const { picture, width, height } = await encoded(canvas);
    const sheet = this.#free();
    const file = await this.#pictures.keep(picture);
    const { me: by } = this.#board;
    const points = [width, height];
    /** @type {import("./shapes.js").Item} */
    const item = {
      id: freshId(),
      kind: "picture",
      sheet,
      by,
      colour: 0,
      width: 0,
      points,
      text,
      file,
    };
    if (!this.#history.take({ put: [item] })) throw new Refused("full");
    if (isFirst && sheet !== this.#board.sheets.current) this.#board.turn(sheet);
  }

  /** This sheet, if nothing is on it, or a new one. */
  #free() {
    const { sheets } = this.#board;
    if (!sheets.on(sheets.current).length) return sheets.current;
    if (sheets.count >= SHEETS) throw new Refused("file-sheets");
    return sheets.count;
  }
}
