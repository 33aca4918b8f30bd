/** Shows how many and who are in the call, and lets the host take somebody out, hand over, or ring a colleague. */

import { SignallingError, signalling } from "../../signalling.js";
import { listen } from "../tell.js";
import { part, words } from "../words.js";
import { offer } from "./colleagues.js";
import { row } from "./row.js";

/** @typedef {import("../company.js").Participant} Participant @typedef {"remove" | "hand-over"} Act */

const KINDS = { remove: "call.remove", "hand-over": "call.hand_over" };

export class PeopleView {
  #room;
  #root;
  #roster;
  /** What the host is asked to confirm. @type {{participant: string, act: Act} | null} */
  #asked = null;
  #known;
  /** @type {(() => void)[]} */
  #off;

  /** @param {import("../room.js").Room} room @param {import("./roster.js").Roster} roster @param {import("../mesh.js").Mesh} mesh @param {EventTarget} call */
  constructor(room, roster, mesh, call) {
    this.#room = room;
    this.#root = part(room.root, "#call-people");
    this.#roster = roster;
    this.#known = new Set(roster.participants);
    const clicked = (/** @type {Event} */ event) => this.#clicked(event);
    this.#root.addEventListener("click", clicked);
    this.#off = [
      () => this.#root.removeEventListener("click", clicked),
      offer(
        this.#root,
        () => room.call?.id,
        (told) => this.#say(told || words(this.#root, "failed")),
      ),
      // The name of who has just come is known a moment later.
      listen(mesh, "roster", () => setTimeout(() => this.#greet())),
      listen(mesh, "roles", ({ leader }) => this.#led(leader)),
      // A name or a muted microphone comes a moment after the person.
      listen(call, "participant", () => queueMicrotask(() => this.#draw())),
      listen(document, "language:changed", () => this.#draw()),
    ];
    this.#draw();
  }

  stop() {
    for (const off of this.#off) off();
    part(this.#root, "[data-people=list]").replaceChildren();
    part(this.#room.root, "[data-call=count]").textContent = "";
    this.#say("");
  }

  /** @param {Event} event */
  #clicked({ target }) {
    const button = target instanceof Element ? target.closest("button") : null;
    const { people: act = "" } = button?.dataset ?? {};
    const row = button?.closest("[data-participant]");
    const participant = row instanceof HTMLElement ? (row.dataset.participant ?? "") : "";
    if (act === "remove" || act === "hand-over") this.#ask({ participant, act });
    else if (act === "no") this.#ask(null);
    else if (act === "yes" && this.#asked) this.#do(this.#asked);
  }

  /** @param {{participant: string, act: Act} | null} asked */
  #ask(asked) {
    const before = this.#asked ?? asked;
    this.#asked = asked;
    this.#draw();
    const row = `[data-participant="${before?.participant}"]`;
    const goal = this.#root.querySelector(`${row} [data-people=${asked ? "yes" : "remove"}]`);
    if (goal instanceof HTMLElement) goal.focus();
  }

  /** @param {{participant: string, act: Act}} asked */
  async #do({ participant, act }) {
    this.#asked = null;
    this.#say("");
    const name = this.#room.people.get(participant)?.name ?? "";
    try {
      await signalling().request(KINDS[act], { call: this.#room.call?.id, participant });
      if (act === "remove") this.#room.status.news(words(this.#root, "removed", { name }));
    } catch (error) {
      const told = error instanceof SignallingError && error.message !== error.code;
      this.#say(told ? error.message : words(this.#root, "failed"));
    }
    this.#draw();
    part(this.#root, "h2").focus();
  }

  /** Say who has come; who hung up is said with the picture that goes. */
  #greet() {
    const { participants } = this.#roster;
    for (const participant of participants) {
      const name = this.#room.people.get(participant)?.name;
      if (name && !this.#known.has(participant)) {
        this.#room.status.news(words(this.#root, "came", { name }));
      }
    }
    this.#known = new Set(participants);
    this.#draw();
  }

  /** @param {string} leader */
  #led(leader) {
    const name = this.#room.people.get(leader)?.name ?? "";
    const key = leader === this.#roster.me ? "lead" : "leads";
    this.#room.status.news(words(this.#root, key, { name }));
    this.#draw();
  }

  #draw() {
    const { count, me, role } = this.#roster;
    const line = part(this.#room.root, "[data-call=count]");
    const sentence = words(this.#root, "count", { number: String(count) });
    // The same sentence again would be read aloud again.
    if (line.textContent !== sentence) line.textContent = sentence;
    const own = words(this.#root, "own", { name: this.#room.root.dataset.me ?? "" });
    const others = [...this.#room.people.values()].map((each) => this.#row(each));
    const rows = [this.#row({ participant: me, name: own, role }), ...others];
    part(this.#root, "[data-people=list]").replaceChildren(...rows);
  }

  /** @param {import("./row.js").Listed} person */
  #row(person) {
    const { leads, me } = this.#roster;
    const asked = this.#asked?.participant === person.participant ? this.#asked.act : "";
    return row(this.#root, person, { isOurs: leads && person.participant !== me, asked });
  }

  /** @param {string} sentence */
  #say(sentence) {
    part(this.#root, "[data-people=error]").textContent = sentence;
  }
}
