import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { Signalling } from "../../../static/wire.js";
import { FakePeerConnection, FakeSocket, FakeStream, furnish, sdp, settled } from "./fakes.js";

/** A page with two guests in its queue; only what is asked of it. */
class FakePage extends EventTarget {
  rows = ["b1", "b2"];

  querySelector() {
    return this.rows.length ? button(this.rows[0]) : null;
  }

  presses(visit) {
    const event = new Event("click");
    Object.defineProperty(event, "target", { value: button(visit) });
    this.dispatchEvent(event);
  }
}

class FakeElement {
  constructor(visit) {
    this.dataset = { visit };
  }

  closest() {
    return this;
  }
}

const button = (visit) => new FakeElement(visit);
const made = [];
furnish({
  window: new EventTarget(),
  document: new FakePage(),
  Element: FakeElement,
  HTMLElement: FakeElement,
  MediaStream: FakeStream,
  RTCPeerConnection: class extends FakePeerConnection {
    static async generateCertificate() {
      return {};
    }

    constructor(configuration) {
      super(configuration);
      made.push(this);
    }

    addEventListener(_type, listener) {
      // All addresses are found at once.
      queueMicrotask(listener);
    }
  },
});
const spare = await import("../../../static/call/spare.js");
const { rehearsals } = await import("../../../static/call/rehearsal.js");
const { takeUnderstudy, understudies } = await import("../../../static/call/understudy.js");
const { withoutAddresses } = await import("../../../static/call/description.js");
const { Mesh } = await import("../../../static/call/mesh.js");

const DESK = "d".repeat(32);
const GUEST = "e".repeat(32);
const ICE = { servers: [], relay_only: false };
const CANDIDATE = "candidate:1 1 udp 1 192.0.2.1 9 typ host";
const camera = { kind: "video", enabled: true };
const tracks = { audio: { kind: "audio" }, camera, screen: null };
const media = Object.assign(new EventTarget(), {
  stream: new FakeStream(),
  track: (line) => tracks[line],
});
let socket;
let signalling;
let off = () => {};

const sent = (type) => socket.sent.filter((message) => message.type === type);
const carried = (pc) => pc.getTransceivers().map(({ sender }) => sender.track);
const comes = async (type, body) => {
  socket.happens("message", { type, [type]: body });
  await settled();
};

beforeEach(async () => {
  off();
  spare.unprepare();
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"] });
  made.length = 0;
  document.rows = ["b1", "b2"];
  socket = new FakeSocket();
  signalling = new Signalling(socket);
  signalling.connect();
  socket.happens("connect");
  socket.answers({ ice: ICE });
  await settled();
});

async function desk() {
  off();
  off = rehearsals({ signalling, media, session: DESK }, () => true);
  await spare.prepare({ ice: ICE, media });
  document.dispatchEvent(new Event("call:prepared"));
  await settled();
}

async function answered(more = {}) {
  socket.answers({}, sent("visit.prepare").at(-1));
  await settled();
  const description = { type: "answer", sdp: sdp("guest 1") };
  const body = { visit: "b1", session: GUEST, to_session: DESK, description, ...more };
  await comes("visit.prepared", body);
}

test("addresses are taken out of a description, whatever form they have", () => {
  const full = [
    "v=0",
    "m=audio 46154 UDP/TLS/RTP/SAVPF 111",
    "c=IN IP4 192.0.2.1",
    "a=rtcp:46154 IN IP4 192.0.2.1",
    `a=${CANDIDATE}`,
    "a=end-of-candidates",
    "m=application 0 UDP/DTLS/SCTP webrtc-datachannel",
    "",
  ].join("\r\n");
  const { sdp: silent } = withoutAddresses({ type: "offer", sdp: full });
  assert.doesNotMatch(silent, /192\.0\.2|candidate|46154/);
  assert.match(silent, /^m=audio 9 /m);
  assert.match(silent, /^m=application 0 /m);
});

test("the desk rehearses with the guest who is next, and sends nothing meanwhile", async () => {
  await desk();
  const [{ "visit.prepare": asked }] = sent("visit.prepare");
  assert.deepEqual([asked.visit, asked.session], ["b1", DESK]);
  assert.deepEqual(carried(made[0]), [null, null, null]);
  await answered();
  assert.equal(made[0].signalingState, "stable");
  assert.deepEqual(carried(made[0]), [null, null, null]);
});

test("addresses that an answer smuggles in are not used", async () => {
  await desk();
  const description = { type: "answer", sdp: sdp("guest 1", { candidates: [CANDIDATE] }) };
  await answered({ description });
  assert.doesNotMatch(made[0].remoteDescription.sdp, /candidate/);
});

test("the answer for another desk, or of a second page, is not read", async () => {
  await desk();
  await answered({ to_session: GUEST });
  assert.equal(made[0].remoteDescription, null);
  await answered();
  const first = made[0].remoteDescription;
  await answered({ session: "f".repeat(32) });
  assert.equal(made[0].remoteDescription, first);
});

test("the offer of a rehearsal is for that guest only", async () => {
  await desk();
  await answered();
  document.presses("b1");
  assert.ok(spare.takeOffer());
  await desk();
  await answered();
  document.presses("b2");
  assert.equal(spare.takeOffer(), null);
});

