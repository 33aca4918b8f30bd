import assert from "node:assert/strict";
import { test } from "node:test";
import { numbered } from "../../../static/waitingroom/arrivals.js";
import { comesAfter, place } from "../../../static/waitingroom/rows.js";

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

test("a row is renewed as a whole when its state, its room or its part in a group is another", () => {
  /** @type {any} */ (globalThis).document = {};
  const now = { visit: "a", arrived: "early", state: "waiting", room: "one", joins: "" };
  const renewed = (/** @type {object} */ dataset) => {
    const done = /** @type {string[]} */ ([]);
    const facts = { innerHTML: "" };
    const row = { dataset: { ...now }, querySelector: () => facts, contains: () => false };
    const old = { ...row, querySelectorAll: () => [], replaceWith: () => done.push("row") };
    const list = /** @type {any} */ ({ querySelectorAll: () => [old] });
    place(list, /** @type {any} */ ({ ...row, dataset }));
    return done.length > 0;
  };
  const { joins: _, ...joinsNone } = now;
  assert.ok(!renewed({ ...now, name: "Erika Muster" }));
  for (const other of [{ ...now, state: "in_call" }, { ...now, room: "two" }, joinsNone]) {
    assert.ok(renewed(other));
  }
});
