/** What opens beside the picture. Escape closes it, and never the call. */

import { part } from "./words.js";

// Below this width a panel would cover the picture.
const WIDE = "(min-width: 48rem)";

/** To the button that opens something, or on a phone to the one it is folded behind. @param {HTMLElement} root @param {string} act */
export function focusToggle(root, act) {
  const toggle = part(root, `[data-do=${act}]`);
  (toggle.checkVisibility() ? toggle : part(root, "[data-do=more]")).focus();
}

export class Panels {
  #root;
  #opened;
  #names;

  /** @param {HTMLElement} root @param {(panel: string) => void} opened */
  constructor(root, opened) {
    this.#root = root;
    this.#opened = opened;
    const all = [...root.querySelectorAll(".call-panel")];
    this.#names = all.map(({ id }) => id.replace("call-", ""));
    root.addEventListener("click", ({ target }) => {
      if (!(target instanceof Element)) return;
      const toggle = target.closest("[data-do]");
      const close = target.closest("[data-close]");
      const panel = toggle instanceof HTMLElement ? (toggle.dataset.do ?? "") : "";
      if (this.#names.includes(panel)) this.toggle(panel);
      if (close instanceof HTMLElement) this.close(close.dataset.close ?? "");
    });
    root.addEventListener("keydown", (event) => {
      const panel = event.target instanceof Element && event.target.closest(".call-panel");
      if (event.key !== "Escape" || !panel) return;
      event.stopPropagation();
      this.close(panel.id.replace("call-", ""));
    });
  }

  /** The chat stands open where it covers nothing. */
  begin() {
    for (const panel of this.#names) this.#set(panel, false);
    this.#set("chat", matchMedia(WIDE).matches);
  }

  /** @param {string} panel */
  isOpen(panel) {
    return !part(this.#root, `#call-${panel}`).hidden;
  }

  /** @param {string} panel */
  toggle(panel) {
    if (this.isOpen(panel)) return this.close(panel);
    this.open(panel);
    const fields = "textarea, select, input, button:not(.call-close)";
    const found = [...part(this.#root, `#call-${panel}`).querySelectorAll(fields)];
    const field = found.find((each) => each.checkVisibility());
    if (field instanceof HTMLElement) field.focus();
  }

  /** @param {string} panel */
  open(panel) {
    for (const other of this.#names) this.#set(other, other === panel);
    this.#opened(panel);
  }

  /** @param {string} panel */
  close(panel) {
    this.#set(panel, false);
    focusToggle(this.#root, panel);
  }

  /** @param {string} panel @param {boolean} open */
  #set(panel, open) {
    part(this.#root, `#call-${panel}`).hidden = !open;
    part(this.#root, `[data-do=${panel}]`).setAttribute("aria-expanded", String(open));
  }
}
