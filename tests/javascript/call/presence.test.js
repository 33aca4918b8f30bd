import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Presence } from "../../../static/call/presence/presence.js";

const ERIKA = { participant: "e".repeat(32), name: "Erika Muster", role: "guest" };
let mesh;
let sent;
let presence;

class FakeMesh extends EventTarget {
  say(word) {
    sent.push(word);
  }

  tells(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

beforeEach(() => {
  mesh = new FakeMesh();
  sent = [];
  presence = new Presence(mesh);
});

const hears = (word) => {
  mesh.tells("word", { entry: { person: ERIKA }, detail: { type: "presence", ...word } });
  return presence.told.get(ERIKA.participant).present;
};

test("who is there is said again over each new connection", () => {
  const entry = { person: ERIKA, peer: { say: (word) => sent.push(word) } };
  mesh.tells("control", { entry });
  assert.deepEqual(sent, []);
  presence.say({ alone: false, who: " meine Tochter \u202e" });
  mesh.tells("control", { entry });
  const word = { type: "presence", alone: false, who: "meine Tochter" };
  assert.deepEqual(sent, [word, word]);
});

test("what the other side says is read strictly", () => {
  assert.deepEqual(hears({ alone: true, who: "niemand" }), { alone: true, who: "" });
  assert.deepEqual(hears({ alone: false, who: "Ana" }), { alone: false, who: "Ana" });
  assert.equal(hears({ alone: false, who: "x".repeat(999) }).who.length, 200);
  for (const odd of [{}, { alone: "yes" }, { who: 7 }, { who: " " }, { who: ["Ana"] }]) {
    assert.equal(hears(odd), null);
  }
});

test("another connection has to say it anew", () => {
  hears({ alone: true });
  mesh.tells("met", { entry: { person: ERIKA } });
  assert.equal(presence.told.get(ERIKA.participant).present, null);
});
