/** Says how the connection carries, and turns off all pictures in one click. */

import { localMedia } from "../media.js";
import { listen } from "../tell.js";
import { part, words } from "../words.js";

export class QualityView {
  #room;
  #quality;
  #button;
  #line;
  #grade = "";
  #soundOnly = false;
  /** Whoever had turned the own camera off gets it back as it was. */
  #wasDark = false;
  /** @type {(() => void)[]} */
  #off;

  /** @param {import("../room.js").Room} room @param {import("./quality.js").Quality} quality */
  constructor(room, quality) {
    this.#room = room;
    this.#quality = quality;
    this.#button = part(room.root, "[data-do=sound-only]");
    this.#line = part(room.root, "[data-call=quality]");
    const clicked = () => this.#turn(!this.#soundOnly);
    this.#button.addEventListener("click", clicked);
    this.#off = [
      () => this.#button.removeEventListener("click", clicked),
      listen(quality, "grade", (found) => this.#graded(found)),
      listen(localMedia(), "change", () => this.#pictureCameBack()),
      listen(document, "language:changed", () => this.#draw()),
    ];
    this.#draw();
  }

  stop() {
    for (const off of this.#off) off();
    this.#grade = "";
    this.#soundOnly = false;
    this.#draw();
  }

  /** @param {boolean} soundOnly */
  #turn(soundOnly) {
    const media = localMedia();
    if (soundOnly) this.#wasDark = media.muted.video;
    this.#soundOnly = soundOnly;
    media.muteVideo(soundOnly || this.#wasDark);
    this.#quality.want(!soundOnly);
    this.#room.status.say(soundOnly ? "sound-only-on" : "sound-only-off");
    this.#draw();
  }

  /** Whoever turns the own picture on again wants pictures. */
  #pictureCameBack() {
    if (!this.#soundOnly || localMedia().muted.video || !this.#room.call) return;
    this.#wasDark = false;
    this.#turn(false);
  }

  /** @param {{grade: string, exhausted: boolean}} found */
  #graded({ grade, exhausted }) {
    this.#grade = grade;
    // The page offers it, and leaves the choice to people.
    if (exhausted && !this.#soundOnly) this.#room.status.say("quality-offer");
    this.#draw();
  }

  #draw() {
    const { root } = this.#room;
    root.classList.toggle("is-sound-only", this.#soundOnly);
    this.#button.setAttribute("aria-pressed", String(this.#soundOnly));
    this.#line.dataset.grade = this.#grade;
    part(this.#line, "span").textContent = this.#grade && words(root, `quality-${this.#grade}`);
    this.#line.hidden = !this.#grade;
  }
}
