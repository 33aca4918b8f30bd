/** Leads two people through comparing their words, and says at any time how far the call is checked. */

import { listen } from "../tell.js";
import { part, words } from "../words.js";
import { typed } from "./typed.js";
import { listed, spoken } from "./words.js";

/** @typedef {"waiting" | "open" | "checked" | "missing" | "renamed" | "alarm"} State */

const SHOWN = ["read", "all", "checked", "told"];

export class SecurityView {
  /** @type {State} */
  #state = "waiting";
  #person = { name: "", role: "" };
  /** @type {string[]} */
  #words = [];
  #language = "de";
  /** Who is let in reads out first, and who let them in types; or both look at all the words. */
  #all = false;
  #time = "";
  #room;
  #root;
  #security;
  /** @type {(() => void)[]} */
  #off;

  /** @param {import("../room.js").Room} room @param {import("./security.js").Security} security */
  constructor(room, security) {
    this.#room = room;
    this.#root = part(room.root, "#call-security");
    this.#security = security;
    const clicked = (/** @type {Event} */ event) => this.#clicked(event);
    const sent = (/** @type {Event} */ event) => this.#typed(event);
    this.#root.addEventListener("click", clicked);
    this.#root.addEventListener("submit", sent);
    this.#off = [
      () => this.#root.removeEventListener("click", clicked),
      () => this.#root.removeEventListener("submit", sent),
      listen(security, "outcome", (found) => this.#show(found)),
      listen(security, "alarm", () => this.#alarm()),
      listen(document, "language:changed", () => this.#draw()),
    ];
    for (const found of security.outcomes.values()) this.#show(found);
    if (security.alarm) this.#alarm();
    this.#draw();
  }

  stop() {
    for (const off of this.#off) off();
    this.#become("waiting");
    this.#room.root.classList.remove("is-alarmed");
  }

  /** @param {{person: {name: string, role: string}, outcome: import("./security.js").Outcome}} found */
  #show({ person, outcome }) {
    // Words of an earlier connection say nothing of this one.
    [this.#person, this.#all, this.#words] = [person, false, []];
    if (outcome.state === "ready") {
      // Both read from the list of the one who let the other in, whatever language each page has.
      this.#language = this.#isLed ? outcome.language : outcome.own;
      this.#words = spoken(outcome.code, this.#language);
    }
    const { state } = outcome;
    this.#become(state === "ready" ? "open" : state === "broken" ? "alarm" : state);
  }

  get #isLed() {
    return this.#person.role === "host";
  }

  /** @param {Event} event */
  #clicked({ target }) {
    const button = target instanceof Element ? target.closest("[data-security]") : null;
    const act = button instanceof HTMLElement ? button.dataset.security : "";
    if (act === "right") this.#check();
    else if (act === "wrong") this.#security.doubt(this.#person);
    else if (act === "all" || act === "again") {
      this.#all = true;
      this.#security.alarm = null;
      this.#become("open");
    }
  }

  /** @param {Event} event */
  #typed(event) {
    event.preventDefault();
    const heard = typed(this.#room.root, this.#root, this.#language);
    if (!heard) return;
    if (heard.every((word, place) => word === this.#words[place])) this.#check();
    else this.#security.doubt(this.#person);
  }

  #check() {
    const { lang } = document.documentElement;
    this.#time = new Date().toLocaleTimeString(lang, { hour: "2-digit", minute: "2-digit" });
    this.#room.root.classList.remove("is-alarmed");
    this.#security.isChecked = true;
    this.#become("checked");
    part(this.#root, "h2").focus();
  }

  #alarm() {
    this.#room.panels.open("security");
    this.#become("alarm");
  }

  /** Not even another connection takes an alarm back. @param {State} state */
  #become(state) {
    this.#state = this.#security.alarm ? "alarm" : state;
    for (const field of this.#root.querySelectorAll("input")) field.value = "";
    this.#draw();
  }

  #draw() {
    const { root } = this.#room;
    const values = { name: this.#person.name, time: this.#time };
    const line = part(root, "[data-call=trust]");
    line.dataset.state = this.#state;
    line.textContent = words(root, `trust-${this.#state}`, values);
    const step = this.#step;
    part(this.#root, "[data-security=say]").textContent = words(root, `security-${step}`, values);
    const { alarm } = this.#security;
    const why = alarm ? words(root, `security-${alarm.why}`, alarm.person) : "";
    part(this.#root, "[data-security=why]").textContent = why;
    part(this.#root, "form").hidden = step !== "type";
    part(this.#root, "[data-security=compare]").hidden = !["read", "all"].includes(step);
    part(this.#root, "[data-security=again]").hidden = step !== "alarm" || !this.#words.length;
    const items = SHOWN.includes(step)
      ? this.#words.map((each) => listed(each, this.#language))
      : [];
    const list = part(this.#root, "ol");
    list.hidden = !items.length;
    list.replaceChildren(...items);
  }

  /** What the panel says and asks now. */
  get #step() {
    const types = !this.#isLed && !this.#all;
    if (this.#state === "open") return types ? "type" : this.#all ? "all" : "read";
    return this.#state === "checked" && types ? "told" : this.#state;
  }
}
