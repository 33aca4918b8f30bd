import assert from "node:assert/strict";
import { test } from "node:test";
import { numbered } from "../../../static/waitingroom/arrivals.js";
import { complain, hold } from "../../../static/waitingroom/held.js";
import { comesAfter, place, release } from "../../../static/waitingroom/rows.js";

test("the title carries the number of those who wait, once", () => {
  assert.equal(numbered("Sprechstunde – Praxis", 2), "(2) Sprechstunde – Praxis");
  assert.equal(numbered("(2) Sprechstunde – Praxis", 13), "(13) Sprechstunde – Praxis");
  assert.equal(numbered("(2) Sprechstunde – Praxis", 0), "Sprechstunde – Praxis");
});

test("who came first stands first, and of two at once the order is always the same", () => {
  const early = { arrived: "2026-11-23T09:02:00+00:00", visit: "b" };
  const later = { arrived: "2026-11-23T09:02:00.000250+00:00", visit: "a" };
  assert.ok(comesAfter(later, early));
  assert.ok(!comesAfter(early, later));
  assert.ok(comesAfter(early, { ...early, visit: "a" }));
  assert.ok(!comesAfter(early, early));
});

const NOW = { visit: "a", arrived: "early", state: "waiting", room: "one", joins: "" };

/** A row of the queue, as far as it is read here. @param {object} dataset @returns {any} */
function row(dataset) {
  const parts = new Map();
  const querySelector = (/** @type {string} */ selector) => {
    if (!parts.has(selector)) parts.set(selector, { innerHTML: "", textContent: "" });
    return parts.get(selector);
  };
  return {
    dataset: { ...dataset },
    isConnected: true,
    classList: { contains: () => false },
    querySelector,
    querySelectorAll: () => [],
    contains: () => false,
    says: () => querySelector("[data-row-error]").textContent,
  };
}

/** @param {any} old @param {any} fresh @returns {boolean} whether the row as a whole is another */
function renewed(old, fresh) {
  /** @type {any} */ (globalThis).document = { querySelector: () => old };
  let isOther = false;
  old.replaceWith = () => {
    isOther = true;
    old.isConnected = false;
  };
  fresh.isConnected = false;
  place(/** @type {any} */ ({ querySelectorAll: () => [old] }), fresh);
  return isOther;
}

test("a row is renewed as a whole when its state, its room or its part in a group is another", () => {
  const { joins: _, ...joinsNone } = NOW;
  assert.ok(!renewed(row(NOW), row({ ...NOW, name: "Erika Muster" })));
  for (const other of [{ ...NOW, state: "in_call" }, { ...NOW, room: "two" }, joinsNone]) {
    assert.ok(renewed(row(NOW), row(other)));
  }
});

test("what a row says stays when it is renewed", () => {
  const old = row(NOW);
  complain(old, "Die Einwilligung fehlt noch.");
  assert.ok(!renewed(old, row(NOW)));
  assert.equal(old.says(), "Die Einwilligung fehlt noch.");
  const fresh = row({ ...NOW, room: "two" });
  assert.ok(renewed(old, fresh));
  assert.equal(fresh.says(), "Die Einwilligung fehlt noch.");
  assert.ok("held" in fresh.dataset);
  // An answer that comes now is said in the row that stands there.
  /** @type {any} */ (globalThis).document = { querySelector: () => fresh };
  complain(old, "");
  assert.equal(fresh.says(), "");
  assert.ok(!("held" in fresh.dataset));
});

test("a row whose guest the server is asked about keeps its place for the answer", () => {
  const old = row(NOW);
  hold(old);
  assert.ok("held" in old.dataset);
  release(old);
  assert.ok(!("held" in old.dataset));
});
