import assert from "node:assert/strict";
import { test } from "node:test";
import { FakePeerConnection, FakeStream, FakeTrack, furnish, sdp } from "./fakes.js";

furnish({ RTCPeerConnection: FakePeerConnection, MediaStream: FakeStream });
const { Link } = await import("../../../static/call/link.js");

class FakeMedia extends EventTarget {
  stream = new FakeStream();
  tracks = {
    audio: new FakeTrack("audio", "m"),
    camera: new FakeTrack("video", "c"),
    screen: null,
  };

  track(line) {
    return this.tracks[line];
  }
}

const sent = ({ pc }) => pc.getTransceivers().map(({ sender }) => sender.track);

test("who is admitted before the lines of a rehearsal are laid out sends picture and sound all the same", async () => {
  const media = new FakeMedia();
  const link = new Link({}, media, true);
  link.admit();
  await link.pc.setRemoteDescription({ type: "offer", sdp: sdp("1") });
  link.adopt();
  assert.deepEqual(sent(link), [media.tracks.audio, media.tracks.camera, null]);
});

test("who is held sends nothing until the admission", async () => {
  const media = new FakeMedia();
  const link = new Link({}, media, true);
  await link.pc.setRemoteDescription({ type: "offer", sdp: sdp("1") });
  link.adopt();
  assert.deepEqual(sent(link), [null, null, null]);
  link.admit();
  assert.deepEqual(sent(link), [media.tracks.audio, media.tracks.camera, null]);
});
