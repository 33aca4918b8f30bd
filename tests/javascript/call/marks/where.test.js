import assert from "node:assert/strict";
import { test } from "node:test";
import { field } from "../../../../static/call/marks/where.js";

test("a place on a picture is one of nine fields, its edges too", () => {
  const size = [10_000, 5_600];
  const places = { "00": [0, 0], 11: [5_000, 2_800], 22: [10_000, 5_600], "02": [9_000, 100] };
  for (const [found, at] of Object.entries(places)) assert.equal(field(at, size), found);
});
