import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeStream, furnish } from "./fakes.js";

const TRACKS = [{ kind: "audio" }, { kind: "video" }];

/** A connection that gathers at once, and then goes where the test says. */
class Connection extends EventTarget {
  iceGatheringState = "new";
  connectionState = "new";
  localDescription = null;
  channel = Object.assign(new EventTarget(), { readyState: "connecting", close() {} });
  lines = [];

  constructor(configuration) {
    super();
    Connection.last = this;
    this.configuration = configuration;
  }

  createDataChannel() {
    return this.channel;
  }

  addTransceiver(track) {
    const line = { track, setCodecPreferences: (codecs) => Object.assign(line, { codecs }) };
    this.lines.push(line);
    return line;
  }

  async setLocalDescription() {
    this.localDescription = { type: "offer", sdp: "the offer" };
    this.iceGatheringState = "complete";
  }

  async setRemoteDescription(description) {
    this.remoteDescription = description;
  }

  becomes(state) {
    this.connectionState = state;
    if (state === "connected") this.channel.readyState = "open";
    this.dispatchEvent(new Event("connectionstatechange"));
    this.channel.dispatchEvent(new Event("open"));
  }

  close() {
    this.connectionState = "closed";
  }
}

const codecs = ["video/H264", "video/VP8"].map((mimeType) => ({ mimeType }));
furnish({
  RTCPeerConnection: Connection,
  MediaStream: FakeStream,
  RTCRtpSender: { getCapabilities: () => ({ codecs }) },
});
const { Echo, UnreachableError } = await import("../../../static/call/check/echo.js");
const { judge } = await import("../../../static/call/check/verdict.js");
const { between, look } = await import("../../../static/call/check/measure.js");
const { throughput } = await import("../../../static/call/check/throughput.js");

const GOOD = {
  width: 640,
  height: 480,
  sound: "heard",
  rate: 2600,
  loss: 0,
  delay: 0.02,
  relayed: false,
  canRelay: true,
};

test("what a consultation needs is good, and nothing is to be changed", () => {
  const { whole, advice } = judge(GOOD);
  assert.deepEqual([whole, advice], ["good", []]);
  assert.equal(judge({ ...GOOD, width: 480, height: 640 }).whole, "good");
  assert.equal(judge({ ...GOOD, canRelay: null }).advice.length, 0);
});

for (const [what, change, whole, advice] of [
  ["no picture", { width: 0, height: 0 }, "poor", ["camera"]],
  ["a small picture", { width: 320, height: 240 }, "fair", ["small"]],
  ["a wide, flat picture", { width: 640, height: 360 }, "fair", ["small"]],
  ["no sound", { sound: "none" }, "poor", ["microphone"]],
  ["silence", { sound: "silent" }, "fair", ["silent"]],
  ["one kilobit too little", { rate: 1999 }, "fair", ["rate"]],
  ["a slow line", { rate: 300 }, "poor", ["rate"]],
  ["some loss", { loss: 0.021 }, "fair", ["loss"]],
  ["much loss", { loss: 0.2 }, "poor", ["loss"]],
  ["a long way", { delay: 0.4 }, "fair", ["delay"]],
  ["a relay", { relayed: true }, "fair", ["relay"]],
  ["a relay that is away", { canRelay: false }, "good", ["no-relay"]],
]) {
  test(`${what} is told with what to change`, () => {
    const verdict = judge({ ...GOOD, ...change });
    assert.deepEqual([verdict.whole, verdict.advice], [whole, advice]);
  });
}

/** @param {object} picture @param {object} sound */
function report(picture, sound) {
  return [
    {
      type: "inbound-rtp",
      kind: "video",
      id: "v",
      packetsLost: 0,
      packetsReceived: 100,
      ...picture,
    },
    { type: "inbound-rtp", kind: "audio", id: "a", packetsLost: 0, packetsReceived: 0, ...sound },
    { type: "transport", id: "t", selectedCandidatePairId: "p" },
    { type: "candidate-pair", id: "p", localCandidateId: "l", currentRoundTripTime: 0.05 },
    { type: "local-candidate", id: "l", candidateType: "relay" },
  ];
}

test("two looks tell what came back, over which way, and how much of it was lost", () => {
  const size = { frameWidth: 640, frameHeight: 480 };
  const before = look(report({ ...size, framesDecoded: 3 }, {}));
  const now = look(
    report(
      { ...size, framesDecoded: 60, packetsReceived: 190, packetsLost: 10 },
      { packetsReceived: 200 },
    ),
  );
  const seen = between(before, now, true);
  assert.deepEqual([seen.width, seen.height, seen.sound], [640, 480, "heard"]);
  assert.deepEqual([seen.relayed, seen.delay], [true, 0.05]);
  assert.ok(Math.abs(seen.loss - 10 / 300) < 1e-9);
});

test("a picture that stands still is none, and sound that nobody hears is silence", () => {
  const still = { frameWidth: 640, frameHeight: 480, framesDecoded: 9 };
  const seen = between(
    look(report(still, {})),
    look(report(still, { packetsReceived: 50 })),
    false,
  );
  assert.deepEqual([seen.width, seen.sound], [0, "silent"]);
  assert.equal(between(look([]), look([]), true).sound, "none");
});

/** A line that carries so many kbit/s back, in a time of its own. @param {number} kbit */
async function over(kbit) {
  let [now, credit] = [0, 0];
  const waiting = [];
  const channel = {
    readyState: "open",
    onmessage: null,
    get bufferedAmount() {
      return waiting.reduce((sum, block) => sum + block.byteLength, 0);
    },
    send: (block) => waiting.push(block),
  };
  const wait = async (ms) => {
    now += ms;
    credit += (kbit * ms) / 8;
    while (waiting.length && credit >= waiting[0].byteLength) {
      credit -= waiting[0].byteLength;
      channel.onmessage?.({ data: waiting.shift() });
    }
    if (!waiting.length) credit = 0;
  };
  return throughput(channel, { now: () => now, wait });
}

test("a slow line is measured as slow, and a fast one is not flooded", async () => {
  assert.ok(Math.abs((await over(800)) - 800) < 40);
  const fast = await over(100_000);
  assert.ok(fast > 2800 && fast < 3200, String(fast));
  assert.equal(await over(0), 0);
});

test("the proposal goes once, with all addresses, and asks for the cheapest codec", async () => {
  const asked = [];
  const echo = new Echo({ servers: [{ urls: ["stun:s.example"] }], relay_only: true });
  const pc = Connection.last;
  assert.equal(pc.configuration.iceTransportPolicy, "relay");
  const done = echo.connect(TRACKS, async (sdp) => {
    asked.push(sdp);
    queueMicrotask(() => pc.becomes("connected"));
    return { type: "answer", sdp: "the answer" };
  });
  await done;
  assert.deepEqual(asked, ["the offer"]);
  assert.equal(pc.lines[1].codecs[0].mimeType, "video/VP8");
});

test("where no way leads to the peer, that is said and not waited for", async () => {
  const echo = new Echo({ servers: [], relay_only: false });
  const pc = Connection.last;
  const done = echo.connect(TRACKS, async () => {
    setTimeout(() => pc.becomes("failed"));
    return { type: "answer", sdp: "the answer" };
  });
  await assert.rejects(done, UnreachableError);
});
