import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { News } from "../../../static/waitingroom/news.js";

/** A server whose answers the test lets through one by one. */
let asked = [];
let shown = [];
const fetcher = (name) =>
  new Promise((resolve) => {
    asked.push({ name, answer: () => resolve(() => shown.push(name)) });
  });
const news = () => new News({ one: fetcher, all: () => fetcher("all") });
const settled = () => new Promise((resolve) => setImmediate(resolve));
const answer = async (name) => {
  const place = asked.findIndex((each) => each.name === name);
  assert.notEqual(place, -1, `${name} was not asked for`);
  asked.splice(place, 1)[0].answer();
  await settled();
};

beforeEach(() => {
  asked = [];
  shown = [];
});

test("one change fetches one row", async () => {
  news().heard("a");
  await answer("a");
  assert.deepEqual(shown, ["a"]);
  assert.equal(asked.length, 0);
});

test("what changed again while it was fetched is fetched again, and shown once", async () => {
  const queue = news();
  queue.heard("a");
  queue.heard("a");
  queue.heard("a");
  await answer("a");
  assert.deepEqual(shown, []);
  await answer("a");
  assert.deepEqual(shown, ["a"]);
});

test("a row that was asked for before the whole queue knows less, and is not shown", async () => {
  const queue = news();
  queue.heard("a");
  queue.refresh();
  await answer("all");
  await answer("a");
  assert.deepEqual(shown, ["all"]);
});

test("news during a look at the whole queue asks for it once more", async () => {
  const queue = news();
  queue.refresh();
  queue.heard("a");
  queue.heard("b");
  await answer("all");
  await answer("all");
  assert.deepEqual(shown, ["all", "all"]);
  assert.equal(asked.length, 0);
});

test("many changes at once are one look at the whole queue", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const queue = news();
  for (const visit of "abcdefghij") queue.heard(visit);
  assert.equal(asked.length, 6);
  context.mock.timers.tick(1000);
  assert.equal(asked.filter(({ name }) => name === "all").length, 1);
});

test("where only a part of the queue is shown, the whole is looked at", (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  news().heard("a", true);
  assert.equal(asked.length, 0);
  context.mock.timers.tick(1000);
  assert.deepEqual(
    asked.map(({ name }) => name),
    ["all"],
  );
});
