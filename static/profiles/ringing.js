/**
 * What rings: a contact who calls this doctor, or whom this page calls. The state outlives the pages
 * that are shown in this document; `profiles/bell` draws it, and the server decides.
 */

import { go } from "../session.js";
import { SignallingError, signalling } from "../signalling.js";

/** @typedef {{ring: string, name: string, way: "in" | "out", timer?: ReturnType<typeof setTimeout>}} Ring */
/** @typedef {{kind: string, name: string, message?: string, at: Date}} News */

/** Event: `change`. */
class Ringing extends EventTarget {
  /** @type {Ring | null} */
  current = null;
  /** @type {News | null} */
  news = null;
  #begun = false;

  /** Listen, once a document. */
  begin() {
    if (this.#begun) return;
    this.#begun = true;
    const socket = signalling();
    socket.on("contact.ringing", (body) => this.#rings({ ...body, way: "in" }, body.seconds));
    socket.on("contact.answered", (body) => this.#answered(body));
    socket.on("contact.over", (body) => this.#over(body));
    socket.on("contact.missed", ({ name }) => this.#tell("missed", name));
    socket.on("contact.changed", () => document.dispatchEvent(new Event("contact-changed")));
    // Whoever is rung into a call cannot come into one that is over.
    document.addEventListener("call:ended", () => this.current?.way === "out" && this.stop());
    // Who leaves the document can take nobody's answer.
    addEventListener("pagehide", () => {
      const { ring, way } = this.current ?? {};
      if (way === "out") socket.send("contact.cancel", { ring });
    });
    socket.connect();
  }

  /** Ring a contact. @param {string} contact @param {string} [call] a running one, to come into it */
  call(contact, call) {
    return this.ask("contact.call", call ? { contact, call } : { contact });
  }

  /** Ring somebody by a message of the server's. @param {string} kind @param {Record<string, string>} body */
  async ask(kind, body) {
    if (this.current) return;
    try {
      const said = await signalling().request(kind, body);
      // They rang in the same moment; that call has begun.
      if (said.call) this.#enter(said.call);
      else this.#rings({ ...said, way: "out" }, said.seconds);
    } catch (error) {
      this.#refused(error);
    }
  }

  async answer() {
    const { ring = "" } = this.current ?? {};
    try {
      const { call } = await signalling().request("contact.answer", { ring });
      this.#enter(call);
    } catch (error) {
      this.#refused(error);
    }
  }

  /** Decline a call, or give one up. */
  stop() {
    const { ring = "", way } = this.current ?? {};
    signalling().send(way === "in" ? "contact.decline" : "contact.cancel", { ring });
    this.#silence();
  }

  /** What happened was read. */
  dismiss() {
    this.news = null;
    this.#changed();
  }

  /** @param {Ring} ring @param {number} seconds */
  #rings(ring, seconds) {
    if (this.current?.ring === ring.ring) return;
    this.#clear();
    this.news = null;
    ring.timer = setTimeout(() => this.#late(ring), seconds * 1000);
    this.current = ring;
    this.#changed();
  }

  /** Nobody answered in time. @param {Ring} ring */
  #late(ring) {
    if (ring.way === "out") signalling().send("contact.cancel", { ring: ring.ring });
    this.#tell(ring.way === "out" ? "timeout" : "missed", ring.name);
  }

  /** The page that rang goes on to the call; one that answered has gone, and others fall silent. @param {{ring: string, call: string}} body */
  #answered({ ring, call }) {
    if (this.current?.ring !== ring) return;
    if (this.current.way === "out") this.#enter(call);
    else this.#silence();
  }

  /** @param {{ring: string, reason: string, name: string}} body */
  #over({ ring, reason, name }) {
    if (this.current?.ring !== ring) return;
    const { way } = this.current;
    if (way === "out") this.#tell(reason === "cancelled" ? "" : reason, name);
    else this.#tell(reason === "declined" ? "" : "missed", name);
  }

  /** @param {unknown} error */
  #refused(error) {
    const told = error instanceof SignallingError && error.message !== error.code;
    this.#tell("refused", "", told ? error.message : "");
  }

  /** @param {string} kind @param {string} name @param {string} [message] */
  #tell(kind, name, message) {
    this.#clear();
    this.news = kind ? { kind, name, message, at: new Date() } : null;
    this.#changed();
  }

  #silence() {
    this.#clear();
    this.#changed();
  }

  #clear() {
    clearTimeout(this.current?.timer);
    this.current = null;
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }

  /** The call takes place on the desk. @param {string} call */
  #enter(call) {
    this.#silence();
    if (!document.getElementById("call")) return void go("/desk");
    document.dispatchEvent(new CustomEvent("call:rejoin", { detail: { call } }));
  }
}

export const ringing = new Ringing();
