import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { History } from "../../../../static/call/board/history.js";
import { under, wrapped } from "../../../../static/call/board/hits.js";
import { Pen } from "../../../../static/call/board/pen.js";
import { news, summary } from "../../../../static/call/board/summary.js";
import { furnish } from "../fakes.js";
import { MARA, shown, thing, two } from "./boards.js";

let frames;
let mara;
let erika;
let history;
let pen;

beforeEach(() => {
  frames = [];
  furnish({ requestAnimationFrame: (frame) => frames.push(frame) });
  ({ mara, erika } = two());
  history = new History(mara);
  pen = new Pen(mara, history, () => {});
});

const drawn = () => erika.sheets.all().map(({ kind, points }) => [kind, points]);

test("a line of the hand keeps its pressure, and leaves out where the hand rested", () => {
  pen.down([10, 10], 0.25);
  pen.move([12, 12], 0.9);
  pen.move([100, 10], 0.9);
  for (const frame of frames.splice(0)) frame();
  pen.up();
  assert.deepEqual(drawn(), [["ink", [10, 10, 25, 100, 10, 90]]]);
});

test("however fast the hand moves, the others hear of it once a frame", () => {
  const seen = [];
  erika.addEventListener("draft", ({ detail }) => seen.push(detail.item?.points.length));
  pen.down([0, 0]);
  for (let x = 20; x < 400; x += 20) pen.move([x, 0]);
  assert.equal(frames.length, 1);
  frames.pop()();
  assert.deepEqual(seen, [60]);
});

test("a line that is longer than one may be goes on as another", () => {
  pen.down([0, 0]);
  for (let step = 1; step < 2100; step++) pen.move([step % 2 ? 100 : 0, 0]);
  pen.up();
  const lengths = drawn().map(([, points]) => points.length);
  assert.equal(lengths.length, 2);
  assert.ok(lengths.every((length) => length <= 6000));
});

test("a shape has two corners, and a mere touch leaves none", () => {
  pen.tool = "box";
  pen.down([0, 0]);
  pen.up();
  pen.down([0, 0]);
  pen.move([10, 10]);
  pen.move([500, 400]);
  pen.up();
  pen.down([1, 1]);
  pen.move([900, 900]);
  pen.cancel();
  assert.deepEqual(drawn(), [["box", [0, 0, 500, 400]]]);
});

test("one stroke of the eraser is one step back", () => {
  mara.change({ put: [thing({ points: [0, 0, 100, 0] }), thing({ points: [2000, 0, 2100, 0] })] });
  pen.tool = "eraser";
  pen.down([50, 10]);
  pen.move([2050, 10]);
  pen.up();
  assert.deepEqual(shown(erika)[1], []);
  history.undo();
  assert.equal(drawn().length, 2);
});

test("the eraser finds each kind where it is drawn, and nothing beside it", () => {
  const at = (kind, points, text) => thing({ kind, points, text, width: 0 });
  const cases = [
    [at("ink", [0, 0, 50, 1000, 0, 50]), [500, 50], [500, 400]],
    [at("ink", [900, 900, 50]), [950, 950], [1400, 900]],
    [at("arrow", [0, 0, 0, 2000]), [100, 1000], [900, 1000]],
    [at("box", [0, 0, 4000, 3000]), [4000, 1500], [2000, 1500]],
    [at("oval", [0, 0, 4000, 4000]), [3414, 3414], [2000, 2000]],
    [at("text", [1000, 1000], "Knie"), [1300, 1200], [3000, 1200]],
  ];
  for (const [item, near, far] of cases) {
    assert.deepEqual(under([item], near), [item]);
    assert.deepEqual(under([item], far), []);
  }
});

test("a text is broken where the sheet ends, long words too", () => {
  const text = `Das rechte Knie ${"x".repeat(80)}`;
  const lines = wrapped(thing({ kind: "text", points: [8000, 0], text, width: 1 }));
  assert.ok(lines.length > 3 && lines.every(({ length }) => length <= 8));
  assert.equal(lines.join("").replaceAll(" ", ""), text.replaceAll(" ", ""));
});

test("the sheet is told in words, by who drew what", () => {
  const said = (key, values = {}) => `${key}(${Object.values(values).join(",")})`;
  const name = (by) => (by === MARA.participant ? "Mara" : "Erika");
  const items = [
    thing({ kind: "ink", points: [1, 1, 1] }),
    thing(),
    thing({ kind: "text", points: [1, 1], text: "Knie", by: "e".repeat(32) }),
  ];
  assert.equal(summary([], { sheet: 0, count: 1 }, name, said), "sheet(1,1) empty()");
  assert.equal(
    summary(items, { sheet: 1, count: 2 }, name, said),
    "sheet(2,2) by(Mara,strokes(1); shapes(1)) by(Erika,written(Knie))",
  );
  const told = [
    { put: items, drop: [] },
    { put: [items[0]], drop: [] },
    { put: [], drop: ["x"] },
  ];
  const keys = told.map((change) => news(change, "Erika", said).split("(")[0]);
  assert.deepEqual(keys, ["news-text", "news-drawn", "news-erased"]);
});
