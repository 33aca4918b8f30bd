/** Compares the keys of all of a call as soon as every connection stands, and says what came of it. */

import { listen, tell } from "../tell.js";
import { namesOf, ownKey, theirKeys, whenDescribed } from "./keys.js";
import { Late } from "./late.js";

/** @typedef {import("../mesh.js").Entry} Entry @typedef {import("../mesh.js").Mesh} Mesh @typedef {import("../mesh.js").Person} Person */
/** @typedef {import("../link.js").Link} Link @typedef {import("./exchange.js").Outcome} Outcome */
/** @typedef {"broken" | "differ" | "doubted"} Why the keys do not fit, or for whom the words are others */

// Whoever repeats what was said in an earlier call of this page is found out.
const seen = /** @type {Set<string>} */ (new Set());

/** Events: `outcome`, `agreed` (somebody found the words to be the same), `roles` and `alarm` (somebody may stand in between). */
export class Security extends EventTarget {
  /** What was found last, for who begins to listen later. @type {Outcome} */
  outcome = { state: "waiting" };
  /** Whether a person on this side has found the words to be the same, among those who are there now. */
  isChecked = false;
  /** Who has said the same of their side. @type {Set<string>} */
  agreed = new Set();
  /** Stays over each change, until a person has said to go on. @type {{person: {name: string}, why: Why} | null} */
  alarm = null;
  /** @type {Map<string, Entry>} */
  #entries = new Map();
  /** @type {WeakSet<Link>} */
  #standing = new WeakSet();
  /** Fetched when the first connection stands, so that it keeps no first picture waiting. */
  #exchange;
  #mesh;
  #call;

  /** @param {Mesh} mesh @param {string} call @param {{participant: string, name: string, role: string}} me */
  constructor(mesh, call, me) {
    super();
    this.#mesh = mesh;
    this.#call = call;
    this.me = me;
    const fetched = () => import("./exchange.js").then((the) => new the.Exchange(this.#of()));
    this.#exchange = new Late(fetched, () => this.#note({ state: "missing", who: [] }));
    listen(mesh, "met", ({ entry }) => {
      this.#entries.set(entry.person.participant, entry);
      this.#change(entry);
    });
    listen(mesh, "control", ({ entry }) => this.#stands(entry));
    listen(mesh, "roles", () => tell(this, "roles"));
    listen(mesh, "left", ({ entry }) => {
      if (this.#entries.delete(entry.person.participant)) this.#change(entry);
    });
    listen(mesh, "word", ({ entry, detail }) => this.#hear(entry, detail));
  }

  /** Everybody else who is in the call. @returns {Person[]} */
  get people() {
    return [...this.#entries.values()].map(({ person }) => person);
  }

  /** A person on this side has found the words to be the same. */
  agree() {
    this.isChecked = true;
    if (this.outcome.state === "ready")
      this.#mesh.say({ type: "agree", epoch: this.outcome.epoch });
  }

  /** The words were others on this side: everybody is to know it. @param {{name: string}} person */
  doubt(person) {
    this.#mesh.say({ type: "doubt" });
    this.#raise(person, "differ");
  }

  stop() {
    this.alarm = null;
    this.#entries.clear();
    this.#exchange.tell((the) => the.stop());
  }

  /** Whoever comes or goes brings another list of keys: what was checked before says nothing of it. @param {Entry} entry */
  #change({ person: { participant } }) {
    this.#exchange.tell((the) => the.pause(participant));
    this.#note({ state: "waiting" });
    this.#begin();
  }

  /** @param {Entry} entry */
  #stands(entry) {
    const { link } = entry.peer;
    whenDescribed(link.pc, () => {
      // Two commitments for one connection would look like an attack to the other side.
      if (!this.#has(entry) || this.#standing.has(link)) return;
      this.#standing.add(link);
      this.#begin();
    });
  }

  /** @param {Entry} entry */
  #has = (entry) => this.#entries.get(entry.person.participant) === entry;

  /** Compare, unless somebody's connection does not stand yet. */
  #begin() {
    const there = [...this.#entries.values()];
    if (!there.length || !there.every(({ peer }) => this.#standing.has(peer.link))) return;
    this.#exchange.ask((the) => the.begin(ownKey(this.me, there), theirKeys(there)));
  }

  /** @returns {import("./exchange.js").Of} */
  #of() {
    return {
      call: this.#call,
      get language() {
        return document.documentElement.lang;
      },
      seen,
      say: (participant, word) => this.#entries.get(participant)?.peer.say(word),
      tell: (outcome) => this.#note(outcome),
    };
  }

  /** @param {Outcome} outcome */
  #note(outcome) {
    this.isChecked = false;
    this.agreed.clear();
    this.outcome = outcome;
    tell(this, "outcome");
    if (outcome.state === "broken")
      this.#raise({ name: namesOf(this.people, outcome.who) }, "broken");
  }

  /** @param {{name: string}} person @param {Why} why */
  #raise(person, why) {
    this.isChecked = false;
    this.alarm = { person, why };
    tell(this, "alarm");
  }

  /** @param {Entry} entry @param {any} word */
  #hear(entry, word) {
    const { participant } = entry.person;
    if (word.type === "doubt") return this.#raise(entry.person, "doubted");
    if (!this.#has(entry)) return;
    if (word.type === "agree") this.#agreed(participant, word.epoch);
    else if (["commit", "reveal"].includes(word.type))
      this.#exchange.ask((the) => the.hear(participant, word));
  }

  /** @param {string} participant @param {unknown} epoch of which they compared the words */
  #agreed(participant, epoch) {
    if (this.outcome.state === "ready" && this.outcome.epoch === epoch)
      tell(this, "agreed", this.agreed.add(participant));
  }
}
