import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { FakeStream, FakeTrack, furnish } from "./fakes.js";

/** The devices of a pretended computer. */
class FakeDevices extends EventTarget {
  plugged = { camera: ["cam1"], microphone: ["mic1"], speaker: [] };
  errors = {};
  asked = [];

  async getUserMedia({ video, audio }) {
    this.asked.push({ video, audio });
    const tracks = [];
    if (video) tracks.push(this.#open("camera", "video", video));
    if (audio) tracks.push(this.#open("microphone", "audio", audio));
    return new FakeStream(tracks);
  }

  async enumerateDevices() {
    const kinds = { camera: "videoinput", microphone: "audioinput", speaker: "audiooutput" };
    return Object.entries(this.plugged).flatMap(([device, ids]) =>
      ids.map((deviceId) => ({ kind: kinds[device], deviceId, label: deviceId })),
    );
  }

  #open(device, kind, wanted) {
    const id = wanted.deviceId?.exact ?? this.plugged[device][0];
    const error = this.errors[device] ?? (this.plugged[device].includes(id) ? "" : "NotFoundError");
    if (error) throw Object.assign(new Error(error), { name: error });
    return new FakeTrack(kind, id);
  }
}

let devices;
furnish({
  MediaStream: FakeStream,
  navigator: {
    get mediaDevices() {
      return devices;
    },
  },
});
const { LocalMedia } = await import("../../../static/call/media.js");
const { reasonOf } = await import("../../../static/call/capture.js");

let media;
let events;
const done = () => new Promise((resolve) => setTimeout(resolve));

beforeEach(() => {
  devices = new FakeDevices();
  media = new LocalMedia();
  events = [];
  for (const type of ["track", "ended"]) {
    media.addEventListener(type, ({ detail }) => events.push([type, detail]));
  }
});

test("asks one question for both, and for 640x480 first", async () => {
  await media.start();
  assert.equal(devices.asked.length, 1);
  assert.deepEqual(devices.asked[0].video.width, { ideal: 640 });
  assert.deepEqual(media.status, { camera: "ok", microphone: "ok" });
});

test("who starts twice is asked once", async () => {
  await Promise.all([media.start(), media.start()]);
  assert.equal(devices.asked.length, 1);
});

const REASONS = { NotAllowedError: "denied", NotFoundError: "missing", NotReadableError: "busy" };
for (const [name, status] of Object.entries(REASONS)) {
  test(`${name} of the camera leaves the microphone and says "${status}"`, async () => {
    devices.errors.camera = name;
    await media.start();
    assert.deepEqual(media.status, { camera: status, microphone: "ok" });
    assert.ok(media.track("audio"));
    assert.equal(media.track("camera"), null);
  });
}

test("an unknown reason counts as missing", () => {
  assert.equal(reasonOf(new Error("?")), "missing");
  assert.equal(reasonOf(undefined), "missing");
});

test("another camera takes the place of the old one", async () => {
  devices.plugged.camera.push("cam2");
  await media.start();
  const old = media.track("camera");
  await media.setDevice("camera", "cam2");
  assert.equal(media.inUse("camera").label, "cam2");
  assert.equal(old.stopped, true);
  assert.deepEqual(media.stream.getVideoTracks(), [media.track("camera")]);
  assert.deepEqual(events.at(-1), ["track", { line: "camera", track: media.track("camera") }]);
});

test("a camera that cannot be had leaves one that can", async () => {
  await media.start();
  await media.setDevice("camera", "gone");
  assert.equal(media.inUse("camera").label, "cam1");
  assert.deepEqual(events.at(-1), ["ended", { kind: "camera", label: "cam1" }]);
});

test("when a camera is unplugged another one steps in, and it is said", async () => {
  devices.plugged.camera = ["cam1", "cam2"];
  await media.start();
  devices.plugged.camera = ["cam2"];
  media.track("camera").unplugged();
  await done();
  assert.equal(media.inUse("camera").label, "cam2");
  assert.deepEqual(events.at(-1), ["ended", { kind: "camera", label: "cam2" }]);
});

test("a microphone that was unplugged is used again as soon as it is back", async () => {
  await media.start();
  devices.plugged.microphone = [];
  media.track("audio").unplugged();
  await done();
  assert.equal(media.status.microphone, "missing");
  assert.deepEqual(events.at(-1), ["ended", { kind: "microphone", label: "" }]);
  devices.plugged.microphone = ["mic1"];
  devices.dispatchEvent(new Event("devicechange"));
  await done();
  assert.equal(media.status.microphone, "ok");
});

test("what was denied is not asked for again when something is plugged in", async () => {
  devices.errors.camera = "NotAllowedError";
  await media.start();
  const before = devices.asked.length;
  devices.dispatchEvent(new Event("devicechange"));
  await done();
  assert.equal(devices.asked.length, before);
});

test("a chosen speaker is let go when it is unplugged", async () => {
  devices.plugged.speaker = ["headset"];
  await media.setDevice("speaker", "headset");
  devices.plugged.speaker = [];
  devices.dispatchEvent(new Event("devicechange"));
  await done();
  assert.equal(media.speaker.id, "");
  assert.deepEqual(events.at(-1), ["ended", { kind: "speaker", label: "" }]);
});

test("silence outlasts a change of the microphone", async () => {
  devices.plugged.microphone = ["mic1", "mic2"];
  await media.start();
  media.muteAudio(true);
  await media.setDevice("microphone", "mic2");
  assert.equal(media.track("audio").enabled, false);
  assert.equal(media.status.microphone, "off");
  media.muteAudio(false);
  assert.equal(media.track("audio").enabled, true);
});

test("after the end nothing is on, the shared screen neither", async () => {
  await media.start();
  const screen = new FakeTrack("video", "screen");
  const camera = media.track("camera");
  media.share(screen);
  await media.stop();
  assert.deepEqual([camera.stopped, screen.stopped, media.track("screen")], [true, true, null]);
  assert.deepEqual(media.status, { camera: "off", microphone: "off" });
  assert.deepEqual(media.stream.getTracks(), []);
});

test("a page without any devices says so", async () => {
  devices = undefined;
  const poor = new LocalMedia();
  await poor.start();
  assert.deepEqual(poor.status, { camera: "denied", microphone: "denied" });
});
