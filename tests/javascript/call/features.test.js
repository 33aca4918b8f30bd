import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { emptyRoom, furnishRoom, until } from "./room.js";

furnishRoom();
const { equip } = await import("../../../static/call/features.js");
const { localMedia } = await import("../../../static/call/media.js");

const ERIKA = { participant: "e".repeat(32), name: "Erika Muster", role: "guest" };
const media = localMedia();
let call;
let mesh;
let room;

class FakeMesh extends EventTarget {
  entries = new Map();
  said = [];

  say(word) {
    this.said.push(word);
  }

  hears(detail) {
    const entry = { person: ERIKA, peer: { say: (word) => this.said.push(word) } };
    this.dispatchEvent(new CustomEvent("word", { detail: { entry, detail } }));
  }
}

const happens = (type, detail) => call.dispatchEvent(new CustomEvent(type, { detail }));

beforeEach(() => {
  media.muteAudio(false);
  media.muteVideo(false);
  call = Object.assign(new EventTarget(), { id: "c" });
  mesh = new FakeMesh();
  room = emptyRoom();
  room.call = call;
  equip(call, room);
  const signalling = { on: () => () => {} };
  happens("entered", { mesh, me: "a".repeat(32), role: "host", signalling });
});

test("an alarm silences the page at once, and shows itself without a first picture", async () => {
  mesh.hears({ type: "doubt" });
  assert.deepEqual(media.muted, { audio: true, video: true });
  assert.ok(room.root.classList.contains("is-alarmed"));
  await until(() => room.opened.includes("security"));
  assert.equal(room.root.querySelector("[data-call=trust]").dataset.state, "alarm");
  happens("ended", {});
  await until(() => !room.root.classList.contains("is-alarmed"));
});

test("what is said after the end of a call changes nothing in the page", async () => {
  happens("ended", {});
  mesh.hears({ type: "doubt" });
  assert.deepEqual(media.muted, { audio: false, video: false });
  assert.equal(room.root.classList.contains("is-alarmed"), false);
});

for (const [goesOn, how] of [
  [true, "told"],
  [false, "not told in the next one"],
]) {
  test(`a part that does not arrive is ${how}`, async () => {
    const there = room.root.querySelector.bind(room.root);
    const partial = there("[data-call=partial]");
    partial.hidden = true;
    let asked = false;
    room.root.querySelector = (selector) => {
      if (selector !== "#call-photo") return there(selector);
      asked = true;
      throw new Error("It did not arrive.");
    };
    happens("frame");
    if (!goesOn) room.call = null;
    await until(() => asked);
    await new Promise((done) => setTimeout(done));
    assert.equal(partial.hidden, !goesOn);
    happens("ended", {});
  });
}
