import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { Signalling } from "../../../static/wire.js";
import { FakePeerConnection, FakeSocket, FakeStream, furnish, sdp, settled } from "./fakes.js";

const made = [];
furnish({
  window: new EventTarget(),
  MediaStream: FakeStream,
  RTCPeerConnection: class extends FakePeerConnection {
    constructor(configuration) {
      super(configuration);
      made.push(this);
    }
  },
});
const { Mesh } = await import("../../../static/call/mesh.js");

const [CALL, ME, HOST] = ["c", "a", "d"].map((digit) => digit.repeat(32));
const [MINE, OLD, NEW] = ["1", "2", "3"].map((digit) => digit.repeat(32));
const person = (session) => ({ participant: HOST, name: "Dr. Mara Probe", role: "host", session });
const media = Object.assign(new EventTarget(), { stream: new FakeStream(), track: () => null });
let socket;
let mesh;
let events;

const sent = (type) => socket.sent.filter((message) => message.type === type);
const comes = (type, body) => {
  socket.happens("message", { type, [type]: { call: CALL, ...body } });
  return settled();
};
const described = (type, session, more = {}) => {
  const description = { type, sdp: sdp(`them ${session}`) };
  return comes("call.description", { from: HOST, session, description, ...more });
};

beforeEach(async () => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout", "Date"] });
  made.length = 0;
  events = [];
  socket = new FakeSocket();
  const signalling = new Signalling(socket);
  signalling.connect();
  socket.happens("connect");
  socket.answers({ ice: { servers: [], relay_only: false } });
  await settled();
  const ice = { servers: [], relay_only: false };
  mesh = new Mesh({ call: CALL, me: ME, session: MINE, ice, certificate: {}, media, signalling });
  for (const type of ["left", "replaced", "alarm"]) {
    mesh.addEventListener(type, () => events.push(type));
  }
});

test("who joins offers to everybody, also to who was let in and never joined", async () => {
  const admitted = {
    participant: "b".repeat(32),
    name: "Jan Beispiel",
    role: "guest",
    session: null,
  };
  mesh.compare([person(OLD), admitted]);
  await settled();
  const offers = sent("call.description").map((message) => message["call.description"]);
  assert.deepEqual(
    offers.map(({ to, session, to_session: meant }) => [to, session, meant]),
    [
      [HOST, MINE, OLD],
      ["b".repeat(32), MINE, undefined],
    ],
  );
  assert.equal(mesh.entries.size, 2);
});

test("a guest answers the offer that came with the admission", async () => {
  const { peer } = mesh.meet(person(OLD));
  await peer.receive({ type: "offer", sdp: sdp("them 1") });
  const [{ "call.description": answer }] = sent("call.description");
  assert.equal(answer.description.type, "answer");
  assert.equal(answer.to_session, OLD);
});

test("somebody who comes back from another page gets a new connection", async () => {
  mesh.meet(person(OLD));
  await comes("call.joined", { participant: person(NEW) });
  assert.equal(made.length, 2);
  assert.equal(made[0].signalingState, "closed");
  await described("offer", NEW, { to_session: MINE });
  assert.equal(sent("call.description").at(-1)["call.description"].to_session, NEW);
});

test("somebody whose socket was away keeps the connection", async () => {
  mesh.meet(person(OLD));
  await comes("call.joined", { participant: person(OLD) });
  assert.equal(made.length, 1);
});

test("a new page is noticed by its offer even before the server tells of it", async () => {
  mesh.meet(person(OLD));
  await described("offer", NEW, { to_session: MINE });
  assert.equal(made.length, 2);
  await comes("call.joined", { participant: person(NEW) });
  assert.equal(made.length, 2);
});

test("the answer of an earlier page is set aside", async () => {
  mesh.meet(person(NEW), { offer: true });
  await settled();
  await described("answer", OLD, { to_session: MINE });
  assert.equal(made[0].remoteDescription, null);
});

