import assert from "node:assert/strict";
import { test } from "node:test";
import { furnish } from "./fakes.js";

class Element {
  textContent = "";

  constructor(found = {}) {
    this.dataset = {};
    this.found = found;
  }

  getAttribute() {
    return "{name}";
  }

  querySelector(selector) {
    return this.found[selector];
  }
}

furnish({ navigator: { onLine: true }, HTMLElement: Element });
const { Status } = await import("../../../static/call/status.js");

/** The two lines of the page that the state is written into. */
function page() {
  const line = new Element();
  const found = { "[data-call=state]": line, "[data-call=news]": new Element() };
  return { root: new Element(found), line };
}

test("a connection that stands before its person is drawn is shown as standing", () => {
  const { root, line } = page();
  const status = new Status(root);
  status.follow("1", "connected");
  status.knows("1", "Erika Muster");
  assert.equal(line.dataset.state, "connected");
});

test("who has left is not waited for", () => {
  const { root, line } = page();
  const status = new Status(root);
  status.knows("1", "Erika Muster");
  status.knows("2", "Jan Beispiel");
  status.follow("1", "connected");
  assert.equal(line.dataset.state, "connecting");
  status.forget("2");
  assert.equal(line.dataset.state, "connected");
});
