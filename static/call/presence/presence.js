/** Who is in the room: each side says at the start who is with them, and hears it of the other. */

import { cleaned } from "../chat.js";
import { listen, tell } from "../tell.js";

/** @typedef {import("../mesh.js").Mesh} Mesh @typedef {import("../mesh.js").Person} Person */
/** @typedef {{alone: boolean, who: string}} Present @typedef {{person: Person, present: Present | null}} Told */

export const LONGEST = 200;

/** Events: `told` ({person, present}): somebody said who is with them; null when that is not known any more. */
export class Presence extends EventTarget {
  /** @type {Map<string, Told>} */
  told = new Map();
  /** What this side has said. @type {Present | null} */
  own = null;
  #mesh;

  /** @param {Mesh} mesh */
  constructor(mesh) {
    super();
    this.#mesh = mesh;
    listen(mesh, "met", ({ entry }) => this.#note(entry.person, null));
    listen(mesh, "left", ({ entry }) => this.told.delete(entry.person.participant));
    // Whoever comes back over another connection has to hear it again.
    listen(mesh, "control", ({ entry }) => this.own && entry.peer.say(this.#word(this.own)));
    listen(mesh, "word", ({ entry, detail }) => {
      if (detail.type === "presence") this.#note(entry.person, read(detail));
    });
  }

  /** @param {Present} present */
  say({ alone, who }) {
    this.own = { alone, who: alone ? "" : cleaned(who).slice(0, LONGEST) };
    this.#mesh.say(this.#word(this.own));
  }

  /** @param {Present} present @returns {{type: "presence", alone: boolean, who: string}} */
  #word(present) {
    return { type: "presence", ...present };
  }

  /** @param {Person} person @param {Present | null} present */
  #note(person, present) {
    const told = { person, present };
    this.told.set(person.participant, told);
    tell(this, "told", told);
  }
}

/** @param {{alone?: unknown, who?: unknown}} word @returns {Present | null} */
function read({ alone, who }) {
  if (alone === true) return { alone: true, who: "" };
  const named = typeof who === "string" ? cleaned(who).slice(0, LONGEST) : "";
  return named ? { alone: false, who: named } : null;
}
