/** The board in the page: what stands on it, in lines and in words, and the tools to change it. */

import { listen } from "../tell.js";
import { part, words } from "../words.js";
import { Files } from "./files.js";
import { hand } from "./hand.js";
import { History } from "./history.js";
import { keys, shortcuts } from "./keys.js";
import { Lid } from "./lid.js";
import { Paper } from "./paper.js";
import { Pen } from "./pen.js";
import { SHEETS } from "./shapes.js";
import { news, summary } from "./summary.js";
import { tools } from "./tools.js";
import { Writing } from "./writing.js";

export class BoardView {
  #room;
  #root;
  #board;
  #history;
  #paper;
  #lid;
  #files;
  #stops;
  #writing;
  #isDrawing = false;
  /** @type {(() => void)[]} */
  #off;

  /** @param {import("../room.js").Room} room @param {import("./board.js").Board} board @param {import("./pictures.js").Pictures} pictures */
  constructor(room, board, pictures) {
    this.#room = room;
    this.#board = board;
    this.#root = part(room.root, "[data-call=board]");
    const sheet = /** @type {any} */ (this.#root.querySelector("svg[tabindex]"));
    this.#paper = new Paper(sheet, (item, place) => pictures.hang(item, place));
    this.#history = new History(board);
    this.#lid = new Lid(room, this.#root);
    this.#files = new Files(this.#root, { board, history: this.#history, pictures }, (...what) =>
      this.#say(this.#words(...what)),
    );
    const pen = new Pen(board, this.#history, (item) => this.#paper.draft(board.me, item));
    this.#writing = new Writing(this.#root, this.#paper, (text, at) => pen.write(text, at));
    const write = (/** @type {[number, number]} */ at) => this.#writing.begin(at);
    this.#off = [
      shortcuts(this.#root, this.#history),
      hand(this.#paper, pen, write),
      keys(this.#paper, pen, write),
      tools(this.#root, pen, this.#acts()),
      listen(board, "changed", (change) => this.#changed(change)),
      listen(board, "draft", ({ person, item }) => this.#draft(person.participant, item)),
      listen(board, "point", ({ person, at }) => {
        this.#paper.point(person.participant, person, at);
      }),
      listen(board, "full", () => this.#say(this.#words("full"))),
      listen(document, "language:changed", () => this.#draw()),
    ];
    this.#stops = [this.#files, this.#writing, this.#lid, board, pictures];
    this.#draw();
  }

  stop() {
    for (const off of this.#off) off();
    for (const each of this.#stops) each.stop();
    this.#paper.wipe();
    this.#paper.draw([]);
    this.#say("");
  }

  /** @returns {Record<string, () => void>} */
  #acts() {
    const { sheets } = this.#board;
    const turn = (/** @type {number} */ sheet, last = sheets.count - 1) => {
      const wanted = Math.min(last, Math.max(0, sheet));
      if (wanted !== sheets.current) this.#board.turn(wanted);
    };
    return {
      undo: () => this.#history.undo(),
      redo: () => this.#history.redo(),
      clear: () => this.#history.take({ drop: sheets.on(sheets.current) }),
      previous: () => turn(sheets.current - 1),
      next: () => turn(sheets.current + 1),
      add: () => turn(sheets.count, SHEETS - 1),
      file: () => this.#files.choose(),
    };
  }

  /** @param {{person?: import("../mesh.js").Person, put: any[], drop: string[], turned: boolean}} change */
  #changed(change) {
    const { person, put, turned } = change;
    if (turned) {
      this.#writing.end();
      this.#paper.wipe();
    }
    if (person) {
      this.#say(news(change, person.name, this.#words));
      if (put.length || turned) this.#lid.offer(person.name);
    }
    this.#soon();
  }

  /** @param {string} who @param {import("./shapes.js").Item | null} item */
  #draft(who, item) {
    this.#paper.draft(who, item?.sheet === this.#board.sheets.current ? item : null);
  }

  /** A whole board that arrives piece by piece is drawn once. */
  #soon() {
    if (this.#isDrawing) return;
    this.#isDrawing = true;
    requestAnimationFrame(() => {
      this.#isDrawing = false;
      this.#draw();
    });
  }

  #draw() {
    const { current: sheet, count } = this.#board.sheets;
    const items = this.#board.sheets.on(sheet);
    this.#paper.draw(items);
    this.#enable("undo", this.#history.canUndo);
    this.#enable("redo", this.#history.canRedo);
    this.#enable("previous", sheet > 0);
    this.#enable("next", sheet < count - 1);
    this.#enable("add", count < SHEETS);
    const said = summary(items, { sheet, count }, (by) => this.#nameOf(by), this.#words);
    part(this.#root, "[data-board=summary]").textContent = said;
  }

  /** @param {string} act @param {boolean} can */
  #enable(act, can) {
    part(this.#root, `button[data-board=${act}]`).setAttribute("aria-disabled", String(!can));
  }

  /** @param {string} by */
  #nameOf(by) {
    if (by === this.#board.me) return words(this.#room.root, "own");
    return this.#room.people.get(by)?.name ?? this.#words("somebody");
  }

  /** @param {string} key @param {Record<string, string>} [values] */
  #words = (key, values = {}) => words(this.#root, key, values);

  /** Read aloud where somebody listens. @param {string} sentence */
  #say(sentence) {
    part(this.#root, "[data-board=news]").textContent = sentence;
  }
}
