import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { sizeOf, typeOf } from "../../../../static/call/board/magic.js";

const bytes = (...parts) =>
  Uint8Array.from(
    parts.flatMap((part) =>
      typeof part === "string" ? [...part].map((c) => c.charCodeAt(0)) : part,
    ),
  );
const PNG = [0x89, "PNG\r\n\x1a\n", [0, 0, 0, 13], "IHDR"];
const png = (width, height) =>
  bytes(
    ...PNG,
    ...[width, height].map((side) => [
      side >>> 24,
      (side >> 16) & 255,
      (side >> 8) & 255,
      side & 255,
    ]),
  );
const JPEG = [0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2];

test("a file is what its first bytes say", () => {
  assert.equal(typeOf(png(1, 1)), "image/png");
  assert.equal(typeOf(bytes(...JPEG)), "image/jpeg");
  assert.equal(typeOf(bytes("RIFF", [9, 0, 0, 0], "WEBPVP8 ")), "image/webp");
  assert.equal(typeOf(bytes("%PDF-1.7")), "application/pdf");
  for (const other of [
    "<svg xmlns=",
    "<html>",
    "GIF89a",
    "BM",
    "PK\x03\x04",
    "%!PS",
    "RIFF    WAVE",
    "",
    "\x89PN",
  ]) {
    assert.equal(typeOf(bytes(other)), null, other);
  }
});

test("a picture says its size before it is decoded", () => {
  assert.deepEqual(sizeOf(png(640, 480)), [640, 480]);
  const frame = [0xff, 0xc0, 0, 17, 8, 1, 0xe0, 2, 0x80];
  assert.deepEqual(sizeOf(bytes(...JPEG, ...frame)), [640, 480]);
  const lossy = bytes(
    "RIFF",
    [9, 0, 0, 0],
    "WEBPVP8 ",
    [0, 0, 0, 0, 0, 0, 0, 0x9d, 1, 0x2a, 0x80, 2, 0xe0, 1],
  );
  assert.deepEqual(sizeOf(lossy), [640, 480]);
  const lossless = bytes("RIFF", [9, 0, 0, 0], "WEBPVP8L", [0, 0, 0, 0, 0x2f, 0x7f, 0xc2, 0x77, 0]);
  assert.deepEqual(sizeOf(lossless), [640, 480]);
  const extended = bytes(
    "RIFF",
    [9, 0, 0, 0],
    "WEBPVP8X",
    [10, 0, 0, 0, 0, 0, 0, 0, 0x7f, 2, 0, 0xdf, 1, 0],
  );
  assert.deepEqual(sizeOf(extended), [640, 480]);
});

test("what is too large, has no size, or ends too soon is not decoded", () => {
  for (const wrong of [
    png(30_000, 30_000),
    png(0, 10),
    png(0xffffffff, 0xffffffff),
    png(640, 480).slice(0, 20),
    bytes(...JPEG),
    bytes(0xff, 0xd8, 0xff, 0xe0, 0, 0),
    bytes(0xff, 0xd8, 0xff, 0xff, 0xff),
    bytes(...JPEG, 0, 0),
    bytes("RIFF", [9, 0, 0, 0], "WEBPVP8Z", Array(20).fill(1)),
    bytes("%PDF-1.7", Array(40).fill(32)),
    bytes(),
  ]) {
    assert.equal(sizeOf(wrong), null);
  }
});

test("what is hostile is no picture, also behind the first bytes of one", () => {
  const file = new URL("../../../vectors/hostile.json", import.meta.url);
  const corpus = JSON.parse(readFileSync(file, "utf8"));
  assert.ok(corpus.length >= 40);
  for (const text of corpus) {
    const payload = [...new TextEncoder().encode(text)];
    assert.equal(typeOf(bytes(payload)), null, text);
    for (const first of [PNG.slice(0, 2), [[0xff, 0xd8, 0xff]], ["RIFF    WEBP"], ["%PDF-1.7"]]) {
      assert.equal(sizeOf(bytes(...first, payload)), null, text);
    }
  }
});
