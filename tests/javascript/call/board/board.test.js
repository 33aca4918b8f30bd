import assert from "node:assert/strict";
import { test } from "node:test";
import { Board } from "../../../../static/call/board/board.js";
import { History } from "../../../../static/call/board/history.js";
import { alone, channel, ERIKA, FakeMesh, JAN, MARA, shown, thing, two } from "./boards.js";

test("what one puts, takes away and turns to stands on the board of the other", () => {
  const { mara, erika } = two();
  const [one, other] = [thing(), thing({ kind: "text", points: [5, 5], text: "Knie" })];
  mara.change({ put: [one] });
  erika.change({ put: [other] });
  erika.turn(1);
  mara.change({ drop: [one.id] });
  assert.deepEqual(shown(mara), [1, [other.id]]);
  assert.deepEqual(shown(erika), shown(mara));
  assert.equal(erika.sheets.get(other.id).text, "Knie");
});

test("whoever comes later, or comes back, gets all of it, and what both had stays", () => {
  const { mara, here } = two();
  const things = Array.from({ length: 700 }, () => thing());
  for (const each of things) mara.change({ put: [each] });
  mara.change({ drop: [things[0].id] });
  // Erika's page was loaded again: another connection, and an empty board that is there later.
  const [near, far] = channel();
  here.opens(ERIKA, near);
  const there = new FakeMesh();
  there.add(MARA, far);
  const erika = new Board(there, ERIKA.participant);
  assert.equal(erika.sheets.all().length, 699);
  assert.deepEqual(shown(erika), shown(mara));
  assert.ok(near.sent.every((message) => JSON.stringify(message).length < 64 * 1024));
  // The same with something on both sides: neither loses anything.
  const apart = alone(JAN, ERIKA);
  const own = thing({ by: JAN.participant });
  apart.board.change({ put: [own] });
  const [one, another] = channel();
  there.opens(JAN, one);
  apart.mesh.opens(ERIKA, another);
  assert.deepEqual(shown(apart.board), shown(erika));
  assert.equal(erika.sheets.all().length, 700);
});

test("three boards become one, also that of who comes later and hears all of it twice", () => {
  const { mara, erika, here, there } = two();
  const [one, other, last] = [thing(), thing({ by: ERIKA.participant }), thing()];
  mara.change({ put: [one] });
  erika.change({ put: [other] });
  const mesh = new FakeMesh();
  const ends = [channel(), channel()];
  mesh.add(MARA, ends[0][0]);
  mesh.add(ERIKA, ends[1][0]);
  here.opens(JAN, ends[0][1]);
  there.opens(JAN, ends[1][1]);
  const jan = new Board(mesh, JAN.participant);
  const seen = [];
  jan.addEventListener("changed", ({ detail }) => seen.push(...detail.put));
  assert.deepEqual(shown(jan), shown(mara));
  jan.change({ put: [last], drop: [other.id] });
  for (const board of [mara, erika]) assert.deepEqual(shown(board), shown(jan));
  assert.deepEqual(seen, [last]);
  mara.change({ drop: [one.id, last.id] });
  for (const board of [mara, erika, jan]) assert.deepEqual(shown(board), [0, []]);
});

test("boards become the same in whichever order they hear of things", () => {
  const things = [thing(), thing(), thing()];
  const heard = [
    { put: [[1, things[0]]] },
    { put: [[2, things[1]]] },
    { drop: [[3, things[0].id]] },
    { put: [[3, things[0]]] },
    { turn: [4, 2] },
    { turn: [4, 1] },
    { drop: [[5, things[2].id]] },
    { put: [[2, things[2]]] },
    { put: [[6, things[0]]] },
  ];
  const orders = [heard, heard.toReversed(), [...heard.slice(4), ...heard.slice(0, 4)]];
  const found = orders.map((order) => {
    const { board, far } = alone();
    for (const each of order) far.send(JSON.stringify({ type: "change", ...each }));
    return shown(board);
  });
  assert.deepEqual(found[0], [2, [things[0].id, things[1].id]]);
  for (const each of found) assert.deepEqual(each, found[0]);
});

test("each takes back their own steps, in turn, and may do them again", () => {
  const { mara, erika } = two();
  const [hers, his] = [new History(mara), new History(erika)];
  const [one, another, theirs] = [thing(), thing(), thing({ by: ERIKA.participant })];
  hers.take({ put: [one] });
  his.take({ put: [theirs] });
  hers.take({ put: [another] });
  hers.undo();
  assert.deepEqual(shown(erika)[1], [one.id, theirs.id]);
  hers.undo();
  hers.undo();
  assert.deepEqual(shown(erika)[1], [theirs.id]);
  hers.redo();
  assert.deepEqual(shown(erika)[1], [one.id, theirs.id]);
  // What was emptied is one step; a new step ends what could be done again.
  hers.take({ drop: mara.sheets.on(0) });
  assert.deepEqual(shown(erika)[1], []);
  hers.redo();
  assert.deepEqual(shown(erika)[1], []);
  hers.undo();
  assert.deepEqual(shown(erika)[1], [one.id, theirs.id]);
  assert.equal(his.canRedo, false);
});

test("what is being drawn grows at the other side, and ends with what was drawn", () => {
  const { mara, erika } = two();
  const seen = [];
  erika.addEventListener("draft", ({ detail }) => seen.push(detail.item?.points.length ?? 0));
  const ink = thing({ kind: "ink", points: [0, 0, 50, 10, 10, 50] });
  mara.draft(ink);
  mara.draft({ ...ink, points: [...ink.points, 20, 20, 50] }, 6);
  mara.draft({ ...ink, points: [...ink.points, 20, 20, 50] }, 9);
  mara.change({ put: [{ ...ink, points: [...ink.points, 20, 20, 50] }] });
  assert.deepEqual(seen, [6, 9, 0]);
  mara.point([5, 5]);
  mara.draft(thing());
  assert.deepEqual(shown(erika)[1], [ink.id]);
});

test("who leaves takes their pointer along, and leaves what they drew", () => {
  const { mara, erika, here } = two();
  const one = thing({ by: ERIKA.participant });
  erika.change({ put: [one] });
  const points = [];
  mara.addEventListener("point", ({ detail }) => points.push(detail.at));
  erika.point([1, 2]);
  here.tells("left", { entry: { person: ERIKA } });
  assert.deepEqual(points, [[1, 2], null]);
  assert.deepEqual(shown(mara)[1], [one.id]);
});

test("a full board takes no more of one's own, and says so", () => {
  const { board } = alone();
  const said = [];
  for (const type of ["full", "used"]) board.addEventListener(type, () => said.push(type));
  const points = Array.from({ length: 6000 }, (_, place) => (place % 3 === 2 ? 50 : 1));
  let put = 0;
  while (board.change({ put: [thing({ kind: "ink", points })] })) put += 1;
  assert.equal(put, 50);
  assert.equal(said.at(-1), "full");
  board.change({ drop: [board.sheets.all()[0].id] });
  assert.equal(board.change({ put: [thing({ kind: "ink", points })] }), true);
});

test("a channel that opens later is heard from then on", () => {
  const [near, far] = channel();
  near.readyState = "connecting";
  const mesh = new FakeMesh();
  mesh.add(ERIKA, near);
  const board = new Board(mesh, MARA.participant);
  assert.deepEqual(near.sent, []);
  near.readyState = "open";
  near.onopen();
  assert.equal(near.sent[0].type, "hello");
  far.send(JSON.stringify({ type: "change", put: [[1, thing()]] }));
  assert.equal(board.sheets.all().length, 1);
});
