import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Chat, cleaned, LONGEST } from "../../../static/call/chat.js";
import { FakeChannel } from "./fakes.js";

const ERIKA = "e".repeat(32);
const JAN = "a".repeat(32);
let chat;
let channel;
let heard;
let delivered;

beforeEach(() => {
  chat = new Chat("s");
  channel = new FakeChannel();
  heard = [];
  delivered = [];
  chat.addEventListener("heard", ({ detail }) => heard.push(detail));
  chat.addEventListener("delivered", ({ detail }) => delivered.push(detail));
  chat.attach(ERIKA, channel);
});

test("a message is delivered when it was confirmed", () => {
  const said = chat.say("Guten Tag", [ERIKA]);
  assert.deepEqual(channel.sent, [{ type: "text", id: said.id, text: "Guten Tag" }]);
  assert.deepEqual(delivered, []);
  channel.hears({ type: "got", id: said.id });
  channel.hears({ type: "got", id: said.id });
  assert.deepEqual(delivered, [said.id]);
});

test("a message to several is delivered when the last has it", () => {
  const other = new FakeChannel();
  chat.attach(JAN, other);
  const { id } = chat.say("Guten Tag", [ERIKA, JAN]);
  channel.hears({ type: "got", id });
  assert.deepEqual(delivered, []);
  other.hears({ type: "got", id });
  assert.deepEqual(delivered, [id]);
});

test("who left for good is not waited for", () => {
  const { id } = chat.say("Guten Tag", [ERIKA]);
  chat.detach(ERIKA);
  assert.deepEqual(delivered, [id]);
});

test("what was not confirmed goes once more over a new channel", () => {
  const first = chat.say("eins", [ERIKA]);
  channel.hears({ type: "got", id: first.id });
  channel.readyState = "closed";
  chat.say("zwei", [ERIKA]);
  const next = new FakeChannel();
  chat.attach(ERIKA, next);
  assert.deepEqual(
    next.sent.filter(({ type }) => type === "text").map(({ text }) => text),
    ["zwei"],
  );
});

test("a repeated message is confirmed again and shown once", () => {
  const message = { type: "text", id: "x-1", text: "Hallo" };
  channel.hears(message);
  channel.hears(message);
  assert.equal(heard.length, 1);
  assert.equal(heard[0].from, ERIKA);
  assert.deepEqual(channel.sent, Array(2).fill({ type: "got", id: "x-1" }));
});

test("markup is text like any other", () => {
  channel.hears({ type: "text", id: "1", text: "<img src=x onerror=alert(1)>" });
  assert.equal(heard[0].text, "<img src=x onerror=alert(1)>");
});

test("marks that hide or turn a text are taken out, line breaks stay", () => {
  assert.equal(cleaned("  a\u202eb\u0000c\r\nd\u200f\ufeff  "), "abc\nd");
  assert.equal(cleaned("x".repeat(3 * LONGEST)).length, LONGEST);
  assert.equal(chat.say(" \n\u200f ", [ERIKA]), null);
});

const HOSTILE = [
  "",
  "{",
  "null",
  "7",
  "[]",
  '{"type":"text"}',
  '{"type":"text","id":7,"text":"x"}',
  '{"type":"text","id":"1","text":{}}',
  '{"type":"other","id":"1"}',
  `{"type":"text","id":"${"x".repeat(65)}","text":"x"}`,
  `{"type":"text","id":"1","text":"${"x".repeat(20_000)}"}`,
];
for (const data of HOSTILE) {
  test(`is not disturbed by ${data.slice(0, 40)}`, () => {
    channel.hears(data);
    assert.deepEqual([heard, channel.sent], [[], []]);
  });
}

test("who comes later is told that something was written, and who was there is not", () => {
  const told = [];
  const later = new Chat("l");
  later.addEventListener("earlier", () => told.push("later"));
  chat.addEventListener("earlier", () => told.push("there"));
  const first = new FakeChannel();
  chat.attach(JAN, first);
  assert.deepEqual(first.sent, []);
  channel.hears({ type: "text", id: "e-1", text: "Guten Tag" });
  const second = new FakeChannel();
  chat.attach(JAN, second);
  assert.deepEqual(second.sent, [{ type: "earlier", id: "" }]);
  later.attach(ERIKA, second);
  second.hears({ type: "earlier", id: "" });
  channel.hears({ type: "earlier", id: "" });
  assert.deepEqual(told, ["later"]);
});

test("whoever waits for all that was written has missed nothing", () => {
  chat.say("Guten Tag", [ERIKA, JAN]);
  const late = new FakeChannel();
  chat.attach(JAN, late);
  assert.deepEqual(
    late.sent.map(({ type }) => type),
    ["text"],
  );
});
