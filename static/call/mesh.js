/** Everybody else in one call: who they are, from which page they speak, and a connection to each. */

import { freshSession } from "../incarnation.js";
import { configured } from "./link.js";
import { Peer } from "./peer.js";
import { Post } from "./post.js";
import { listen, tell } from "./tell.js";

/** @typedef {{participant: string, name: string, role: string, session?: string | null}} Person */
/** @typedef {{person: Person, peer: Peer, shows?: {audio: boolean, camera: boolean, screen: boolean}}} Entry */
/** @typedef {{servers: RTCIceServer[], relay_only: boolean}} Ice @typedef {import("../wire.js").Signalling} Signalling */

const MOST_RENEWALS = 5;

/** Events, each with the entry in `detail.entry`: `media`, `state`, `word`, `control`, `chat`, `alarm`, `left`; and `replaced`. */
export class Mesh extends EventTarget {
  /** @type {Map<string, Entry>} */
  entries = new Map();
  /** @type {(() => void)[]} */
  #off;
  #of;
  #post;
  #renewals = 0;

  /**
   * @param {{call: string, me: string, session: string, ice: Ice, certificate: RTCCertificate,
   *   media: import("./media.js").LocalMedia, signalling: Signalling}} of
   */
  constructor(of) {
    super();
    this.#of = of;
    this.#post = new Post(of);
    const { signalling } = of;
    this.#off = [
      this.#post.receive(
        (from) => this.entries.get(from),
        (person, how) => this.meet(person, how),
      ),
      listen(window, "online", () => this.#online()),
      signalling.on(
        "call.joined",
        (body) => body.call === of.call && this.#joined(body.participant),
      ),
      signalling.on("call.left", (body) => body.call === of.call && this.drop(body.participant)),
    ];
  }

  /**
   * Build the connection to somebody, anew if there was one.
   * @param {Person} person @param {{offer?: boolean, peer?: Peer}} [how] `peer`: prepared before
   */
  meet(person, { offer = false, peer = this.#fresh() } = {}) {
    this.entries.get(person.participant)?.peer.close();
    /** @type {Entry} */
    const entry = { person, peer };
    this.entries.set(person.participant, entry);
    for (const type of ["media", "state", "word", "control", "chat", "alarm"]) {
      listen(entry.peer, type, (detail) => tell(this, type, { entry, detail }));
    }
    listen(peer, "unfit", () => this.#renew());
    peer.admit({ polite: this.#of.me > person.participant, post: this.#post.to(person) });
    tell(this, "met", { entry });
    if (offer) peer.offer();
    return entry;
  }

  #fresh() {
    const { media, ice, certificate } = this.#of;
    return new Peer({ configuration: configured(ice, certificate), media });
  }

  /** The server says who is in the call; whoever joins offers to the others. @param {Person[]} people */
  compare(people) {
    const present = new Set(people.map(({ participant }) => participant));
    for (const participant of this.entries.keys()) {
      if (!present.has(participant)) this.drop(participant);
    }
    // Who was let in from the waiting room has never joined, so that no session of theirs is known.
    for (const person of people) this.#seen(person, true);
  }

  /** As which page the others know this one. */
  get session() {
    return this.#of.session;
  }

  /** Come back as after a reload, without one: to another session, everybody begins anew. */
  async #renew() {
    if (this.#renewals++ >= MOST_RENEWALS) return;
    const { call, signalling } = this.#of;
    const session = freshSession();
    this.#of.session = session;
    const joined = await signalling.request("call.join", { call, session }).catch(() => null);
    if (!joined || !this.#off.length || session !== this.session) return;
    for (const person of joined.participants) this.meet(person, { offer: true });
  }

  /** @param {Ice} ice */
  configure(ice) {
    this.#of.ice = ice;
    const configuration = configured(ice, this.#of.certificate);
    for (const { peer } of this.entries.values()) peer.configure(configuration);
  }

  /** @param {string} participant */
  drop(participant) {
    const entry = this.entries.get(participant);
    if (!entry) return;
    this.entries.delete(participant);
    entry.peer.close();
    tell(this, "left", { entry });
  }

  /** @param {import("./control.js").Word} word */
  say(word) {
    for (const { peer } of this.entries.values()) peer.say(word);
  }

  /** Send nothing any more, while the last words are still under way. */
  hush() {
    for (const off of this.#off.splice(0)) off();
    for (const { peer } of this.entries.values()) peer.link.hush();
  }

  close() {
    for (const { peer } of this.entries.values()) peer.close();
  }

  /** The device has a network again, perhaps another one. */
  #online() {
    for (const { peer } of this.entries.values()) peer.recovery.online();
  }

  /** @param {Person} person @param {boolean} offer if they are new to us */
  #seen(person, offer) {
    const known = this.entries.get(person.participant);
    if (!known) return void this.meet(person, { offer });
    const { session } = known.person;
    // Another page of theirs has come and will offer; the old connection leads nowhere.
    if (session && person.session && session !== person.session) return void this.meet(person);
    known.person.session ??= person.session;
    known.peer.negotiation.repeat();
  }

  /** @param {Person} person */
  #joined(person) {
    if (person.participant !== this.#of.me) return this.#seen(person, false);
    if (person.session !== this.#of.session) this.dispatchEvent(new Event("replaced"));
  }
}
