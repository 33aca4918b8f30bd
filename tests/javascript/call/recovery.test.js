import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { Recovery } from "../../../static/call/recovery.js";

let restarts;
let states;
let recovery;

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
  restarts = 0;
  states = [];
  recovery = new Recovery(
    () => restarts++,
    (state) => states.push(state),
  );
});

test("a short interruption is only shown", () => {
  recovery.follow("connected");
  recovery.follow("disconnected");
  mock.timers.tick(2900);
  recovery.follow("connected");
  mock.timers.tick(60_000);
  assert.equal(restarts, 0);
  assert.deepEqual(states, ["connected", "interrupted", "connected"]);
});

test("after three seconds a new path is looked for", () => {
  recovery.follow("connected");
  recovery.follow("disconnected");
  mock.timers.tick(3000);
  assert.equal(restarts, 1);
});

test("a failed connection looks for a new path at once, and never gives up", () => {
  recovery.follow("connected");
  recovery.follow("failed");
  mock.timers.tick(0);
  assert.equal(restarts, 1);
  for (let minute = 0; minute < 60; minute++) mock.timers.tick(6000);
  assert.equal(restarts, 61);
  recovery.follow("connected");
  mock.timers.tick(60_000);
  assert.equal(restarts, 61);
});

test("a network that is back is used at once", () => {
  recovery.follow("connected");
  recovery.follow("disconnected");
  recovery.online();
  mock.timers.tick(0);
  assert.equal(restarts, 1);
});

test("a network that comes before the first connection changes nothing", () => {
  recovery.online();
  mock.timers.tick(10_000);
  assert.equal(restarts, 0);
});

test("relays that do not answer are asked again and again", () => {
  recovery.expect(() => false);
  mock.timers.tick(8000);
  mock.timers.tick(6000);
  mock.timers.tick(6000);
  assert.equal(restarts, 2);
  assert.deepEqual(states, ["unreachable"]);
});

test("a page that went away is shown before the network notices", () => {
  recovery.follow("connected");
  recovery.silent();
  assert.deepEqual(states, ["connected", "interrupted"]);
});

test("nothing happens after the end", () => {
  recovery.follow("connected");
  recovery.follow("disconnected");
  recovery.stop();
  mock.timers.tick(60_000);
  assert.equal(restarts, 0);
});
