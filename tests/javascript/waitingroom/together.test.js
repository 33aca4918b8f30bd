/** A group comes into one call; what is wrong with one guest stops nobody else. */

import assert from "node:assert/strict";
import test from "node:test";
import { bringAll, open } from "../../../static/waitingroom/together.js";

/** A desk whose server refuses some guests with a code. @param {Record<string, string>} refused */
function desk(refused) {
  const said = /** @type {string[]} */ ([]);
  const done = /** @type {string[]} */ ([]);
  const act = async (/** @type {any} */ row, call = "new") => {
    if (refused[row]) throw Object.assign(new Error(refused[row]), { code: refused[row] });
    done.push(`${row} ${call}`);
    return call;
  };
  const acts = /** @type {any} */ ({
    begin: act,
    bring: act,
    say: (/** @type {any} */ error) => said.push(error.code),
    complain: (/** @type {any} */ row, /** @type {any} */ error) =>
      said.push(`${row} ${error.code}`),
  });
  return { acts, said, done };
}

const all = () => /** @type {any[]} */ (["a", "b", "c", "d"]);

test("the first begins the call and the others come into it", async () => {
  const { acts, said, done } = desk({});
  const left = all();
  assert.equal(await open(left, acts), "new");
  assert.deepEqual(await bringAll(left, "c1", acts), []);
  assert.deepEqual([done, said], [["a new", "b c1", "c c1", "d c1"], []]);
});

test("whoever left in this moment is passed over without a word", async () => {
  const { acts, said, done } = desk({ a: "not_waiting", c: "not_waiting" });
  const left = all();
  await open(left, acts);
  await bringAll(left, "c1", acts);
  assert.deepEqual([done, said], [["b new", "d c1"], []]);
});

test("of two who press at once the second takes nobody and is told", async () => {
  const { acts, said, done } = desk({ a: "already_admitted" });
  assert.equal(await open(all(), acts), "");
  assert.deepEqual([done, said], [[], ["already_admitted"]]);
});

test("a guest whom a colleague has, or who may not come yet, is told of in the row", async () => {
  const { acts, said, done } = desk({ a: "already_admitted", b: "group_room", c: "held_back" });
  await bringAll(all(), "c1", acts);
  assert.deepEqual([done, said], [["d c1"], ["a already_admitted", "b group_room", "c held_back"]]);
});

test("when the call is full, those for whom there is no place are named", async () => {
  const { acts, said } = desk({ c: "call_full" });
  assert.deepEqual([await bringAll(all(), "c1", acts), said], [["c", "d"], []]);
});

for (const wrong of ["not_host", "timeout"]) {
  test(`after ${wrong} nobody more is asked for`, async () => {
    const { acts, said, done } = desk({ b: wrong });
    assert.deepEqual(await bringAll(all(), "c1", acts), []);
    assert.deepEqual([done, said], [["a c1"], [wrong]]);
  });
}
