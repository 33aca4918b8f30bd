/**
 * Who is in a call, in which roles, and who leads it. Each change of who is there has a number: what
 * was said of an earlier company does not hold for the next.
 */

import { listen, tell } from "../tell.js";

/** @typedef {import("../mesh.js").Mesh} Mesh */
/** @typedef {{participant: string, role: string}} Own */

/**
 * Tells on the mesh: `roster` ({epoch, participants}) when somebody has come or gone for good, and
 * `roles` when the call is led by somebody else.
 */
export class Roster {
  /** Counts the changes that this page has seen. */
  epoch = 0;
  #mesh;
  #own;
  #known = "";
  #isDue = false;
  /** @type {(() => void)[]} */
  #off;

  /** @param {Mesh} mesh @param {Own} own @param {{id: string} & EventTarget} call @param {import("../../wire.js").Signalling} signalling */
  constructor(mesh, own, call, signalling) {
    this.#mesh = mesh;
    this.#own = own;
    this.#off = [
      listen(mesh, "met", () => this.#soon()),
      listen(mesh, "left", () => this.#soon()),
      listen(call, "joined", (joined) => this.#compare(joined)),
      signalling.on("call.host", (body) => body.call === call.id && this.#led(body.participant)),
    ];
  }

  stop() {
    for (const off of this.#off) off();
  }

  /** Whether this page's own person leads the call. */
  get leads() {
    return this.#own.role === "host";
  }

  /** This page's own participant among them. */
  get me() {
    return this.#own.participant;
  }

  get role() {
    return this.#own.role;
  }

  /** How many are in the call, with oneself. */
  get count() {
    return this.#mesh.entries.size + 1;
  }

  /** All participants in an order that is the same on every page. @returns {string[]} */
  get participants() {
    return [this.me, ...this.#mesh.entries.keys()].sort();
  }

  /** Several who are met at once are one change. */
  #soon() {
    if (this.#isDue) return;
    this.#isDue = true;
    queueMicrotask(() => {
      this.#isDue = false;
      this.#changed();
    });
  }

  #changed() {
    const { participants } = this;
    const known = participants.join(" ");
    if (known === this.#known) return;
    this.#known = known;
    this.epoch += 1;
    tell(this.#mesh, "roster", { epoch: this.epoch, participants });
  }

  /** The server was away, and the call may have been handed over meanwhile. @param {{role: string, participants: import("../mesh.js").Person[]}} joined */
  #compare({ role, participants }) {
    const host = participants.find((each) => each.role === "host");
    const leader = role === "host" ? this.me : host?.participant;
    if (leader) this.#led(leader);
  }

  /** @param {string} leader */
  #led(leader) {
    const people = [this.#own, ...[...this.#mesh.entries.values()].map(({ person }) => person)];
    for (const person of people) {
      if (person.participant === leader) person.role = "host";
      // Only a doctor can have led the call.
      else if (person.role === "host") person.role = "colleague";
    }
    tell(this.#mesh, "roles", { leader });
  }
}
