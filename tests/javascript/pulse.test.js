import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { probe } from "../../static/pulse.js";
import { Signalling } from "../../static/wire.js";
import { FakeSocket, settled } from "./call/fakes.js";

const ICE = { servers: [], relay_only: false };
let socket;
let signalling;

beforeEach(async () => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout", "Date"] });
  socket = new FakeSocket();
  signalling = new Signalling(socket);
  signalling.connect();
  socket.happens("connect");
  socket.answers({ ice: ICE });
  await settled();
});

test("a server that answers keeps its socket", async () => {
  probe(signalling);
  assert.equal(socket.sent.at(-1).type, "hello");
  socket.answers({ ice: ICE });
  await settled();
  mock.timers.tick(60_000);
  await settled();
  assert.deepEqual([signalling.state, socket.dialled], ["open", 1]);
});

test("where nobody answers, another socket is dialled, and once", async () => {
  for (let peer = 0; peer < 9; peer++) probe(signalling);
  mock.timers.tick(2000);
  await settled();
  assert.deepEqual([signalling.state, socket.dialled], ["connecting", 2]);
  assert.equal(socket.sent.filter(({ type }) => type === "hello").length, 2);
});

test("a socket that is being dialled anew is left to that", async () => {
  socket.happens("disconnect");
  await probe(signalling);
  assert.deepEqual([signalling.state, socket.dialled], ["closed", 1]);
  assert.equal(socket.sent.length, 1);
});
