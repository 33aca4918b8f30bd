/** The part of a page where a call takes place, as far as the views of a call read and write it. */

import { FakeStream, furnish } from "./fakes.js";

/** Has each part that is asked for, and knows it by how it was asked for. */
export class FakeElement extends EventTarget {
  dataset = {};
  hidden = false;
  textContent = "";
  value = "";
  children = [];
  attributes = {};
  classes = new Set();
  #parts = new Map();

  classList = {
    add: (name) => this.classes.add(name),
    remove: (name) => this.classes.delete(name),
    contains: (name) => this.classes.has(name),
    toggle: (name, on) => (on ? this.classes.add(name) : this.classes.delete(name)),
  };

  querySelector(selector) {
    if (!this.#parts.has(selector)) this.#parts.set(selector, new FakeElement());
    return this.#parts.get(selector);
  }

  /** Of a template. */
  get content() {
    return { cloneNode: () => new FakeElement() };
  }

  querySelectorAll() {
    return [];
  }

  /** Each sentence of the page names its key, and then the person. */
  getAttribute(name) {
    return this.attributes[name] ?? `${name.replace("data-text-", "")} {name}`;
  }

  setAttribute(name, value) {
    this.attributes[name] = value;
  }

  removeAttribute(name) {
    delete this.attributes[name];
  }

  replaceChildren(...children) {
    this.children = children;
  }

  append(...children) {
    this.children.push(...children);
  }

  remove() {}

  focus() {}
}

/** A press on a button with this name, as the panel around it hears it. */
export function press(panel, kind, act) {
  const button = new FakeElement();
  button.dataset[kind] = act;
  button.closest = (selector) => (selector === `[data-${kind}]` ? button : null);
  const click = new Event("click");
  Object.defineProperty(click, "target", { value: button });
  panel.dispatchEvent(click);
}

/** Let what is imported on demand arrive. */
export async function until(holds) {
  const late = Date.now() + 5000;
  while (!holds()) {
    if (Date.now() > late) throw new Error(`in time: ${holds}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Furnish the globals of a page; the modules that need them are to be imported after it. */
export function furnishRoom() {
  const page = Object.assign(new EventTarget(), {
    documentElement: { lang: "de" },
    createElement: () => new FakeElement(),
    createElementNS: () => new FakeElement(),
  });
  furnish({
    document: page,
    Element: FakeElement,
    HTMLElement: FakeElement,
    MediaStream: FakeStream,
    location: new URL("http://localhost/desk"),
    navigator: {},
  });
}

/** A room with nobody in it, and a record of what was opened and said. */
export function emptyRoom() {
  const root = new FakeElement();
  const opened = [];
  const said = [];
  return {
    root,
    opened,
    said,
    call: {},
    people: new Map(),
    panels: { open: (panel) => opened.push(panel) },
    status: { say: (key) => said.push(key) },
    stage: { picture: () => null, vouch: () => {} },
  };
}
