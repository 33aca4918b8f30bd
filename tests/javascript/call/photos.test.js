import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Photos } from "../../../static/call/photo/photos.js";

const ERIKA = { participant: "e".repeat(32), name: "Erika Muster", role: "guest" };
const JAN = { participant: "a".repeat(32), name: "Jan Beispiel", role: "guest" };
let mesh;
let sent;
let photos;
let heard;

class FakeMesh extends EventTarget {
  entries = new Map();

  says(person, word) {
    this.tells("word", { entry: { person }, detail: word });
  }

  tells(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

beforeEach(() => {
  mesh = new FakeMesh();
  sent = [];
  for (const person of [ERIKA, JAN]) {
    const peer = { say: (word) => sent.push(word) > 0 };
    mesh.entries.set(person.participant, { person, peer });
  }
  photos = new Photos(mesh);
  heard = [];
  for (const type of ["asked", "agreed", "declined", "withdrawn"]) {
    photos.addEventListener(type, () => heard.push(type));
  }
});

const answer = (agreed, id = sent.at(-1).id) => ({ type: "photo-answer", id, agreed });

test("one yes is good for one picture", () => {
  photos.ask(ERIKA.participant, "picture");
  assert.equal(sent[0].type, "photo-ask");
  const yes = answer(true);
  mesh.says(ERIKA, yes);
  mesh.says(ERIKA, yes);
  assert.deepEqual(heard, ["agreed"]);
});

test("a yes that nobody asked for, to another question or from somebody else takes no picture", () => {
  mesh.says(ERIKA, answer(true, "never-asked"));
  photos.ask(ERIKA.participant, "picture");
  const first = sent.at(-1).id;
  photos.ask(ERIKA.participant, "card");
  mesh.says(ERIKA, answer(true, first));
  mesh.says(JAN, answer(true));
  assert.deepEqual(heard, []);
});

test("a yes that was given before, or to what was refused, is good for no other picture", () => {
  photos.ask(ERIKA.participant, "picture");
  const first = answer(true);
  mesh.says(ERIKA, first);
  photos.ask(ERIKA.participant, "picture");
  mesh.says(ERIKA, first);
  assert.deepEqual(heard, ["agreed"]);
  const second = answer(false);
  mesh.says(ERIKA, second);
  mesh.says(ERIKA, { ...second, agreed: true });
  assert.deepEqual(heard, ["agreed", "declined"]);
});

test("whatever is not yes is no", () => {
  for (const agreed of [false, null, 1, "true", {}]) {
    photos.ask(ERIKA.participant, "picture");
    mesh.says(ERIKA, answer(agreed));
  }
  assert.deepEqual(heard, Array(5).fill("declined"));
});

test("a question goes with the connection over which it came", () => {
  photos.ask(ERIKA.participant, "picture");
  const yes = answer(true);
  mesh.tells("met", { entry: { person: ERIKA } });
  mesh.says(ERIKA, yes);
  assert.deepEqual(heard, ["withdrawn"]);
  mesh.says(ERIKA, { type: "photo-ask", id: "1", what: "card" });
  mesh.tells("left", { entry: { person: ERIKA } });
  photos.answer(true);
  assert.deepEqual(heard, ["withdrawn", "asked", "withdrawn"]);
  assert.equal(sent.length, 1);
});

test("an answer is given once, and odd questions are none", () => {
  mesh.says(ERIKA, { type: "photo-ask", id: 7, what: "picture" });
  mesh.says(ERIKA, { type: "photo-ask", id: "7", what: "film" });
  assert.equal(photos.asked, null);
  mesh.says(ERIKA, { type: "photo-ask", id: "7", what: "picture" });
  photos.answer(true);
  photos.answer(true);
  assert.deepEqual(sent, [{ type: "photo-answer", id: "7", agreed: true }]);
});
