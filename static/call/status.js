/** One line that says how the connection is, and one that says what has just happened. */

import { Patience } from "./patience.js";
import { part, words } from "./words.js";

const BAD = ["unreachable", "failed", "interrupted"];

export class Status {
  /** @type {Map<string, {name: string, state: string}>} */
  #people = new Map();
  #server = true;
  #alarm = "";
  #root;
  #line;
  #news;
  #patience;

  /** @param {HTMLElement} root */
  constructor(root) {
    this.#root = root;
    this.#line = part(root, "[data-call=state]");
    this.#news = part(root, "[data-call=news]");
    this.#patience = new Patience(root);
  }

  /** @param {string} participant @param {string} name */
  knows(participant, name) {
    const state = this.#people.get(participant)?.state ?? "connecting";
    this.#people.set(participant, { name, state });
    this.draw();
  }

  /** @param {string} participant @param {string} state */
  follow(participant, state) {
    // A connection may stand before the page has drawn whom it leads to.
    const name = this.#people.get(participant)?.name ?? "";
    this.#people.set(participant, { name, state });
    if (name) this.draw();
  }

  /** @param {string} participant */
  forget(participant) {
    this.#people.delete(participant);
    this.draw();
  }

  /** @param {boolean} there */
  server(there) {
    this.#server = there;
    this.draw();
  }

  /** @param {string} name */
  alarm(name) {
    this.#alarm = name;
    this.draw();
  }

  /** Say what happened; read aloud where somebody listens. @param {string} key @param {Record<string, string>} [values] */
  say(key, values) {
    this.news(words(this.#root, key, values));
  }

  /** Say a sentence that another part of the page has. @param {string} sentence */
  news(sentence) {
    this.#news.textContent = sentence;
  }

  clear() {
    this.#people.clear();
    this.#alarm = "";
    this.#news.textContent = "";
    this.draw();
  }

  /** Also after a change of language. */
  draw() {
    this.#patience.watch(this.#missed());
    const [key, name] = this.#worst();
    this.#line.dataset.state = key;
    const sentence = words(this.#root, key, { name });
    // The same sentence again would be read aloud again.
    if (this.#line.textContent !== sentence) this.#line.textContent = sentence;
  }

  /** Who is waited for, while nobody is reached at all. */
  #missed() {
    const people = [...this.#people.values()];
    if (this.#alarm || people.some(({ state }) => state === "connected")) return "";
    return people.map(({ name }) => name).join(", ");
  }

  /** @returns {[string, string]} */
  #worst() {
    if (this.#alarm) return ["alarm", this.#alarm];
    const people = [...this.#people.values()];
    const bad = people.find(({ state }) => BAD.includes(state));
    if (bad) return [navigator.onLine ? bad.state : "offline", bad.name];
    if (!people.length || people.some(({ state }) => state === "connecting"))
      return ["connecting", ""];
    if (!this.#server) return ["server", ""];
    return ["connected", people.map(({ name }) => name).join(", ")];
  }
}
