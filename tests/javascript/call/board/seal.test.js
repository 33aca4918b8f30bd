import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesOf, open, seal, written } from "../../../../static/call/board/seal.js";

const OF = { call: "c".repeat(32), file: "f".repeat(32) };
const PICTURE = new TextEncoder().encode("\u0089PNG what nobody else may see");
// Made by another implementation (Python's cryptography), with a padding of its own.
const VECTOR = {
  key: "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
  sealed:
    "VlNGMWRlZmdoaWprbG1ub0gb3mrwuRjZHhI2i64QGJhCwgYKi2zzcqfRrEj7o6VIlOlAwEwSmwT983g//ULKzxtb" +
    "mOcgSkEo+vGs1u+BpYpR8ZbMO5Bn8jBh5ea5ey+x",
};

test("what is sealed opens with its key, in its call, as its file, and in no other way", async () => {
  const { key, sealed } = await seal(PICTURE, OF);
  assert.deepEqual(await open(sealed, key, OF), PICTURE);
  const another = (await seal(PICTURE, OF)).key;
  await assert.rejects(open(sealed, another, OF));
  await assert.rejects(open(sealed, key, { ...OF, call: "d".repeat(32) }));
  await assert.rejects(open(sealed, key, { ...OF, file: "d".repeat(32) }));
  await assert.rejects(open(sealed.slice(0, -1), key, OF));
  await assert.rejects(open(new Uint8Array(3), key, OF));
});

test("another implementation of AES-256-GCM has sealed it alike", async () => {
  const picture = await open(bytesOf(VECTOR.sealed), bytesOf(VECTOR.key), OF);
  assert.equal(new TextDecoder("latin1").decode(picture), "\u0089PNG picture");
  assert.equal(written(bytesOf(VECTOR.key)), VECTOR.key);
});

test("a single bit that was changed is found, wherever it is", async () => {
  const { key, sealed } = await seal(PICTURE, OF);
  const places = [
    ...Array(20).keys(),
    ...Array.from({ length: 40 }, (_, step) => 20 + step * 1600),
  ];
  for (const place of [...places, sealed.length - 1]) {
    const changed = sealed.slice();
    changed[place] ^= 1 << (place % 8);
    await assert.rejects(open(changed, key, OF), `byte ${place}`);
  }
});

test("no key and no nonce comes twice, nothing shines through, and sizes come in steps", async () => {
  const all = await Promise.all(Array.from({ length: 50 }, () => seal(PICTURE, OF)));
  const seen = all.map(({ key, sealed }) => written(key) + written(sealed.slice(4, 16)));
  assert.equal(new Set(seen).size, 50);
  const { sealed } = await seal(new Uint8Array(65_533).fill(65), OF);
  assert.equal(sealed.length, 4 + 12 + 2 * 65_536 + 16);
  assert.ok(!new TextDecoder("latin1").decode(sealed).includes("AAAA"));
});
