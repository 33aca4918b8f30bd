import assert from "node:assert/strict";
import { test } from "node:test";
import { chance } from "../../chance.js";
import { alone, thing } from "./boards.js";

const ROUNDS = 4_000;
// A page may say so much at once that the board still reads all of it.
const AT_ONCE = 400;
const KINDS = { ink: 3, line: 4, arrow: 4, box: 4, oval: 4, text: 2, picture: 2 };
const FILE = { id: "f".repeat(32), key: "k".repeat(43) };
const ODD = [
  ...[null, true, "", "x", 0, -1, 0.5, 1e9, 2 ** 53, [], {}, [[]], "__proto__", "<b>x</b>"],
  ...["\u202e", "0".repeat(16), "x".repeat(300), [1, 2, 3, 4], [null], { toString: 1 }],
];

/** A message as a page of ours sends it. */
function right(any) {
  const kinds = Object.keys(KINDS);
  const kind = kinds[any(kinds.length)];
  const points = Array.from({ length: KINDS[kind] }, () => 1 + any(100));
  const item = thing({ kind, points, text: "Knie", file: kind === "picture" ? FILE : null });
  const messages = [
    { type: "change", put: [[1, item]], drop: [[1, "0".repeat(16)]], turn: [1, any(20)] },
    { type: "draft", from: 0, item },
    { type: "point", at: [1, 2] },
  ];
  return messages[any(messages.length)];
}

/** Put something odd in the place of a value, or take it away, anywhere in a message. */
function change(message, any) {
  let holder = message;
  for (let depth = 0; depth < 5; depth++) {
    const keys = Object.keys(holder);
    if (keys.length === 0) return;
    const key = keys[any(keys.length)];
    if (holder[key] && typeof holder[key] === "object" && any(3) > 0) {
      holder = holder[key];
      continue;
    }
    if (any(4) === 0 && !Array.isArray(holder)) delete holder[key];
    else holder[key] = structuredClone(ODD[any(ODD.length)]);
    return;
  }
}

/** What is true of everything on a board, said once more in other words than the board's own. */
function isFine(item) {
  const { id, kind, sheet, by, colour, width, points, text, file } = item;
  const whole = (value, most) => Number.isInteger(value) && value >= 0 && value <= most;
  assert.deepEqual(
    [/^[0-9a-f]{16}$/.test(id), /^[0-9a-f]{32}$/.test(by), Object.keys(KINDS).includes(kind)],
    [true, true, true],
  );
  assert.ok(whole(sheet, 19) && whole(colour, 4) && whole(width, 2), JSON.stringify(item));
  assert.ok(
    points.every((value) => whole(value, 20_000)),
    JSON.stringify(points),
  );
  assert.ok(kind === "ink" ? points.length % 3 === 0 : points.length === KINDS[kind]);
  assert.ok(typeof text === "string" && text.length <= 200 && !/[\n\u202e]/.test(text));
  assert.equal(file === null, kind !== "picture");
}

test("whatever is changed in a message, what stands on the board is fine and the board goes on", () => {
  const any = chance(20_261_129);
  let kept = 0;
  let { board, far } = alone();
  for (let round = 0; round < ROUNDS; round++) {
    if (round % AT_ONCE === 0) ({ board, far } = alone());
    const message = right(any);
    for (let times = any(3); times >= 0; times--) change(message, any);
    far.send(JSON.stringify(message));
    if (round % AT_ONCE !== AT_ONCE - 1) continue;
    board.sheets.all().forEach(isFine);
    kept += board.sheets.all().length;
    const good = thing();
    far.send(JSON.stringify({ type: "change", put: [[1, good]] }));
    assert.ok(board.sheets.get(good.id));
  }
  // Some changes are none that matter, and their things stand there.
  assert.ok(kept > ROUNDS / 100, `${kept}`);
});
