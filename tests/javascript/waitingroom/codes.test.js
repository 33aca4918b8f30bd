import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ALPHABET,
  checkCharacter,
  LENGTH,
  plain,
  slip,
  written,
} from "../../../static/waitingroom/codes.js";

const RANDOM = "K7MR4TXP9WQ";
const CODE = RANDOM + checkCharacter(RANDOM);

test("a code is right however it is typed", () => {
  const spaced = ` ${CODE.slice(0, 3).toLowerCase()} ${CODE.slice(3, 9)}--${CODE.slice(9)} `;
  assert.equal(plain(spaced), CODE);
  assert.equal(slip(spaced), null);
});

test("the check character is the one that the server makes", () => {
  // From portal/waitingroom/codes.py: the sum of place times value, modulo 31.
  assert.equal(checkCharacter("22222222222"), "2");
  assert.equal(checkCharacter("32222222222"), "3");
  assert.equal(checkCharacter("ZZZZZZZZZZZ"), ALPHABET[(66 * 30) % 31]);
});

test("every single wrong character is told", () => {
  for (let place = 0; place < LENGTH; place++) {
    for (const other of ALPHABET) {
      if (other === CODE[place]) continue;
      const typed = CODE.slice(0, place) + other + CODE.slice(place + 1);
      assert.equal(slip(typed)?.reason, "check", typed);
    }
  }
});

test("two characters in the wrong order are told", () => {
  for (let place = 0; place < LENGTH - 1; place++) {
    const [one, other] = [CODE[place], CODE[place + 1]];
    if (one === other) continue;
    const typed = CODE.slice(0, place) + other + one + CODE.slice(place + 2);
    assert.equal(slip(typed)?.reason, "check", typed);
  }
});

test("the reason names what is wrong", () => {
  assert.deepEqual(slip("K7MR"), { reason: "short", character: "", count: 4 });
  assert.deepEqual(slip(`${CODE}A`), { reason: "long", character: "", count: 13 });
  assert.equal(slip(`0${CODE.slice(1)}`)?.character, "0");
  assert.equal(slip(`Ä${CODE.slice(1)}`)?.reason, "foreign");
  assert.equal(slip("")?.reason, "short");
});

test("a code is written in groups of four", () => {
  assert.equal(written(CODE), `K7MR-4TXP-9WQ${CODE.at(-1)}`);
  assert.equal(written("k7mr4"), "K7MR-4");
  assert.equal(written(" - "), "");
});
