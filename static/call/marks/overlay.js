/** What is pointed at and drawn on one shared screen, over its picture, with the tools to do so below. */

import { hand } from "../board/hand.js";
import { History } from "../board/history.js";
import { element, fitted } from "../board/ink.js";
import { keys, shortcuts } from "../board/keys.js";
import { Paper } from "../board/paper.js";
import { Pen } from "../board/pen.js";
import { tools } from "../board/tools.js";
import { listen } from "../tell.js";
import { part } from "../words.js";
import { field } from "./where.js";

/** @typedef {import("../board/shapes.js").Item} Item @typedef {import("../mesh.js").Person} Person */

// Where somebody points is said once they rest there.
const REST_MS = 600;
const none = () => {};

export class Overlay {
  #paper;
  #pen;
  #history;
  #people;
  #said = "";
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #rest;
  #off;

  /**
   * @param {import("../board/board.js").Board} board @param {HTMLVideoElement} video shows the screen
   * @param {HTMLElement} bar its tools @param {import("./people.js").People} people
   */
  constructor(board, video, bar, people) {
    this.board = board;
    this.video = video;
    this.bar = bar;
    this.#people = people;
    this.sheet = element("svg", { class: "marks-sheet", role: "application", focusable: "true" });
    video.after(this.sheet);
    this.#paper = new Paper(/** @type {SVGSVGElement} */ (this.sheet), none);
    this.#history = new History(board);
    this.#pen = new Pen(board, this.#history, (item) => this.#paper.draft(board.me, item));
    [this.#pen.tool, this.#pen.colour] = ["look", people.colourOf(board.me)];
    this.#off = [...this.#hears(), ...this.#follows()];
    this.draw();
  }

  stop() {
    for (const off of this.#off) off();
    clearTimeout(this.#rest);
    this.sheet.remove();
    this.bar.remove();
  }

  /** Also after a change of language. */
  draw() {
    const { videoWidth, videoHeight } = this.video;
    // Until the picture is there nobody knows its shape, and so no place on it.
    this.sheet.toggleAttribute("hidden", !videoWidth || !videoHeight);
    if (!videoWidth || !videoHeight) return;
    this.#paper.blank = /** @type {[number, number]} */ (fitted([videoWidth, videoHeight]));
    const items = this.board.sheets.all();
    this.#paper.draw(items);
    this.#enable("undo", this.#history.canUndo);
    this.#enable("clear", items.length > 0);
    part(this.bar, "[data-marks=summary]").textContent = this.#people.summary(items);
  }

  #hears() {
    const { sheet } = this;
    const [bar, pen, history] = [this.bar, this.#pen, this.#history];
    const chosen = (/** @type {MouseEvent} */ { detail }) => this.#take(detail === 0);
    const typed = (/** @type {KeyboardEvent} */ event) => this.#typed(event);
    const shaped = () => this.draw();
    const off = [
      hand(this.#paper, pen, none),
      keys(this.#paper, pen, none),
      shortcuts(/** @type {any} */ (sheet), history),
      shortcuts(bar, history),
      tools(bar, pen, {
        undo: () => history.undo(),
        clear: () => history.take({ drop: this.board.sheets.all() }),
      }),
    ];
    bar.addEventListener("click", chosen);
    sheet.addEventListener("keydown", typed);
    this.video.addEventListener("resize", shaped);
    return [...off, () => this.video.removeEventListener("resize", shaped)];
  }

  #follows() {
    const { board } = this;
    return [
      listen(board, "changed", (change) => this.#changed(change)),
      listen(board, "draft", ({ person, item }) => this.#paper.draft(person.participant, item)),
      listen(board, "point", ({ person, at }) => this.#pointed(person, at)),
      listen(board, "full", () => this.#people.say("marks-full")),
    ];
  }

  /** Whoever only looks scrolls and clicks as ever; a tool takes the hand, and the keys if it was chosen by one. @param {boolean} byKey */
  #take(byKey) {
    const isLive = this.#pen.tool !== "look";
    if (isLive) this.sheet.setAttribute("tabindex", "0");
    else this.sheet.removeAttribute("tabindex");
    this.sheet.classList.toggle("is-live", isLive);
    if (!isLive) this.#pen.away();
    const isChoice = document.activeElement?.hasAttribute("data-tool");
    if (isLive && byKey && isChoice) this.sheet.focus({ preventScroll: true });
  }

  /** @param {KeyboardEvent} event */
  #typed(event) {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    event.stopPropagation();
    part(this.bar, "[data-tool=look]").click();
    part(this.bar, "[data-tool=look]").focus();
  }

  /** @param {{person?: Person, put: Item[], drop: string[]}} change */
  #changed({ person, put }) {
    if (person) this.#people.say(put.length ? "marks-drawn" : "marks-wiped", { name: person.name });
    this.draw();
  }

  /** @param {Person} person @param {[number, number] | null} at */
  #pointed({ participant, name }, at) {
    const colour = this.#people.colourOf(participant);
    this.#paper.point(participant, { name, colour }, at);
    clearTimeout(this.#rest);
    if (!at) return;
    const key = `marks-at-${field(at, this.#paper.blank)}`;
    this.#rest = setTimeout(() => {
      if (this.#said !== `${participant} ${key}`) this.#people.say(key, { name });
      this.#said = `${participant} ${key}`;
    }, REST_MS);
  }

  /** @param {string} act @param {boolean} can */
  #enable(act, can) {
    part(this.bar, `button[data-board=${act}]`).setAttribute("aria-disabled", String(!can));
  }
}
