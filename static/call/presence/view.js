/** Asks at the start who is in the room, and shows what the others have answered. */

import { listen } from "../tell.js";
import { part, words } from "../words.js";

/** @typedef {import("./presence.js").Present} Present */

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
    const said = sentences(this.#root, [...this.#presence.told.values()]);
    part(this.#root, "[data-call=present]").textContent = said.join(" ");
  }
}

/**
 * A sentence for each who is not alone; the others are named together.
 * @param {HTMLElement} root @param {import("./presence.js").Told[]} told
 */
export function sentences(root, told) {
  const names = (/** @type {(present: Present | null) => boolean | undefined} */ fits) =>
    told.filter(({ present }) => fits(present)).map(({ person }) => person.name);
  const withWhom = told.map(
    ({ person: { name }, present }) =>
      present?.who && words(root, "present-with", { name, who: present.who }),
  );
  const alone = names((present) => present?.alone);
  const unknown = names((present) => !present);
  return [...withWhom, together(root, "alone", alone), together(root, "unknown", unknown)].filter(
    Boolean,
  );
}

/** @param {HTMLElement} root @param {string} key @param {string[]} names */
function together(root, key, names) {
  if (names.length < 2) return names[0] ? words(root, `present-${key}`, { name: names[0] }) : "";
  const language = document.documentElement.lang || "de";
  return words(root, `present-${key}-many`, { names: new Intl.ListFormat(language).format(names) });
}
