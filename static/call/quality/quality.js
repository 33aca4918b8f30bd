/** Watches how well each connection carries, and sends less picture over one that does not; it never ends one. */

import { listen, tell } from "../tell.js";
import { isSoundFirst, limitFor, under } from "./crowd.js";
import { Ladder } from "./ladder.js";
import { grade, sample } from "./measure.js";

/** @typedef {import("../mesh.js").Entry} Entry @typedef {import("../mesh.js").Mesh} Mesh */
/** @typedef {{ladder: Ladder, before: import("./measure.js").Sample | null, grade: import("./measure.js").Grade}} Watched */

const EVERY_MS = 2000;
const WORST = /** @type {const} */ (["poor", "fair", "good"]);

/** Events: `grade` ({grade, exhausted}) of the worst connection, each time that it changes; `small` and `sound-first` when so many have come. */
export class Quality extends EventTarget {
  /** Over which way the call went, and how it was encrypted; known after the first look. @type {import("./measure.js").Way | null} */
  way = null;
  /** @type {WeakMap<import("../link.js").Link, Watched>} */
  #watched = new WeakMap();
  /** Who has asked for no picture. @type {WeakSet<import("../link.js").Link>} */
  #unwanted = new WeakSet();
  #said = "";
  #wanted = true;
  #count = 0;
  #mesh;
  #timer;

  /** @param {Mesh} mesh */
  constructor(mesh) {
    super();
    this.#mesh = mesh;
    this.#timer = setInterval(() => this.look(), EVERY_MS);
    listen(mesh, "word", ({ entry, detail }) => {
      if (detail.type === "picture") this.#wish(entry, detail.wanted !== false);
    });
    listen(mesh, "control", ({ entry }) => {
      // Whoever comes back over another connection has to hear it again.
      if (!this.#wanted) entry.peer.say(this.#word);
      if (limitFor(this.#count)) this.#send(entry.peer.link);
    });
    listen(mesh, "roster", ({ participants }) => this.#crowd(participants.length));
  }

  /** Ask the others for their picture, or for none. @param {boolean} wanted */
  want(wanted) {
    this.#wanted = wanted;
    this.#mesh.say(this.#word);
  }

  /** @returns {{type: "picture", wanted: boolean}} */
  get #word() {
    return { type: "picture", wanted: this.#wanted };
  }

  stop() {
    clearInterval(this.#timer);
  }

  /** Each who comes makes the picture of all smaller, from so many on. @param {number} count */
  #crowd(count) {
    const before = this.#count;
    this.#count = count;
    if (isSoundFirst(count) && !isSoundFirst(before)) tell(this, "sound-first");
    else if (limitFor(count) && !limitFor(before)) tell(this, "small");
    if (limitFor(count) === limitFor(before)) return;
    for (const { peer } of this.#mesh.entries.values()) this.#send(peer.link);
  }

  /** Look at each connection once. */
  async look() {
    const entries = [...this.#mesh.entries.values()];
    await Promise.all(entries.map((entry) => this.#measure(entry)));
    const seen = entries.map(({ peer }) => this.#watched.get(peer.link)).filter((each) => !!each);
    const worst = WORST.find((name) => seen.some((each) => each.grade === name));
    const exhausted = seen.some(({ ladder }) => ladder.isExhausted);
    const said = `${worst} ${exhausted}`;
    if (!worst || said === this.#said) return;
    this.#said = said;
    tell(this, "grade", { grade: worst, exhausted });
  }

  /** @param {Entry} entry */
  async #measure({ peer }) {
    const { link } = peer;
    if (link.pc.connectionState !== "connected") return;
    const now = sample((await link.pc.getStats()).values());
    this.way = now.way ?? this.way;
    const watched = this.#of(link);
    const { before, ladder } = watched;
    watched.before = now;
    if (!before) return;
    watched.grade = grade(before, now);
    if (ladder.climb(watched.grade)) await this.#send(link);
  }

  /** @param {import("../link.js").Link} link @returns {Watched} */
  #of(link) {
    const watched = this.#watched.get(link) ?? {
      ladder: new Ladder(),
      before: null,
      grade: "good",
    };
    this.#watched.set(link, watched);
    return watched;
  }

  /** @param {Entry} entry @param {boolean} wanted */
  #wish({ peer }, wanted) {
    if (wanted) this.#unwanted.delete(peer.link);
    else this.#unwanted.add(peer.link);
    this.#send(peer.link);
  }

  /** @param {import("../link.js").Link} link */
  async #send(link) {
    const sender = link.lines.camera?.sender;
    const parameters = sender?.getParameters();
    if (!sender || !parameters?.encodings?.length) return;
    const { height = 0 } = sender.track?.getSettings() ?? {};
    const rung = under(this.#of(link).ladder.rung, limitFor(this.#count), height);
    for (const encoding of parameters.encodings) {
      encoding.active = !this.#unwanted.has(link);
      encoding.scaleResolutionDownBy = rung.scale;
      encoding.maxBitrate = rung.bitrate;
      encoding.maxFramerate = rung.frames;
    }
    // A connection that was closed meanwhile has nobody left to send to.
    await sender.setParameters(parameters).catch(() => {});
  }
}
