/** Shows the pictures: the others large, a shared screen larger still, oneself small. */

import { part, words } from "./words.js";

/** @typedef {{participant: string, name: string, role: string, stream: MediaStream | null, screen: MediaStream | null, audio?: boolean, camera?: boolean}} Shown */

export class Stage {
  /** @type {Map<string, HTMLElement>} */
  #tiles = new Map();
  /** @type {Map<string, HTMLElement>} */
  #screens = new Map();
  #root;
  #stage;
  #saw;
  #speaker = "";

  /** @param {HTMLElement} root @param {() => void} saw the first picture is there */
  constructor(root, saw) {
    this.#root = root;
    this.#stage = part(root, "[data-call=stage]");
    this.#saw = saw;
  }

  /** @param {MediaStream} stream */
  own(stream) {
    const video = /** @type {HTMLVideoElement} */ (part(this.#stage, ".call-own video"));
    if (video.srcObject !== stream) video.srcObject = stream;
  }

  /** @param {Shown} shown */
  show(shown) {
    const tile = this.#place(this.#tiles, "tile", shown);
    this.#play(tile, shown.stream, "their-video", shown);
    part(tile, ".call-role").textContent = words(part(this.#root, "#call-people"), shown.role);
    tile.classList.toggle("is-dark", shown.camera === false);
    const mark = part(tile, ".call-mark");
    mark.hidden = shown.audio !== false;
    part(mark, "span").textContent = words(this.#root, "their-audio-off");
    if (shown.screen)
      this.#play(this.#place(this.#screens, "screen", shown), shown.screen, "their-screen", shown);
    else this.#drop(this.#screens, shown.participant);
    this.#arrange();
  }

  /** @param {string} participant */
  remove(participant) {
    this.#drop(this.#tiles, participant);
    this.#drop(this.#screens, participant);
    this.#arrange();
  }

  /** @param {string} participant @param {boolean} isSpeaking */
  speaks(participant, isSpeaking) {
    this.#tiles.get(participant)?.classList.toggle("is-speaking", isSpeaking);
  }

  /** Of somebody whose keys nobody has compared yet, the frame is grey. @param {string} participant @param {boolean} isSure */
  vouch(participant, isSure) {
    this.#tiles.get(participant)?.classList.toggle("is-sure", isSure);
  }

  /** What is shown of somebody now. @param {string} participant @returns {HTMLVideoElement | null} */
  picture(participant) {
    return this.#tiles.get(participant)?.querySelector("video") ?? null;
  }

  /** Where the screen of somebody is shown now. @param {string} participant @returns {HTMLVideoElement | null} */
  screen(participant) {
    return this.#screens.get(participant)?.querySelector("video") ?? null;
  }

  clear() {
    for (const participant of [...this.#tiles.keys()]) this.remove(participant);
    part(this.#root, "[data-call=hear]").hidden = true;
  }

  /** Let sound come out of another speaker. @param {string} id */
  async speak(id) {
    this.#speaker = id;
    for (const tile of this.#tiles.values()) {
      const video = /** @type {any} */ (part(tile, "video"));
      if (video.setSinkId && video.sinkId !== id) await video.setSinkId(id).catch(() => {});
    }
  }

  /** A click allows what the browser had refused: sound. */
  hear() {
    for (const tile of this.#tiles.values()) {
      const video = /** @type {HTMLVideoElement} */ (part(tile, "video"));
      video.muted = false;
      video.play().catch(() => {});
    }
    part(this.#root, "[data-call=hear]").hidden = true;
  }

  /** @param {Map<string, HTMLElement>} among @param {string} template @param {Shown} shown */
  #place(among, template, { participant }) {
    const there = among.get(participant);
    if (there) return there;
    const source = /** @type {HTMLTemplateElement} */ (
      part(this.#root, `template[data-call=${template}]`)
    );
    const fresh = /** @type {DocumentFragment} */ (source.content.cloneNode(true));
    const figure = part(fresh, "figure");
    this.#stage.prepend(fresh);
    among.set(participant, figure);
    return figure;
  }

  /** @param {HTMLElement} figure @param {MediaStream | null} stream @param {string} label @param {Shown} shown */
  #play(figure, stream, label, { name }) {
    part(figure, "figcaption > span").textContent = name;
    const video = /** @type {HTMLVideoElement} */ (part(figure, "video"));
    video.setAttribute("aria-label", words(this.#root, label, { name }));
    if (!stream || video.srcObject === stream) return;
    video.srcObject = stream;
    video.requestVideoFrameCallback?.(() => this.#saw());
    video.onplaying ??= () => video.videoWidth && this.#saw();
    video.play().catch((error) => this.#refused(video, error));
    if (this.#speaker) this.speak(this.#speaker);
  }

  /** @param {HTMLVideoElement} video @param {unknown} error */
  #refused(video, error) {
    if (!(error instanceof Error) || error.name !== "NotAllowedError") return;
    // After a reload nobody has clicked yet: the picture may run, and sound asks for a click.
    video.muted = true;
    video.play().catch(() => {});
    part(this.#root, "[data-call=hear]").hidden = false;
  }

  /** @param {Map<string, HTMLElement>} among @param {string} participant */
  #drop(among, participant) {
    among.get(participant)?.remove();
    among.delete(participant);
  }

  #arrange() {
    this.#stage.dataset.people = String(this.#tiles.size);
    this.#stage.classList.toggle("has-screen", this.#screens.size > 0);
  }
}
