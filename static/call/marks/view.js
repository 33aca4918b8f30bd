/** Brings what is drawn on shared screens to their pictures: those of the others, and one's own in a preview. */

import { listen } from "../tell.js";
import { part, words } from "../words.js";
import { Overlay } from "./overlay.js";
import { People } from "./people.js";

export class MarksView {
  #room;
  #root;
  #media;
  #showings;
  #me;
  #people;
  #allow;
  #preview;
  /** @type {Map<string, Overlay>} */
  #overlays = new Map();
  /** @type {(() => void)[]} */
  #off;

  /**
   * @param {import("../room.js").Room} room @param {import("../call.js").Call} call
   * @param {{showings: import("./showings.js").Showings, media: import("../media.js").LocalMedia, me: string}} with_
   */
  constructor(room, call, { showings, media, me }) {
    this.#room = room;
    this.#root = part(room.root, "[data-call=marks]");
    this.#media = media;
    this.#showings = showings;
    this.#me = me;
    this.#people = new People(room, me);
    this.#allow = /** @type {HTMLInputElement} */ (part(this.#root, "[data-marks=allow]"));
    this.#preview = /** @type {HTMLVideoElement} */ (part(this.#root, "video"));
    const allowed = () => this.#allowed();
    this.#allow.addEventListener("change", allowed);
    this.#off = [
      () => this.#allow.removeEventListener("change", allowed),
      listen(media, "track", ({ line }) => line === "screen" && this.#share()),
      listen(showings, "opened", () => this.#draw()),
      listen(showings, "closed", () => this.#draw()),
      // The stage is laid out first.
      listen(call, "participant", () => queueMicrotask(() => this.#draw())),
      listen(call, "left", () => queueMicrotask(() => this.#draw())),
      listen(document, "language:changed", () => this.#translate()),
    ];
    this.#share();
    this.#draw();
  }

  stop() {
    for (const off of this.#off) off();
    this.#showings.stop();
    this.#drawAll([]);
    this.#show(null);
    this.#allow.checked = true;
  }

  /** The own screen is shown, or another one, or none any more. */
  #share() {
    const track = this.#media.track("screen");
    this.#show(track);
    this.#showings.offer(track !== null && this.#allow.checked);
  }

  /** @param {MediaStreamTrack | null} track */
  #show(track) {
    part(this.#root, "[data-marks=own]").hidden = !track;
    this.#preview.srcObject = track && new MediaStream([track]);
  }

  #allowed() {
    this.#showings.offer(this.#allow.checked);
    this.#room.status.say(this.#allow.checked ? "marks-allowed" : "marks-forbidden");
  }

  #draw() {
    this.#drawAll([...this.#showings.open]);
  }

  /** @param {[string, {board: import("../board/board.js").Board}][]} open */
  #drawAll(open) {
    const wanted = new Map(
      open.map(([by, { board }]) => [by, { board, video: this.#picture(by) }]),
    );
    for (const [by, overlay] of this.#overlays) {
      const { board, video } = wanted.get(by) ?? {};
      if (board === overlay.board && video === overlay.video) continue;
      overlay.stop();
      this.#overlays.delete(by);
    }
    for (const [by, { board, video }] of wanted) {
      if (video && !this.#overlays.has(by)) this.#lay(by, board, video);
    }
  }

  /** @param {string} by @param {import("../board/board.js").Board} board @param {HTMLVideoElement} video */
  #lay(by, board, video) {
    const bar = /** @type {HTMLElement} */ (part(this.#root, "[data-marks=bar]").cloneNode(true));
    bar.removeAttribute("data-marks");
    bar.hidden = false;
    // Whoever shows a screen may wipe all from it.
    part(bar, "button[data-board=clear]").hidden = by !== this.#me;
    this.#root.append(bar);
    const overlay = new Overlay(board, video, bar, this.#people);
    this.#overlays.set(by, overlay);
    this.#label(by, overlay, bar);
  }

  /** @param {string} by @param {Overlay} overlay @param {HTMLElement} bar */
  #label(by, overlay, bar) {
    const isOwn = by === this.#me;
    const name = this.#people.nameOf(by);
    const whose = words(this.#root, isOwn ? "own-screen" : "their-screen", { name });
    part(bar, "[data-marks=whose]").textContent = whose;
    bar.setAttribute("aria-label", whose);
    overlay.sheet.setAttribute("aria-label", words(this.#root, "sheet", { whose }));
    overlay.draw();
  }

  #translate() {
    for (const [by, overlay] of this.#overlays) this.#label(by, overlay, overlay.bar);
  }

  /** @param {string} by */
  #picture(by) {
    return by === this.#me ? this.#preview : this.#room.stage.screen(by);
  }
}
