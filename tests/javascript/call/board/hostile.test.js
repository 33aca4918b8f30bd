import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { Allowance, BURST, RATE } from "../../../../static/call/board/allowance.js";
import { ACCEPTED } from "../../../../static/call/board/shapes.js";
import { alone, shown, thing } from "./boards.js";

const put = (values, version = 1) => ({ type: "change", put: [[version, thing(values)]] });
const [FILE, KEY] = ["f".repeat(32), "k".repeat(43)];
const many = (length, make) => Array.from({ length }, make);

const WRONG = {
  "no JSON": "{",
  "a number": "7",
  nothing: "null",
  "a list": "[]",
  "an unknown type": { type: "eval", code: "alert(1)" },
  "an inherited type": { type: "constructor" },
  "too long": JSON.stringify({ type: "change", put: [], text: "x".repeat(70_000) }),
  "no list": { type: "change", put: "x" },
  "a list of no pairs": { type: "change", put: [{ length: 2 }] },
  "too many at once": { type: "change", drop: many(201, () => [1, "0".repeat(16)]) },
  "an id with markup": put({ id: "<img onerror=1>0" }),
  "an id that is inherited": put({ id: "__proto__" }),
  "an unknown kind": put({ kind: "script" }),
  "an inherited kind": put({ kind: "toString" }),
  "a kind that is a list": put({ kind: ["line"] }),
  "a sheet that is none": put({ sheet: 20 }),
  "a sheet between two": put({ sheet: 0.5 }),
  "a colour with a style": put({ colour: "red;background:url(//x)" }),
  "a width out of reach": put({ width: 3 }),
  "nobody's": put({ by: "javascript:alert(1)" }),
  "too few numbers": put({ points: [1, 2, 3] }),
  "no numbers": put({ points: [] }),
  "a text for a number": put({ points: ["0", 0, 1, 1] }),
  "a number off the sheet": put({ points: [0, 0, 10_001, 1] }),
  "no whole number": put({ points: [0, 0, 1.5, 1] }),
  "a number that is none": '{"type":"change","put":[[1,{"points":[1e999,0,1,1]}]]}',
  "ink without pressure": put({ kind: "ink", points: [1, 2, 3, 4] }),
  "endless ink": put({ kind: "ink", points: many(6003, () => 1) }),
  "a text without words": put({ kind: "text", points: [1, 1], text: " \u202e " }),
  "a picture without a file": put({ kind: "picture", points: [10, 10] }),
  "a picture elsewhere": put({ kind: "picture", points: [10, 10], file: { id: "//x", key: KEY } }),
  "a picture without a key": put({ kind: "picture", points: [10, 10], file: { id: FILE } }),
  "a picture without a side": put({
    kind: "picture",
    points: [0, 9],
    file: { id: FILE, key: KEY },
  }),
  "a text that is none": put({ kind: "text", points: [1, 1], text: { toString: 1 } }),
  "version zero": put({}, 0),
  "a version that is a text": put({}, "1"),
  "a version past the last": put({}, 2 ** 53),
  "an id that is none in a drop": { type: "change", drop: [[1, "x"]] },
  "a turn to nowhere": { type: "change", turn: [1, 99] },
  "half a turn": { type: "change", turn: [1] },
  "a draft of nothing": { type: "draft", from: 0, item: "x" },
  "a draft from nowhere": { type: "draft", from: -1, item: thing() },
  "one wrong among right ones": {
    type: "change",
    put: [
      [1, thing()],
      [1, thing({ kind: "iframe" })],
    ],
  },
};

for (const [name, message] of Object.entries(WRONG)) {
  test(`${name} changes nothing, and the board goes on`, () => {
    const { board, far } = alone();
    const raw = typeof message === "string" ? message : JSON.stringify(message);
    far.other.onmessage({ data: raw });
    assert.deepEqual(shown(board), [0, []]);
    far.send(JSON.stringify(put({})));
    assert.equal(board.sheets.all().length, 1);
  });
}

test("what is no text is not read", () => {
  const { board, far } = alone();
  for (const data of [new ArrayBuffer(8), undefined, { toString: () => "{}" }, 7]) {
    far.other.onmessage({ data });
  }
  assert.deepEqual(shown(board), [0, []]);
});

test("only what is known of a thing is kept, and one line of its text", () => {
  const { board, far } = alone();
  const odd = thing({
    kind: "text",
    points: [1, 1],
    text: `<b onclick="x">\n\u202eKnie${"x".repeat(400)}`,
  });
  far.send(
    JSON.stringify({ type: "change", put: [[1, { ...odd, href: "javascript:x", onload: "x" }]] }),
  );
  const kept = board.sheets.get(odd.id);
  const keys = ["by", "colour", "file", "id", "kind", "points", "sheet", "text", "width"];
  assert.deepEqual(Object.keys(kept).sort(), keys);
  assert.equal(kept.text.length, 200);
  assert.ok(kept.text.startsWith('<b onclick="x"> Knie'));
});

test("a point off the sheet is no point", () => {
  const { board, far } = alone();
  const seen = [];
  board.addEventListener("point", ({ detail }) => seen.push(detail.at));
  for (const at of [[1, 2], [1, -2], [1], "x", [1, 2, 3], [Number.NaN, 1]]) {
    far.send(JSON.stringify({ type: "point", at }));
  }
  assert.deepEqual(seen, [[1, 2], null, null, null, null, null]);
});

test("a page that floods fills neither the memory nor the time of the other", () => {
  mock.method(performance, "now", () => 0);
  const { board, far } = alone();
  let version = 0;
  for (let round = 0; round < 40; round++) {
    const things = many(100, () => [++version, thing()]);
    far.send(JSON.stringify({ type: "change", put: things }));
  }
  assert.equal(board.sheets.all().length, ACCEPTED.items);
  let drafts = 0;
  board.addEventListener("draft", () => {
    drafts += 1;
  });
  for (let round = 0; round < 5000; round++) {
    far.send(JSON.stringify({ type: "draft", from: 0, item: thing() }));
  }
  assert.ok(drafts > 0 && drafts <= BURST.messages);
  mock.restoreAll();
});

test("an allowance fills again with time, and not when the clock is set back", () => {
  let now = 0;
  const allowance = new Allowance(() => now);
  for (let round = 0; round < BURST.messages; round++) assert.ok(allowance.take(1));
  assert.equal(allowance.take(1), false);
  now -= 10_000;
  assert.equal(allowance.take(1), false);
  now += 1000;
  for (let round = 0; round < RATE.messages; round++) assert.ok(allowance.take(1));
  assert.equal(allowance.take(1), false);
  now += 60_000;
  assert.equal(allowance.take(BURST.bytes + 1), false);
});
