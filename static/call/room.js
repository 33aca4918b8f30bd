/** The part of the page where a call takes place, from before it begins until after it has ended. */

import { sessionId, signalling } from "../signalling.js";
import { Call } from "./call.js";
import { ChatView } from "./chat_view.js";
import { control } from "./controls.js";
import { choose } from "./device_view.js";
import { localMedia } from "./media.js";
import { Panels } from "./panels.js";
import { showEvents, showMedia } from "./showing.js";
import { release } from "./spare.js";
import { Stage } from "./stage.js";
import { Status } from "./status.js";
import { tell } from "./tell.js";
import { part } from "./words.js";

/** @typedef {import("./company.js").Participant} Participant */

const AGAIN_MS = 2000;
// Ended in this page only: the place in the call is kept.
const ELSEWHERE = new Set(["elsewhere", "abandoned"]);

export class Room {
  /** @type {Call | null} */
  call = null;
  /** @type {Map<string, Participant>} */
  people = new Map();
  #wanted = false;
  #media = localMedia();
  /** @type {(() => void)[]} */
  #off;

  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    const call = () => this.call;
    const media = this.#media;
    const [width, height] = (root.dataset.video ?? "").split("x").map(Number);
    if (width && height) media.size = { width, height };
    this.status = new Status(root);
    this.stage = new Stage(root, () => this.call?.saw());
    this.chat = new ChatView(root, call);
    this.panels = new Panels(root, () => this.devices.draw());
    this.devices = choose(root, media, () => this.panels.isOpen("devices"));
    this.#off = [
      control(root, { media, call, status: this.status }),
      this.devices.stop,
      ...showMedia(media, this),
    ];
    part(root, "[data-call=hear]").addEventListener("click", () => this.stage.hear());
    part(root, "[data-call=here]").addEventListener("click", () => {
      const { call: id = "" } = root.dataset;
      this.start((again) => again.rejoin({ call: id }));
    });
  }

  /** Whether somebody waits and nobody is in a call. */
  get isReady() {
    return this.#wanted && !this.call;
  }

  /** Camera, addresses and offer are made ready while somebody waits. @param {boolean} wanted */
  async prepare(wanted) {
    this.#wanted = wanted;
    if (this.call) return;
    if (!wanted) {
      release();
      return this.#media.stop();
    }
    await this.#media.start();
    const { state, ice } = signalling();
    // Without the server's word nobody knows yet which addresses may be shown.
    if (state !== "open" || !this.#wanted || this.call) return;
    await Call.prepare({ ice, media: this.#media });
    tell(document, "call:prepared");
  }

  /** @param {boolean} there */
  server(there) {
    this.status.server(there);
    if (there && this.#wanted) this.prepare(true);
  }

  /** @param {(call: Call) => Promise<void>} begin */
  start(begin) {
    if (this.call) return;
    const call = new Call({ media: this.#media, signalling: signalling(), session: sessionId });
    this.call = call;
    showEvents(call, this, (ended) => this.#over(ended));
    begin(call).catch((error) => this.#failed(call, begin, error));
    // Every millisecond before the first picture is one of waiting, so that the connection goes first.
    setTimeout(() => this.#open(call));
  }

  /** @param {Call} call */
  #open(call) {
    if (this.call !== call) return;
    this.root.dataset.call = call.id;
    part(this.root, "[data-call=elsewhere]").hidden = true;
    part(this.root, "[data-call=room]").hidden = false;
    this.stage.own(this.#media.stream);
    this.status.draw();
    this.panels.begin();
    this.#media.start();
    tell(document, "call:started", { call: call.id });
  }

  /** The page goes away under a running call. */
  sleep() {
    this.call?.abandon();
    for (const stop of this.#off) stop();
    release();
    this.#media.stop();
  }

  /** Words that stand in the page already change by themselves. */
  translate() {
    this.status.draw();
    this.devices.draw();
    for (const person of this.people.values()) this.stage.show(person);
  }

  /** @param {Call} call @param {(call: Call) => Promise<void>} begin @param {{code?: string}} error */
  #failed(call, begin, { code }) {
    if (this.call !== call) return;
    if (code === "not_joined") return this.#over({ call: call.id, reason: "ended", seconds: 0 });
    // The server is away; the place in the call is kept meanwhile.
    setTimeout(() => {
      if (this.call === call) begin(call).catch((again) => this.#failed(call, begin, again));
    }, AGAIN_MS);
  }

  /** @param {{call: string, reason: string, seconds: number}} ended */
  #over(ended) {
    this.call = null;
    this.people.clear();
    this.stage.clear();
    this.chat.clear();
    this.status.clear();
    part(this.root, "[data-call=room]").hidden = true;
    part(this.root, "[data-call=elsewhere]").hidden = ended.reason !== "elsewhere";
    // Who was silent with one person is not to be silent with the next.
    this.#media.muteAudio(false);
    this.#media.muteVideo(false);
    this.prepare(this.#wanted && ended.reason !== "elsewhere");
    if (!ELSEWHERE.has(ended.reason)) tell(document, "call:ended", ended);
  }
}
