/** Asks at the start who is in the room, and shows what the others have answered. */

import { listen } from "../tell.js";
import { part, words } from "../words.js";

export class PresenceView {
  #root;
  #form;
  #presence;
  /** @type {(() => void)[]} */
  #off;

  /** @param {import("../room.js").Room} room @param {import("./presence.js").Presence} presence */
  constructor(room, presence) {
    this.#root = room.root;
    this.#form = part(room.root, "[data-call=presence]");
    this.#presence = presence;
    const clicked = (/** @type {Event} */ event) => this.#clicked(event);
    const sent = (/** @type {Event} */ event) => this.#sent(event);
    this.#form.addEventListener("submit", sent);
    room.root.addEventListener("click", clicked);
    this.#off = [
      () => this.#form.removeEventListener("submit", sent),
      () => room.root.removeEventListener("click", clicked),
      listen(presence, "told", () => this.#draw()),
      listen(document, "language:changed", () => this.#draw()),
    ];
    this.#form.hidden = false;
    this.#draw();
  }

  stop() {
    for (const off of this.#off) off();
    this.#form.hidden = true;
    this.#field.value = "";
    part(this.#root, "[data-call=present]").textContent = "";
    part(this.#root, "[data-presence=change]").hidden = true;
  }

  get #field() {
    return /** @type {HTMLInputElement} */ (part(this.#form, "input"));
  }

  /** @param {Event} event */
  #clicked({ target }) {
    const button = target instanceof Element ? target.closest("[data-presence]") : null;
    const act = button instanceof HTMLElement ? button.dataset.presence : "";
    if (act === "alone") this.#say(true);
    if (act !== "change") return;
    this.#form.hidden = false;
    this.#field.focus();
  }

  /** @param {Event} event */
  #sent(event) {
    event.preventDefault();
    const isEmpty = !this.#field.value.trim();
    part(this.#form, "[data-presence=error]").hidden = !isEmpty;
    this.#field.setAttribute("aria-invalid", String(isEmpty));
    if (isEmpty) this.#field.focus();
    else this.#say(false);
  }

  /** @param {boolean} alone */
  #say(alone) {
    this.#presence.say({ alone, who: this.#field.value });
    this.#form.hidden = true;
    part(this.#form, "[data-presence=error]").hidden = true;
    const change = part(this.#root, "[data-presence=change]");
    change.hidden = false;
    change.focus();
  }

  #draw() {
    const sentences = [...this.#presence.told.values()].map(({ person, present }) => {
      const key = present ? (present.alone ? "alone" : "with") : "unknown";
      return words(this.#root, `present-${key}`, { name: person.name, who: present?.who ?? "" });
    });
    part(this.#root, "[data-call=present]").textContent = sentences.join(" ");
  }
}
