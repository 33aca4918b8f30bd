import assert from "node:assert/strict";
import { test } from "node:test";

const { waitInWords } = await import("../../static/words.js");
const SENTENCE = "Bitte versuchen Sie es {time} wieder.";

for (const [seconds, language, words] of /** @type {[number, string, string][]} */ ([
  [1, "de", "in 1 Sekunde"],
  [45, "de", "in 45 Sekunden"],
  [61, "de", "in 2 Minuten"],
  [300, "de", "in 5 Minuten"],
  [3601, "de", "in 2 Stunden"],
  [100, "en", "in 2 minutes"],
])) {
  test(`${seconds} seconds are told as: ${words}`, () => {
    assert.equal(waitInWords(SENTENCE, seconds, language), SENTENCE.replace("{time}", words));
  });
}
