import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { codeOf, commitment, hex, lotOf, unhex } from "../../../static/call/security/code.js";
import { listFor, meant, spoken } from "../../../static/call/security/words.js";

const path = new URL("../../vectors/security.json", import.meta.url);
const VECTORS = JSON.parse(readFileSync(path, "utf8"));

test("commitments and codes are those of the vectors that Python shares", async () => {
  assert.ok(VECTORS.length >= 7);
  for (const { call, epoch, parties, code, lot } of VECTORS) {
    const people = parties.map((party) => ({ ...party, nonce: unhex(party.nonce) }));
    for (const [place, person] of people.entries()) {
      assert.equal(await commitment(call, person), parties[place].commitment);
    }
    assert.equal(hex(await codeOf(call, epoch, people)), code);
    assert.equal(hex(await codeOf(call, epoch, people.toReversed())), code);
    assert.equal(await lotOf(call, epoch, people), lot);
    assert.notEqual(hex(await codeOf(call, epoch + 1, people)), code);
  }
});

for (const language of ["de", "en"]) {
  test(`the words of ${language} are told apart by four letters`, () => {
    const list = listFor(language);
    assert.equal(new Set(list.map((word) => word.slice(0, 4))).size, 256);
    for (const word of list) assert.match(word, /^[a-z]{4,8}$/);
    for (const word of list)
      assert.equal(meant(` ${word.slice(0, 4).toUpperCase()}`, language).toLowerCase(), word);
  });
}

test("a code is four words, the same for all who take the same list", () => {
  const code = Uint8Array.of(0, 1, 254, 255);
  assert.equal(spoken(code, "de").length, 4);
  assert.notDeepEqual(spoken(code, "de"), spoken(code, "en"));
  assert.deepEqual(spoken(code, "fr"), spoken(code, "de"));
});

test("what is too short or in no list is no word", () => {
  for (const typed of ["", "a", "abe", "xyzw", "🙂🙂🙂🙂"]) assert.equal(meant(typed, "de"), "");
});