test("what is meant for an earlier page of ours is set aside", async () => {
  mesh.meet(person(OLD));
  await described("offer", OLD, { to_session: NEW });
  assert.equal(made[0].remoteDescription, null);
});

test("an offer without address does not cross ours: it was sent before we came back", async () => {
  mesh.meet(person(OLD), { offer: true });
  await settled();
  await described("offer", OLD);
  assert.equal(made[0].remoteDescription, null);
});

test("messages of other calls and of strangers are set aside", async () => {
  mesh.meet(person(OLD));
  await described("offer", OLD, { call: "f".repeat(32) });
  await described("offer", OLD, { from: "9".repeat(32) });
  assert.equal(made.length, 1);
  assert.equal(made[0].remoteDescription, null);
});

test("who hung up is dropped, and who is no longer in the call", async () => {
  mesh.meet(person(OLD));
  await comes("call.left", { participant: HOST, reason: "left" });
  mesh.meet(person(OLD));
  mesh.compare([]);
  assert.deepEqual(events, ["left", "left"]);
  assert.equal(mesh.entries.size, 0);
});

test("another page of the same person makes this one step back", async () => {
  const me = { participant: ME, name: "Erika Muster", role: "guest" };
  await comes("call.joined", { participant: { ...me, session: MINE } });
  assert.deepEqual(events, []);
  await comes("call.joined", { participant: { ...me, session: NEW } });
  assert.deepEqual(events, ["replaced"]);
});

test("another key of the same page is an alarm, and ends the connection", async () => {
  const { peer } = mesh.meet(person(OLD));
  await peer.receive({ type: "offer", sdp: sdp("them 1") });
  const fingerprint = Array(32).fill("CD").join(":");
  await peer.receive({ type: "offer", sdp: sdp("them 2", { fingerprint }) });
  assert.deepEqual(events, ["alarm"]);
  assert.equal(made[0].signalingState, "closed");
});

test("two first offers at once: the polite side drops its own connection", async () => {
  const low = { ...person(OLD), participant: "0".repeat(32) };
  const { peer } = mesh.meet(low, { offer: true });
  await settled();
  await peer.receive({ type: "offer", sdp: sdp("them 1") });
  assert.equal(made.length, 2);
  assert.equal(sent("call.description").at(-1)["call.description"].description.type, "answer");
});

test("an offer that comes while ours is still being made: the polite side drops its own", async () => {
  const low = { ...person(OLD), participant: "0".repeat(32) };
  const { peer } = mesh.meet(low, { offer: true });
  // Not settled: the browser is still describing what we offer.
  assert.equal(made[0].localDescription, null);
  await peer.receive({ type: "offer", sdp: sdp("them 1") });
  await settled();
  assert.equal(made.length, 2);
  assert.equal(made[0].signalingState, "closed");
  assert.equal(made[1].getTransceivers().length, 3);
  assert.equal(sent("call.description").at(-1)["call.description"].description.type, "answer");
});

test("two first offers at once: the impolite side keeps its own", async () => {
  const { peer } = mesh.meet(person(OLD), { offer: true });
  await settled();
  await peer.receive({ type: "offer", sdp: sdp("them 1") });
  assert.equal(made.length, 1);
  assert.equal(made[0].remoteDescription, null);
});

test("once connected, new proposals go from browser to browser", async () => {
  const { peer } = mesh.meet(person(OLD));
  await peer.receive({ type: "offer", sdp: sdp("them 1") });
  const [pc] = made;
  pc.connectionState = "connected";
  pc.channels.control.readyState = "open";
  const before = socket.sent.length;
  pc.restartIce();
  await settled();
  assert.equal(pc.channels.control.sent.at(-1).description.type, "offer");
  assert.equal(socket.sent.length, before);
  mock.timers.tick(3000);
  assert.equal(socket.sent.length, before + 1);
});

