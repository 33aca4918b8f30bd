/** Leads people through comparing their words, and says at any time how far the call is checked. */

import { listen } from "../tell.js";
import { part, words } from "../words.js";
import { countSure, showMembers } from "./members.js";
import { lineOf, sceneOf, stepOf } from "./scene.js";
import { typed } from "./typed.js";
import { listed } from "./words.js";

/** @typedef {import("./scene.js").State} State */

const COMPARED = ["read", "all", "first", "second", "listen"];
const SHOWN = [...COMPARED, "checked", "told", "agreed"];

export class SecurityView {
  /** @type {State} */
  #state = "waiting";
  /** Of two, who is let in reads out first, and who let them in types; or both look at all the words. */
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
      listen(security, "outcome", () => this.#show()),
      listen(security, "agreed", () => this.#draw()),
      listen(security, "roles", () => this.#draw()),
      listen(security, "alarm", () => this.#alarm()),
      listen(document, "language:changed", () => this.#draw()),
    ];
    this.#show();
    if (security.alarm) this.#alarm();
  }

  stop() {
    for (const off of this.#off) off();
    this.#become("waiting");
    this.#room.root.classList.remove("is-alarmed");
  }

  /** Words of another connection, or of others, say nothing of what there is now. */
  #show() {
    this.#all = false;
    const { state } = this.#security.outcome;
    this.#become(state === "ready" ? "open" : state === "broken" ? "alarm" : state);
  }

  get #scene() {
    return sceneOf(this.#security, this.#all);
  }

  /** @param {Event} event */
  #clicked({ target }) {
    const button = target instanceof Element ? target.closest("[data-security]") : null;
    const act = button instanceof HTMLElement ? button.dataset.security : "";
    if (act === "right") this.#check();
    else if (act === "wrong") this.#doubt();
    else if (act === "all" || act === "again") {
      this.#all = true;
      this.#security.alarm = null;
      this.#become("open");
    }
  }

  /** @param {Event} event */
  #typed(event) {
    event.preventDefault();
    const { words: shown, language } = this.#scene;
    const heard = typed(this.#room.root, this.#root, language);
    if (!heard) return;
    if (heard.every((word, place) => word === shown[place])) this.#check();
    else this.#doubt();
  }

  #check() {
    const { lang } = document.documentElement;
    this.#time = new Date().toLocaleTimeString(lang, { hour: "2-digit", minute: "2-digit" });
    this.#room.root.classList.remove("is-alarmed");
    this.#security.agree();
    this.#become("checked");
    part(this.#root, "h2").focus();
  }

  #doubt() {
    const { isGroup, name } = this.#scene;
    this.#security.doubt({ name: isGroup ? words(this.#room.root, "security-others") : name });
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
    const scene = this.#scene;
    const values = this.#values(scene);
    const step = stepOf(this.#state, scene);
    const line = part(root, "[data-call=trust]");
    line.dataset.state = this.#state;
    line.textContent = words(root, `trust-${lineOf(this.#state, scene)}`, values);
    part(this.#root, "[data-security=say]").textContent = words(root, `security-${step}`, values);
    const { alarm } = this.#security;
    const why = alarm ? words(root, `security-${alarm.why}`, alarm.person) : "";
    part(this.#root, "[data-security=why]").textContent = why;
    part(this.#root, "form").hidden = step !== "type";
    part(this.#root, "[data-security=compare]").hidden = !COMPARED.includes(step);
    part(this.#root, "[data-security=again]").hidden = step !== "alarm" || !scene.words.length;
    const shown = SHOWN.includes(step) ? scene.words : [];
    const list = part(this.#root, "ol");
    list.hidden = !shown.length;
    list.replaceChildren(...shown.map((each) => listed(each, scene.language)));
    showMembers(this.#room, this.#security, scene.isGroup);
  }

  /** What stands in the sentences for the people and the time. @param {import("./scene.js").Scene} scene */
  #values({ name, first, second }) {
    const { people } = this.#security;
    const [number, count] = [countSure(this.#security), people.length + 1];
    return {
      ...{ name, first: first.name, second: second.name, time: this.#time },
      ...{ number: String(number), count: String(count) },
    };
  }
}
