import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { emptyRoom, FakeElement, furnishRoom, press } from "./room.js";

furnishRoom();
const { PhotoView } = await import("../../../static/call/photo/view.js");

const ERIKA = { participant: "e".repeat(32), name: "Erika Muster", role: "guest" };
let panel;
let photos;
let room;
let view;

const tells = (type, detail) => photos.dispatchEvent(new CustomEvent(type, { detail }));
const said = () => panel.querySelector("[data-photo=say]").textContent;
const isShown = (name) => !panel.querySelector(`[data-photo=${name}]`).hidden;

function asks(what) {
  photos.asked = { id: "1", participant: ERIKA.participant, what, person: ERIKA };
  tells("asked", { person: ERIKA, what });
}

function takes() {
  document.createElement = () =>
    Object.assign(new FakeElement(), {
      getContext: () => ({ drawImage() {} }),
      toBlob: (done) => done(new Blob(["picture"])),
    });
  room.stage.picture = () => ({ videoWidth: 640, videoHeight: 480 });
  tells("agreed", { person: ERIKA, what: "picture" });
}

beforeEach(() => {
  room = emptyRoom();
  room.people.set(ERIKA.participant, ERIKA);
  panel = room.root.querySelector("#call-photo");
  photos = Object.assign(new EventTarget(), { asked: null, ask: () => true, answer: () => true });
  view = new PhotoView(room, photos);
});

test("whoever waits for an answer can ask again, and asks anew when the question was lost", () => {
  press(panel, "photo", "picture");
  assert.equal(said(), "photo-waiting Erika Muster");
  assert.ok(isShown("ask"));
  tells("withdrawn");
  assert.match(said(), /^photo-idle/);
});

test("a refusal takes no picture, and the next one is a question of its own", () => {
  photos.ask = mock.fn(() => true);
  press(panel, "photo", "picture");
  tells("declined", ERIKA);
  assert.equal(said(), "photo-declined Erika Muster");
  assert.ok(!isShown("kept") && isShown("ask"));
  takes();
  assert.ok(isShown("kept") && !isShown("ask"));
  press(panel, "photo", "discard");
  press(panel, "photo", "picture");
  assert.equal(photos.ask.mock.callCount(), 2);
  assert.ok(!isShown("kept"));
});

test("a yes that comes when the call is over takes no picture", () => {
  press(panel, "photo", "picture");
  view.stop();
  takes();
  assert.match(said(), /^photo-idle/);
  assert.ok(!isShown("kept"));
});

test("without a picture of the other side nobody is asked for one", () => {
  photos.ask = mock.fn(() => true);
  room.people.set(ERIKA.participant, { ...ERIKA, camera: false });
  press(panel, "photo", "picture");
  assert.equal(photos.ask.mock.callCount(), 0);
  assert.match(said(), /^photo-dark/);
});

test("a question of the other side waits until the own picture is thrown away", () => {
  takes();
  asks("picture");
  assert.match(said(), /^photo-asked-behind/);
  assert.ok(isShown("kept") && !isShown("answer"));
  press(panel, "photo", "discard");
  assert.match(said(), /^photo-asked-picture/);
  assert.ok(isShown("answer") && !isShown("kept"));
});

test("a question of the other side waits until the own picture is saved", (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  takes();
  asks("card");
  press(panel, "photo", "save");
  assert.ok(isShown("kept"));
  context.mock.timers.tick(1000);
  assert.match(said(), /^photo-asked-card/);
});

test("a lost question takes no picture away that was not saved", () => {
  takes();
  tells("withdrawn");
  assert.match(said(), /^photo-taken/);
});

test("an answer that did not get out is not called given", () => {
  photos.answer = mock.fn(() => false);
  asks("picture");
  press(panel, "photo", "yes");
  assert.equal(photos.answer.mock.callCount(), 1);
  assert.match(said(), /^photo-away/);
});
