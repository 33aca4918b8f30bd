/** Asks the other side for one picture of it, and lets one be taken only when that side said yes to this one. */

import { listen, tell } from "../tell.js";

/** @typedef {import("../mesh.js").Mesh} Mesh @typedef {import("../mesh.js").Person} Person */
/** @typedef {"picture" | "card"} What */
/** @typedef {{id: string, participant: string, what: What}} Question */

const WHATS = ["picture", "card"];

/** Events: `asked` ({person, what}), `withdrawn`, `agreed` ({person, what}) once for each question, `declined` (person). */
export class Photos extends EventTarget {
  /** What this side has asked and was not answered yet. @type {Question | null} */
  #open = null;
  /** What the other side has asked of this one, for who begins to listen later. @type {(Question & {person: Person}) | null} */
  asked = null;
  #mesh;

  /** @param {Mesh} mesh */
  constructor(mesh) {
    super();
    this.#mesh = mesh;
    // A connection that was built anew has forgotten what was asked over the old one.
    for (const type of ["met", "left"]) {
      listen(mesh, type, ({ entry }) => this.#forget(entry.person.participant));
    }
    listen(mesh, "word", ({ entry, detail }) => this.#hear(entry.person, detail));
  }

  /** @param {string} participant @param {What} what @returns {boolean} whether the question could be put */
  ask(participant, what) {
    const id = crypto.randomUUID();
    const peer = this.#mesh.entries.get(participant)?.peer;
    if (!peer?.say({ type: "photo-ask", id, what })) return false;
    this.#open = { id, participant, what };
    return true;
  }

  /** Say yes or no to what was asked last. @param {boolean} agreed @returns {boolean} whether it got out */
  answer(agreed) {
    const { asked } = this;
    this.asked = null;
    if (!asked) return false;
    const peer = this.#mesh.entries.get(asked.participant)?.peer;
    return peer?.say({ type: "photo-answer", id: asked.id, agreed }) ?? false;
  }

  /** @param {Person} person @param {any} word */
  #hear(person, { type, id, what, agreed }) {
    if (type === "photo-ask" && typeof id === "string" && WHATS.includes(what)) {
      this.asked = { id: id.slice(0, 64), participant: person.participant, what, person };
      tell(this, "asked", { person, what });
    }
    const mine = this.#open;
    const isAnswer = type === "photo-answer" && mine?.id === id;
    if (!isAnswer || mine?.participant !== person.participant) return;
    // One yes is good for one picture.
    this.#open = null;
    if (agreed === true) tell(this, "agreed", { person, what: mine.what });
    else tell(this, "declined", person);
  }

  /** @param {string} participant */
  #forget(participant) {
    const [isMine, isTheirs] = [this.#open, this.asked].map(
      (each) => each?.participant === participant,
    );
    if (isMine) this.#open = null;
    if (isTheirs) this.asked = null;
    if (isMine || isTheirs) tell(this, "withdrawn");
  }
}
