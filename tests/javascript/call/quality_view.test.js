import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { emptyRoom, furnishRoom } from "./room.js";

furnishRoom();
const { localMedia } = await import("../../../static/call/media.js");
const { QualityView } = await import("../../../static/call/quality/view.js");

const media = localMedia();
let room;
let view;

const turn = () => {
  room.root.querySelector("[data-do=sound-only]").dispatchEvent(new Event("click"));
};
const isSoundOnly = () => room.root.classList.contains("is-sound-only");

beforeEach(() => {
  view?.stop();
  media.muteVideo(false);
  room = emptyRoom();
  view = new QualityView(room, Object.assign(new EventTarget(), { want() {} }));
});

test("sound only ends with the camera as it was before", () => {
  for (const wasDark of [false, true]) {
    media.muteVideo(wasDark);
    turn();
    assert.deepEqual([isSoundOnly(), media.muted.video], [true, true]);
    turn();
    assert.deepEqual([isSoundOnly(), media.muted.video], [false, wasDark]);
  }
});

test("whoever turns the own camera on again wants pictures, though it was off before", () => {
  media.muteVideo(true);
  turn();
  media.muteVideo(false);
  assert.deepEqual([isSoundOnly(), media.muted.video], [false, false]);
});

test("a camera that is turned on between two calls says nothing in the page", () => {
  turn();
  const before = room.said.length;
  room.call = null;
  media.muteVideo(false);
  assert.equal(room.said.length, before);
});
