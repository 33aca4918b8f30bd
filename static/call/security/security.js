/** Compares the keys of each connection of a call as soon as it stands, and says what came of it. */

import { fingerprintOf } from "../description.js";
import { listen, tell } from "../tell.js";

/** @typedef {import("../mesh.js").Entry} Entry @typedef {import("../mesh.js").Mesh} Mesh */
/** @typedef {import("./exchange.js").Exchange} Exchange */
/** @typedef {import("./exchange.js").Outcome | {state: "waiting"}} Outcome */
/** @typedef {"broken" | "differ" | "doubted"} Why the keys do not fit, or for whom the words are others */

// Whoever repeats what was said in an earlier call of this page is found out.
const seen = /** @type {Set<string>} */ (new Set());

/** Events: `outcome` ({person, outcome}) and `alarm` (somebody may stand in between). */
export class Security extends EventTarget {
  /** @type {Map<string, {entry: Entry, link: import("../link.js").Link, exchange: Promise<Exchange>}>} */
  #running = new Map();
  /** @type {Map<string, number>} */
  #epochs = new Map();
  /** What was said last of each, for who begins to listen later. */
  /** @type {Map<string, {person: import("../mesh.js").Person, outcome: Outcome}>} */
  outcomes = new Map();
  /** Whether a person on this side has found the words to be the same, over the connection that there is now. */
  isChecked = false;
  /** Stays over each new connection, until a person has said to go on. @type {{person: {name: string}, why: Why} | null} */
  alarm = null;
  #mesh;
  #call;
  #me;

  /** @param {Mesh} mesh @param {string} call @param {{participant: string, name: string}} me */
  constructor(mesh, call, me) {
    super();
    this.#mesh = mesh;
    this.#call = call;
    this.#me = me;
    listen(mesh, "met", ({ entry }) => this.#anew(entry));
    listen(mesh, "control", ({ entry }) => this.#begin(entry));
    listen(mesh, "left", ({ entry }) => this.#end(entry.person.participant));
    listen(mesh, "word", ({ entry, detail }) => {
      if (detail.type === "doubt") this.#raise(entry.person, "doubted");
      else if (["commit", "reveal"].includes(detail.type)) this.#hear(entry, detail);
    });
  }

  /** The words were others on this side: the other one is to know it too. @param {{name: string}} person */
  doubt(person) {
    this.#mesh.say({ type: "doubt" });
    this.#raise(person, "differ");
  }

  stop() {
    this.alarm = null;
    for (const participant of [...this.#running.keys()]) this.#end(participant);
  }

  /** Another connection has another key, so that what was checked before says nothing of it. @param {Entry} entry */
  #anew({ person }) {
    this.#end(person.participant);
    this.#note(person, { state: "waiting" });
  }

  /** @param {Entry} entry */
  #begin(entry) {
    const { participant } = entry.person;
    const { link } = entry.peer;
    // Two commitments on one connection would look like an attack to the other side.
    if (this.#running.get(participant)?.link === link) return;
    this.#end(participant);
    const exchange = import("./exchange.js").then(({ Exchange }) => {
      return new Exchange(this.#terms(entry));
    });
    this.#running.set(participant, { entry, link, exchange });
    exchange.catch(() => this.#note(entry.person, { state: "missing" }));
  }

  /** @param {Entry} entry @returns {import("./exchange.js").Of} */
  #terms(entry) {
    const { person, peer } = entry;
    const { participant, name } = person;
    const { localDescription, remoteDescription } = peer.link.pc;
    const epoch = (this.#epochs.get(participant) ?? 0) + 1;
    this.#epochs.set(participant, epoch);
    return {
      call: this.#call,
      me: { ...this.#me, fingerprint: fingerprintOf(localDescription?.sdp ?? "") },
      them: { participant, name, fingerprint: fingerprintOf(remoteDescription?.sdp ?? "") },
      epoch,
      language: document.documentElement.lang,
      seen,
      say: (word) => peer.say(word),
      tell: (outcome) => this.#tell(entry, outcome),
    };
  }

  /** @param {Entry} entry @param {import("./exchange.js").Outcome} outcome */
  async #tell(entry, outcome) {
    const { person } = entry;
    const running = this.#running.get(person.participant);
    if (running?.entry !== entry) return;
    const { epoch } = await running.exchange;
    this.#epochs.set(person.participant, epoch);
    this.#note(person, outcome);
  }

  /** @param {import("../mesh.js").Person} person @param {Outcome} outcome */
  #note(person, outcome) {
    const found = { person, outcome };
    this.isChecked = false;
    this.outcomes.set(person.participant, found);
    tell(this, "outcome", found);
    if (outcome.state === "broken") this.#raise(person, "broken");
  }

  /** @param {{name: string}} person @param {Why} why */
  #raise(person, why) {
    this.isChecked = false;
    this.alarm = { person, why };
    tell(this, "alarm");
  }

  /** @param {Entry} entry @param {unknown} word */
  async #hear(entry, word) {
    const running = this.#running.get(entry.person.participant);
    if (running?.entry !== entry) return;
    (await running.exchange.catch(() => null))?.hear(word);
  }

  /** @param {string} participant */
  #end(participant) {
    const running = this.#running.get(participant);
    running?.exchange.then((exchange) => exchange.stop()).catch(() => {});
    this.#running.delete(participant);
    this.outcomes.delete(participant);
  }
}
