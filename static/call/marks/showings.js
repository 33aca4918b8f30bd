/** The shared screens that may be drawn on, with a board for each; it goes when the sharing ends. */

import { Allowance } from "../board/allowance.js";
import { Board } from "../board/board.js";
import { freshId } from "../board/shapes.js";
import { listen, tell } from "../tell.js";
import { Lane } from "./lane.js";
import { address, mark, showing } from "./post.js";

/** @typedef {import("../mesh.js").Entry} Entry @typedef {import("../board/board.js").Channel} Channel */
/** @typedef {{channel: Channel, allowance: Allowance, lanes: Map<string, Lane>}} Place */

/** Events: `opened` and `closed` ({participant}): a screen may be drawn on, or may be no more. */
export class Showings extends EventTarget {
  /** By whose screen it is. @type {Map<string, {key: string, board: Board}>} */
  open = new Map();
  /** @type {string | null} */
  #own = null;
  /** @type {Map<string, Place>} */
  #places = new Map();
  #mesh;
  #me;
  #off;

  /** @param {import("../mesh.js").Mesh} mesh @param {string} me the own participant */
  constructor(mesh, me) {
    super();
    this.#mesh = mesh;
    this.#me = me;
    for (const entry of mesh.entries.values()) this.#place(entry);
    this.#off = [
      listen(mesh, "control", ({ entry }) => this.#place(entry)),
      listen(mesh, "left", ({ entry }) => this.#left(entry.person.participant)),
    ];
  }

  stop() {
    for (const off of this.#off) off();
    for (const participant of [...this.open.keys()]) this.#close(participant);
    for (const { channel } of this.#places.values()) channel.onmessage = null;
    this.#places.clear();
  }

  /** Let the others draw on the own screen, beginning with nothing on it, or not any more. @param {boolean} isOffered */
  offer(isOffered) {
    if (!isOffered && !this.#own) return;
    this.#own = isOffered ? freshId() : null;
    for (const { channel } of this.#places.values()) this.#announce(channel, false);
    this.#show(this.#me, this.#own);
  }

  /** @param {Channel} channel @param {boolean} asks whether the other is to say the same of itself */
  #announce(channel, asks) {
    if (channel.readyState !== "open") return;
    channel.send(JSON.stringify({ type: "showing", id: this.#own, asks }));
  }

  /** @param {Entry} entry @returns {Place} */
  #place({ person: { participant }, peer }) {
    const channel = /** @type {any} */ (peer.link.channels.marks);
    const known = this.#places.get(participant);
    if (known && known.channel === channel) return known;
    /** @type {Place} */
    const place = { channel, allowance: new Allowance(), lanes: new Map() };
    this.#places.set(participant, place);
    channel.onmessage = (/** @type {{data: unknown}} */ { data }) => {
      this.#hear(participant, place, data);
    };
    channel.onopen = () => {
      this.#announce(channel, true);
      for (const lane of place.lanes.values()) lane.onopen?.();
    };
    if (channel.readyState === "open") channel.onopen();
    return place;
  }

  /** @param {string} participant @param {Place} place @param {unknown} data */
  #hear(participant, { channel, allowance, lanes }, data) {
    const letter = address(data);
    // What is behind a key is counted by its board.
    if (letter) return lanes.get(letter.key)?.onmessage?.({ data: letter.data });
    if (!allowance.take(String(data).length)) return;
    const message = showing(data);
    if (!message) return;
    if (message.asks) this.#announce(channel, false);
    this.#show(participant, message.id);
  }

  /** Nobody speaks for a screen but who shares it: the key names them. @param {string} participant @param {string | null} id */
  #show(participant, id) {
    const key = id ? `${participant}${id}` : "";
    if (this.open.get(participant)?.key === key) return;
    this.#close(participant);
    if (!key) return;
    const channelOf = (/** @type {Entry} */ entry) => this.#lane(this.#place(entry), key);
    const board = new Board(this.#mesh, this.#me, { channelOf, read: mark });
    this.open.set(participant, { key, board });
    tell(this, "opened", { participant });
  }

  /** @param {Place} place @param {string} key */
  #lane({ channel, lanes }, key) {
    const lane = lanes.get(key) ?? new Lane(channel, key);
    lanes.set(key, lane);
    return lane;
  }

  /** @param {string} participant */
  #close(participant) {
    const closed = this.open.get(participant);
    if (!closed) return;
    this.open.delete(participant);
    closed.board.stop();
    for (const { lanes } of this.#places.values()) lanes.delete(closed.key);
    tell(this, "closed", { participant });
  }

  /** @param {string} participant */
  #left(participant) {
    this.#places.delete(participant);
    this.#close(participant);
  }
}
