/** The chat as people see it: who said what and when, and whether it has arrived. */

import { LONGEST } from "./chat.js";
import { part, words } from "./words.js";

/** @typedef {import("./call.js").Call} Call */
/** @typedef {{name: string, text: string, at: Date, own?: boolean}} Line */

const MOST = 500;
const CLOCK = new Intl.DateTimeFormat("de", { hour: "2-digit", minute: "2-digit" });

export class ChatView {
  #root;
  #log;
  #field;
  #call;
  /** @type {Map<string, HTMLElement>} */
  #waiting = new Map();

  /** @param {HTMLElement} root @param {() => Call | null} call */
  constructor(root, call) {
    this.#root = root;
    this.#call = call;
    this.#log = part(root, "[data-call=log]");
    this.#field = /** @type {HTMLTextAreaElement} */ (part(root, "textarea"));
    part(root, "[data-call=write]").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    this.#field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.#send();
    });
  }

  /** @param {string} name @param {{text: string, at: Date}} heard */
  heard(name, { text, at }) {
    this.#write({ name, text, at });
  }

  /** @param {string} id */
  delivered(id) {
    const state = this.#waiting.get(id);
    if (state) state.textContent = words(this.#root, "delivered");
    this.#waiting.delete(id);
  }

  /** Whether to say that something was written before this page came. @param {boolean} was */
  earlier(was) {
    part(this.#root, "[data-call=earlier]").hidden = !was;
  }

  clear() {
    this.earlier(false);
    this.#log.replaceChildren();
    this.#waiting.clear();
    this.#field.value = "";
  }

  #send() {
    const { value } = this.#field;
    const error = part(this.#root, "[data-call=chat-error]");
    const long = value.trim().length > LONGEST;
    error.hidden = !long;
    error.textContent = long ? words(this.#root, "chat-long") : "";
    this.#field.setAttribute("aria-invalid", String(long));
    const said = long ? null : this.#call()?.chat(value);
    if (!said) return;
    this.#field.value = "";
    const state = this.#write({
      name: words(this.#root, "own"),
      text: said.text,
      at: said.at,
      own: true,
    });
    state.textContent = words(this.#root, "sending");
    this.#waiting.set(said.id, state);
  }

  /** Only text is ever shown, so that nothing in it can do anything. @param {Line} line @returns {HTMLElement} where its state stands */
  #write({ name, text, at, own = false }) {
    const item = document.createElement("div");
    item.className = own ? "call-line is-own" : "call-line";
    const time = CLOCK.format(at);
    const head = element("span", "call-who", `${name}, ${time}`);
    const state = element("span", "call-sent", "");
    item.append(head, element("p", "call-text", text), state);
    this.#log.append(item);
    if (this.#log.childElementCount > MOST) this.#log.firstElementChild?.remove();
    this.#log.scrollTop = this.#log.scrollHeight;
    return state;
  }
}

/** @param {string} tag @param {string} className @param {string} text */
function element(tag, className, text) {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}