test("a guest who does not answer leaves an offer that is good for anybody", async () => {
  await desk();
  socket.answers({}, sent("visit.prepare")[0]);
  await settled();
  mock.timers.tick(1500);
  await settled();
  assert.deepEqual(carried(made[0]).slice(0, 2), [tracks.audio, camera]);
  document.presses("b2");
  assert.ok(spare.takeOffer());
});

test("at the admission the picture starts, to the page that rehearsed", async () => {
  await desk();
  await answered();
  document.presses("b1");
  spare.takeOffer();
  const { peer, session } = spare.takeSpare();
  const call = "c".repeat(32);
  const of = { call, me: "1", session: DESK, ice: ICE, certificate: {}, media, signalling };
  const mesh = new Mesh(of);
  const person = { participant: "2", name: "Erika Muster", role: "guest", session };
  mesh.meet(person, { offer: true, peer });
  await settled();
  assert.equal(session, GUEST);
  assert.deepEqual(carried(made[0]).slice(0, 2), [tracks.audio, camera]);
  // The guest has reloaded since: its answer is none to what was rehearsed.
  const description = { type: "answer", sdp: sdp("other page") };
  const fresh = "f".repeat(32);
  await comes("call.description", { call, from: "2", session: fresh, description });
  const { "call.description": offer } = sent("call.description").at(-1);
  assert.deepEqual([offer.description.type, offer.to_session], ["offer", fresh]);
  mesh.close();
});

test("a connection that stands before our own server has answered is not missed", async () => {
  await desk();
  await answered();
  document.presses("b1");
  spare.takeOffer();
  const { peer, session } = spare.takeSpare();
  // The guest's page was told first, and has reached this one already.
  const { control, chat } = made[0].channels;
  for (const channel of [control, chat]) {
    channel.readyState = "open";
    channel.onopen();
  }
  made[0].connectionState = "connected";
  made[0].onconnectionstatechange();
  control.hears({ type: "state", audio: true, camera: false, screen: false });
  const call = "c".repeat(32);
  const of = { call, me: "1", session: DESK, ice: ICE, certificate: {}, media, signalling };
  const mesh = new Mesh(of);
  const told = [];
  for (const type of ["met", "state", "control", "chat", "word"]) {
    mesh.addEventListener(type, ({ detail }) => told.push([type, detail.detail?.camera]));
  }
  mesh.meet({ participant: "2", name: "Erika Muster", role: "guest", session }, { peer });
  await settled();
  assert.deepEqual(told, [
    ["met", undefined],
    ["state", undefined],
    ["control", undefined],
    ["chat", undefined],
    ["word", false],
  ]);
  mesh.close();
});

const PROPOSED = { type: "offer", sdp: sdp("desk 1", { candidates: [CANDIDATE] }) };

async function rehearsed(session = DESK) {
  await comes("visit.prepare", { visit: "b1", session, description: PROPOSED });
}

test("a guest answers without any address, and sends nothing", async () => {
  off = understudies({ signalling, media, session: GUEST }, () => true);
  await rehearsed();
  const [{ "visit.prepared": answer }] = sent("visit.prepared");
  assert.deepEqual([answer.session, answer.to_session], [GUEST, DESK]);
  assert.equal(answer.description.type, "answer");
  assert.doesNotMatch(made[0].remoteDescription.sdp, /candidate/);
  assert.deepEqual(carried(made[0]), [null, null, null]);
  assert.equal(sent("call.candidate").length, 0);
});

test("in a call nothing is rehearsed", async () => {
  off = understudies({ signalling, media, session: GUEST }, () => false);
  await rehearsed();
  assert.equal(made.length, 0);
});

test("the admission takes the connection that fits, and drops the others", async () => {
  off = understudies({ signalling, media, session: GUEST }, () => true);
  await rehearsed();
  await rehearsed("a".repeat(32));
  assert.ok(takeUnderstudy(DESK, PROPOSED));
  assert.equal(made[1].signalingState, "closed");
  await rehearsed();
  assert.equal(takeUnderstudy(DESK, { type: "offer", sdp: sdp("desk 2") }), undefined);
  await rehearsed();
  assert.equal(takeUnderstudy(DESK, null), undefined);
  assert.equal(takeUnderstudy(null, PROPOSED), undefined);
});

test("more than three desks are not waited for", async () => {
  off = understudies({ signalling, media, session: GUEST }, () => true);
  for (const digit of "1234") await rehearsed(digit.repeat(32));
  assert.deepEqual(
    made.map(({ signalingState }) => signalingState),
    ["closed", "stable", "stable", "stable"],
  );
});

test("a server that knows no rehearsals is asked once", async () => {
  await desk();
  const error = { code: "unknown_type", message: "", details: {} };
  socket.happens("message", { id: sent("visit.prepare")[0].id, type: "error", error });
  await settled();
  assert.deepEqual(carried(made[0]).slice(0, 2), [tracks.audio, camera]);
  document.presses("b2");
  assert.ok(spare.takeOffer());
  await desk();
  assert.equal(sent("visit.prepare").length, 1);
});
