/** Leads two people through comparing their words, and says at any time how far the call is checked. */

import { localMedia } from "../media.js";
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
      listen(security, "doubt", () => this.#alarm("security-doubted")),
      listen(document, "language:changed", () => this.#draw()),
    ];
    for (const found of security.outcomes.values()) this.#show(found);
    this.#draw();
  }

  stop() {
    for (const off of this.#off) off();
    this.#become("waiting");
    this.#room.root.classList.remove("is-alarmed");
  }

  /** @param {{person: {name: string, role: string}, outcome: import("./security.js").Outcome}} found */
  #show({ person, outcome }) {
    [this.#person, this.#all] = [person, false];
    if (outcome.state === "broken") return this.#alarm("security-broken");
    if (outcome.state !== "ready") return this.#become(outcome.state);
    // Both read from the list of the one who let the other in, whatever language each page has.
    this.#language = this.#isLed ? outcome.language : outcome.own;
    this.#words = spoken(outcome.code, this.#language);
    this.#become("open");
  }

  get #isLed() {
    return this.#person.role === "host";
  }

  /** @param {Event} event */
  #clicked({ target }) {
    const button = target instanceof Element ? target.closest("[data-security]") : null;
    const act = button instanceof HTMLElement ? button.dataset.security : "";
    if (act === "right") this.#check();
    else if (act === "wrong") this.#differ();
    else if (act === "all" || act === "again") {
      this.#all = true;
      this.#become("open");
    }
  }

  /** @param {Event} event */
  #typed(event) {
    event.preventDefault();
    const heard = typed(this.#room.root, this.#root, this.#language);
    if (!heard) return;
    if (heard.every((word, place) => word === this.#words[place])) this.#check();
    else this.#differ();
  }

  #check() {
    const { lang } = document.documentElement;
    this.#time = new Date().toLocaleTimeString(lang, { hour: "2-digit", minute: "2-digit" });
    this.#room.root.classList.remove("is-alarmed");
    this.#security.isChecked = true;
    this.#become("checked");
    part(this.#root, "h2").focus();
  }

  #differ() {
    this.#security.doubt();
    this.#alarm("security-differ");
  }

  /** Nothing more is to be heard or seen by who may stand in between. @param {string} why */
  #alarm(why) {
    const media = localMedia();
    media.muteAudio(true);
    media.muteVideo(true);
    media.share(null);
    this.#room.root.classList.add("is-alarmed");
    this.#room.panels.open("security");
    this.#become("alarm");
    part(this.#root, "[data-security=why]").textContent = words(this.#room.root, why, this.#person);
  }

  /** @param {State} state */
  #become(state) {
    this.#state = state;
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
    part(this.#root, "[data-security=why]").textContent = "";
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
