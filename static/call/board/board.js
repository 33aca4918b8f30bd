/** The board of one call: what this side does goes to all the others, and theirs comes here. */

import { listen, tell } from "../tell.js";
import { Allowance } from "./allowance.js";
import { grown, pieces, read, send } from "./post.js";
import { Sheets } from "./sheets.js";

/** @typedef {import("./shapes.js").Item} Item @typedef {import("../mesh.js").Person} Person @typedef {import("../mesh.js").Entry} Entry */
/** @typedef {import("../chat.js").Channel & {onopen: (() => void) | null}} Channel */
/** @typedef {{person: Person, channel: Channel, allowance: Allowance, draft: Item | null}} Place */
/** @typedef {{channelOf: (entry: Entry) => Channel, read: typeof read}} Over which way it goes, and what of it is read */

/** @type {Over} */
const BOARD = { channelOf: ({ peer }) => /** @type {any} */ (peer.link.channels.board), read };

/** Events: `changed` ({person, put, drop, turned}; no person for one's own), `draft` ({person, item}), `point` ({person, at}), `used` (this side put something there), `full`. */
export class Board extends EventTarget {
  sheets = new Sheets();
  /** @type {Map<string, Place>} */
  #places = new Map();
  #off;
  #over;

  /** @param {import("../mesh.js").Mesh} mesh @param {string} me the own participant @param {Over} [over] */
  constructor(mesh, me, over = BOARD) {
    super();
    this.me = me;
    this.#over = over;
    for (const entry of mesh.entries.values()) this.#meet(entry);
    this.#off = [
      listen(mesh, "control", ({ entry }) => this.#meet(entry)),
      listen(mesh, "left", ({ entry }) => this.#detach(entry.person)),
    ];
  }

  stop() {
    for (const off of this.#off) off();
    for (const { channel } of this.#places.values()) channel.onmessage = null;
    this.#places.clear();
    this.sheets = new Sheets();
  }

  /**
   * Put things on the board, and take things away.
   * @param {{put?: Item[], drop?: string[]}} change @returns {boolean} false when there is no room
   */
  change({ put = [], drop = [] }) {
    const numbers = put.reduce((sum, { points }) => sum + points.length, 0);
    if (put.length && !this.sheets.hasRoom(numbers)) {
      tell(this, "full");
      return false;
    }
    const version = this.sheets.next();
    const change = {
      put: put.map((item) => /** @type {[number, Item]} */ ([version, item])),
      drop: drop.map((id) => /** @type {[number, string]} */ ([version, id])),
    };
    this.#apply(change);
    this.#say(...pieces(change));
    if (put.length) tell(this, "used");
    return true;
  }

  /** Let all look at another sheet. @param {number} sheet */
  turn(sheet) {
    const turn = /** @type {[number, number]} */ ([this.sheets.next(), sheet]);
    this.#apply({ turn });
    this.#say(...pieces({ turn }));
  }

  /** Show what is being drawn; nothing of it stays. @param {Item | null} item @param {number} [from] the first number that is new */
  draft(item, from = 0) {
    const fresh = item && { ...item, points: item.points.slice(from) };
    if (!item || fresh?.points.length) this.#say({ type: "draft", from, item: fresh });
  }

  /** Show where this side points. @param {[number, number] | null} at */
  point(at) {
    this.#say({ type: "point", at });
  }

  /** @param {{put?: any[], drop?: any[], turn?: [number, number] | null}} change @param {Person} [person] */
  #apply({ put = [], drop = [], turn = null }, person) {
    const { sheets } = this;
    const done = {
      person,
      put: put.filter((each) => sheets.put(each)).map(([, item]) => item),
      drop: drop.filter((each) => sheets.drop(each)).map(([, id]) => id),
      turned: turn !== null && sheets.turn(...turn),
    };
    if (done.put.length || done.drop.length || done.turned) tell(this, "changed", done);
  }

  /** @param {...import("./post.js").Message} messages */
  #say(...messages) {
    for (const { channel } of this.#places.values()) send(channel, messages);
  }

  /** @param {Entry} entry */
  #meet(entry) {
    const channel = this.#over.channelOf(entry);
    channel.onopen = () => this.#attach(entry.person, channel);
    if (channel.readyState === "open") channel.onopen();
  }

  /** The other page may have its board already, or load it later: whoever comes says hello. @param {Person} person @param {Channel} channel */
  #attach(person, channel) {
    this.#detach(person);
    const place = { person, channel, allowance: new Allowance(), draft: null };
    this.#places.set(person.participant, place);
    channel.onmessage = ({ data }) => this.#hear(place, data);
    send(channel, [{ type: "hello", again: false }]);
  }

  /** @param {Person} person */
  #detach(person) {
    this.#places.delete(person.participant);
    tell(this, "draft", { person, item: null });
    tell(this, "point", { person, at: null });
  }

  /** @param {Place} place @param {unknown} data */
  #hear(place, data) {
    const { person, channel, allowance } = place;
    if (!allowance.take(String(data).length)) return;
    const message = this.#over.read(data, person.participant);
    if (message?.type === "hello") {
      // Both may have something that the other has missed.
      if (!message.again) send(channel, [{ type: "hello", again: true }]);
      send(channel, pieces(this.sheets.whole()));
    } else if (message?.type === "change") this.#change(place, message);
    else if (message?.type === "draft") this.#follow(place, grown(place.draft, message));
    else if (message?.type === "point") tell(this, "point", { person, at: message.at });
  }

  /** @param {Place} place @param {import("./post.js").Change} change */
  #change(place, change) {
    this.#apply(change, place.person);
    // What was being drawn is finished.
    if (place.draft && this.sheets.get(place.draft.id)) this.#follow(place, null);
  }

  /** @param {Place} place @param {Item | null | undefined} item undefined: a piece that does not fit, which is left out */
  #follow(place, item) {
    if (item === undefined) return;
    place.draft = item && !this.sheets.get(item.id) ? item : null;
    tell(this, "draft", { person: place.person, item: place.draft });
  }
}
