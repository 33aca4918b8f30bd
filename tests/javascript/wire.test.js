import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { freshSession, sessionId } from "../../static/incarnation.js";
import { Signalling } from "../../static/wire.js";
import { FakeSocket, settled } from "./call/fakes.js";

const ICE = { servers: [], relay_only: false };
let socket;
let signalling;

async function opened() {
  signalling.connect();
  socket.happens("connect");
  socket.answers({ ice: ICE });
  await settled();
}

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout", "Date"] });
  socket = new FakeSocket();
  signalling = new Signalling(socket);
});

test("a session has 32 small hexadecimal characters and is new each time", () => {
  assert.match(sessionId, /^[0-9a-f]{32}$/);
  assert.notEqual(freshSession(), freshSession());
});

test("says hello first, and is open when the server has answered", async () => {
  let open = 0;
  signalling.addEventListener("open", () => open++);
  signalling.connect();
  socket.happens("connect");
  assert.equal(socket.sent[0].type, "hello");
  assert.equal(socket.sent[0].hello.session, sessionId);
  assert.equal(signalling.state, "connecting");
  socket.answers({ ice: { servers: [{ urls: ["stun:x"] }], relay_only: true } });
  await settled();
  assert.equal(signalling.state, "open");
  assert.equal(signalling.ice.relay_only, true);
  assert.equal(open, 1);
});

test("dials once, however often it is asked to", () => {
  signalling.connect();
  signalling.connect();
  assert.equal(socket.dialled, 1);
});

test("gives each answer to the one who asked", async () => {
  await opened();
  const first = signalling.request("call.leave", { call: "a" });
  const second = signalling.request("call.leave", { call: "b" });
  await settled();
  const [one, two] = socket.sent.slice(-2);
  socket.answers({ of: "b" }, two);
  socket.answers({ of: "a" }, one);
  assert.deepEqual(await first, { of: "a" });
  assert.deepEqual(await second, { of: "b" });
});

test("turns the server's error into one with its code and words", async () => {
  await opened();
  const asked = signalling.request("visit.admit", {});
  await settled();
  const error = { code: "already_admitted", message: "Dr. Beispiel war schneller.", details: {} };
  socket.happens("message", { id: socket.sent.at(-1).id, type: "error", error });
  await assert.rejects(asked, { code: "already_admitted", message: "Dr. Beispiel war schneller." });
});

test("gives up after a while, and forgets a late answer", async () => {
  await opened();
  const asked = signalling.request("call.leave", {}, 100);
  await settled();
  const { id } = socket.sent.at(-1);
  mock.timers.tick(101);
  await assert.rejects(asked, { code: "timeout" });
  socket.happens("message", { id, type: "call.leave", "call.leave": {} });
});

test("waits for a socket that is away, and sends then", async () => {
  const asked = signalling.request("call.leave", { call: "a" });
  assert.equal(socket.sent.length, 0);
  await opened();
  assert.equal(socket.sent.at(-1).type, "call.leave");
  socket.answers({});
  await asked;
});

test("a loss ends what is under way, and the next hello opens again", async () => {
  await opened();
  let [closed, open] = [0, 0];
  signalling.addEventListener("closed", () => closed++);
  signalling.addEventListener("open", () => open++);
  const asked = signalling.request("call.leave", {});
  await settled();
  socket.happens("disconnect");
  await assert.rejects(asked, { code: "connection_lost" });
  assert.equal(signalling.send("call.candidate", {}), false);
  await opened();
  assert.deepEqual([closed, open, signalling.state], [1, 1, "open"]);
});

test("fetches new credentials each hour without opening anew", async () => {
  await opened();
  let [open, ice] = [0, 0];
  signalling.addEventListener("open", () => open++);
  signalling.addEventListener("ice", () => ice++);
  mock.timers.tick(60 * 60 * 1000 + 1);
  assert.equal(socket.sent.at(-1).type, "hello");
  socket.answers({ ice: ICE });
  await settled();
  assert.deepEqual([open, ice], [0, 1]);
});

test("listeners hear their type until they stop", () => {
  const heard = [];
  const stop = signalling.on("call.left", (body) => heard.push(body));
  const message = { type: "call.left", "call.left": { call: "a" } };
  socket.happens("message", message);
  socket.happens("message", { type: "call.ended", "call.ended": {} });
  stop();
  socket.happens("message", message);
  assert.deepEqual(heard, [{ call: "a" }]);
});

test("a refused hello is told and opens nothing", async () => {
  const refused = [];
  signalling.addEventListener("refused", ({ detail }) => refused.push(detail.code));
  signalling.connect();
  socket.happens("connect");
  const error = { code: "version", message: "", details: {} };
  socket.happens("message", { id: socket.sent[0].id, type: "error", error });
  await settled();
  assert.deepEqual(refused, ["version"]);
  assert.equal(signalling.state, "connecting");
});
