import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { FakeStream, FakeTrack, furnish } from "./fakes.js";

/** A camera with background blur, as far as `offers` goes. */
class Camera extends FakeTrack {
  asked = [];
  breaks = false;
  #isOn;

  constructor(id, { offers, isOn = false }) {
    super("video", id);
    this.offers = offers;
    this.#isOn = isOn;
    this.getSettings = () => ({ deviceId: id, backgroundBlur: this.#isOn });
  }

  getCapabilities() {
    return { backgroundBlur: this.offers };
  }

  async applyConstraints(wish) {
    this.asked.push(wish);
    if (this.breaks) throw new Error("OverconstrainedError");
    this.#isOn = wish.backgroundBlur.exact;
  }

  /** The system's own switch. */
  system(isOn) {
    this.#isOn = isOn;
    this.dispatchEvent(new Event("configurationchange"));
  }
}

const BOTH = { offers: [false, true] };
let cameras;
let opened;
furnish({
  MediaStream: FakeStream,
  navigator: {
    mediaDevices: Object.assign(new EventTarget(), {
      async getUserMedia({ video, audio }) {
        const tracks = audio ? [new FakeTrack("audio", "mic")] : [];
        if (video) {
          const id = video.deviceId?.exact ?? Object.keys(cameras)[0];
          opened = new Camera(id, cameras[id]);
          tracks.push(opened);
        }
        return new FakeStream(tracks);
      },
    }),
  },
});
const { LocalMedia } = await import("../../../static/call/media.js");

let media;
let sent;
let hidden;

beforeEach(async () => {
  cameras = { one: BOTH };
  media = new LocalMedia();
  await media.blur.set(false);
  [sent, hidden] = [[], 0];
  media.addEventListener("track", ({ detail: { line, track } }) => {
    if (line === "camera") sent.push(track ? track.getSettings().backgroundBlur : null);
  });
  media.blur.addEventListener("hidden", () => {
    hidden += 1;
  });
});

const last = () => sent.at(-1);

test("it is off until somebody wants it, and then switched in the running picture", async () => {
  await media.start();
  assert.deepEqual([media.blur.state, opened.asked], ["off", []]);
  await media.blur.set(true);
  assert.equal(media.blur.state, "on");
  // The rest of what was wished for is not given up.
  assert.deepEqual(opened.asked[0].width, { ideal: 640 });
  await media.blur.set(false);
  assert.deepEqual([media.blur.state, media.status.camera, hidden], ["off", "ok", 0]);
});

test("who wants it is seen with it from the first picture on, after a reload too", async () => {
  await media.blur.set(true);
  await media.start();
  assert.deepEqual(sent, [true]);
  const again = new LocalMedia();
  assert.equal(again.blur.isWanted, true);
  await again.start();
  assert.equal(again.track("camera").getSettings().backgroundBlur, true);
});

const UNABLE = {
  "a browser that knows nothing of it": { offers: undefined },
  "a camera without it": { offers: [false] },
};
for (const [name, camera] of Object.entries(UNABLE)) {
  test(`${name} shows nobody who wants it, until they give it up`, async () => {
    cameras.one = camera;
    await media.blur.set(true);
    await media.start();
    assert.equal(media.track("camera"), null);
    assert.deepEqual([media.status.camera, media.status.microphone, hidden], ["bare", "ok", 1]);
    assert.equal(opened.stopped, true);
    await media.blur.set(false);
    assert.deepEqual([media.status.camera, last(), media.blur.state], ["ok", false, "none"]);
  });
}

test("where it fails the camera goes off", async () => {
  await media.start();
  opened.breaks = true;
  await media.blur.set(true);
  assert.deepEqual([media.status.camera, last(), hidden], ["bare", null, 1]);
});

test("when the system takes it away it is put on again, or the camera goes off", async () => {
  await media.start();
  await media.blur.set(true);
  opened.system(false);
  await media.start();
  assert.deepEqual([media.blur.state, media.status.camera, hidden], ["on", "ok", 0]);
  opened.breaks = true;
  opened.system(false);
  await new Promise((resolve) => setTimeout(resolve));
  assert.deepEqual([media.status.camera, last(), hidden], ["bare", null, 1]);
});

test("what the system alone switches is said, and cannot be switched here", async () => {
  cameras.one = { offers: [true], isOn: true };
  await media.start();
  assert.equal(media.blur.state, "fixed");
  await media.blur.set(true);
  assert.equal(media.status.camera, "ok");
});

test("another camera that cannot do it shows nobody, and does not lead back to the old one", async () => {
  cameras.two = { offers: [false] };
  await media.start();
  await media.blur.set(true);
  await media.setDevice("camera", "two");
  assert.deepEqual([media.status.camera, last(), hidden], ["bare", null, 1]);
  await media.setDevice("camera", "one");
  assert.deepEqual([media.status.camera, last()], ["ok", true]);
});
