import assert from "node:assert/strict";
import { test } from "node:test";
import { waitWords } from "../../../static/waitingroom/waits.js";

test("the first minute has a word of its own", () => {
  assert.equal(waitWords(0, "de", "gerade gekommen"), "gerade gekommen");
  assert.equal(waitWords(59.9, "de", "gerade gekommen"), "gerade gekommen");
});

test("minutes and hours are words in the language of the page", () => {
  assert.equal(waitWords(60, "de", ""), "1 Minute");
  assert.equal(waitWords(245, "de", ""), "4 Minuten");
  assert.equal(waitWords(245, "en", ""), "4 minutes");
  assert.equal(waitWords(3600, "de", ""), "1 Stunde");
  assert.equal(waitWords(2 * 3600 + 61, "en", ""), "2 hours 1 minute");
});