test("while the path is broken they go over the server, though the channel looks open", async () => {
  const { peer } = mesh.meet(person(OLD));
  await peer.receive({ type: "offer", sdp: sdp("them 1") });
  const [pc] = made;
  pc.connectionState = "disconnected";
  pc.channels.control.readyState = "open";
  pc.restartIce();
  await settled();
  assert.equal(pc.channels.control.sent.length, 0);
  assert.equal(sent("call.description").at(-1)["call.description"].description.type, "offer");
});

test("a lost socket touches no connection", async () => {
  mesh.meet(person(OLD));
  socket.happens("disconnect");
  await settled();
  assert.equal(made[0].signalingState, "stable");
  assert.equal(mesh.entries.size, 1);
});

test("nonsense over the control channel is not heard", async () => {
  const { peer } = mesh.meet(person(OLD));
  const words = [];
  peer.addEventListener("word", ({ detail }) => words.push(detail));
  const { control } = made[0].channels;
  for (const data of ["", "{", "null", "[]", '{"type":"description"}', '{"type":"other"}']) {
    control.hears(data);
  }
  control.hears({ type: "bye" });
  await settled();
  assert.deepEqual(words, [{ type: "bye" }]);
});

/** A mesh with its own socket. */
async function meshOf(me, session) {
  const ice = { servers: [], relay_only: false };
  const own = new FakeSocket();
  const signalling = new Signalling(own);
  signalling.connect();
  own.happens("connect");
  own.answers({ ice });
  await settled();
  own.sent.length = 0;
  const of = { call: CALL, me, session, ice, certificate: {}, media, signalling };
  return { me, socket: own, mesh: new Mesh(of) };
}

/** Pass on what one has said until then, as the server does. */
async function carry(from, to) {
  for (const { type, [type]: body } of from.socket.sent.splice(0)) {
    to.socket.happens("message", { type, [type]: { ...body, from: from.me } });
  }
  await settled();
}

test("two who join in the same moment, each unknown to the other, still find each other", async () => {
  const [one, other] = [await meshOf(ME, MINE), await meshOf(HOST, NEW)];
  for (const [here, there] of [
    [one, other],
    [other, one],
  ]) {
    here.mesh.compare([{ participant: there.me, name: "", role: "host", session: null }]);
  }
  await settled();
  for (let turn = 0; turn < 4; turn++) {
    await carry(one, other);
    await carry(other, one);
  }
  const links = [one, other].map(({ mesh: each }) => [...each.entries.values()][0].peer.link.pc);
  for (const pc of links) {
    assert.equal(pc.signalingState, "stable");
    assert.ok(pc.remoteDescription);
  }
});

test("an answer that does not fit the past makes the page come back as another, and not for ever", async () => {
  mesh.compare([person(OLD)]);
  await settled();
  const unfit = async () => {
    throw new Error("Failed to set SSL role for the transport.");
  };
  const sessions = new Set([MINE]);
  for (let turn = 0; turn < 9; turn++) {
    made.at(-1).setRemoteDescription = unfit;
    const description = { type: "answer", sdp: sdp(`them ${turn}`) };
    await comes("call.description", { from: HOST, session: OLD, description });
    if (socket.sent.at(-1).type !== "call.join") continue;
    sessions.add(sent("call.join").at(-1)["call.join"].session);
    socket.answers({ participants: [person(OLD)] });
    await settled();
    const { session } = sent("call.description").at(-1)["call.description"];
    assert.equal(session, mesh.session);
  }
  assert.equal(sessions.size, 6);
  assert.equal(made.length, 6);
  assert.equal(made.at(-1).signalingState, "have-local-offer");
  assert.ok(made.slice(0, -1).every(({ signalingState }) => signalingState === "closed"));
});

test("a handshake that failed on a way that stands is no matter of another way", async () => {
  mesh.compare([person(OLD)]);
  await settled();
  const [pc] = made;
  pc.connectionState = "failed";
  pc.iceConnectionState = "failed";
  pc.onconnectionstatechange();
  assert.equal(sent("call.join").length, 0);
  pc.iceConnectionState = "connected";
  pc.onconnectionstatechange();
  assert.equal(sent("call.join").length, 1);
});
