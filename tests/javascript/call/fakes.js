/** Stand-ins for what only browsers have: sockets, connections, channels, devices. */

import assert from "node:assert/strict";

export class FakeSocket {
  sent = [];
  dialled = 0;
  #listeners = {};

  on(event, listener) {
    this.#listeners[event] ??= [];
    this.#listeners[event].push(listener);
  }

  emit(_event, message) {
    this.sent.push(structuredClone(message));
  }

  connect() {
    this.dialled++;
  }

  disconnect() {
    this.happens("disconnect");
  }

  happens(event, value) {
    for (const listener of this.#listeners[event] ?? []) listener(value);
  }

  answers(body, to = this.sent.at(-1)) {
    this.happens("message", { id: to.id, type: to.type, [to.type]: body });
  }
}

export class FakeChannel {
  readyState = "open";
  sent = [];
  onmessage = null;

  send(data) {
    this.sent.push(JSON.parse(data));
  }

  hears(message) {
    this.onmessage({ data: typeof message === "string" ? message : JSON.stringify(message) });
  }
}

const FINGERPRINT = Array(32).fill("AB").join(":");

/** A description as far as our code reads it. */
export function sdp(origin, { fingerprint = FINGERPRINT, candidates = [] } = {}) {
  const lines = [
    "v=0",
    `o=${origin}`,
    "a=ice-ufrag:F7gI",
    `a=fingerprint:sha-256 ${fingerprint}`,
    ...candidates.map((candidate) => `a=${candidate}`),
  ];
  return `${lines.join("\r\n")}\r\n`;
}

let connections = 0;

/** A connection that follows the state machine of descriptions, and no more. */
export class FakePeerConnection {
  signalingState = "stable";
  connectionState = "new";
  iceGatheringState = "complete";
  localDescription = null;
  currentLocalDescription = null;
  remoteDescription = null;
  candidates = [];
  restarts = 0;
  channels = {};
  #transceivers = [];
  #name = `page${++connections}`;
  #version = 0;

  constructor(configuration) {
    this.configuration = configuration;
  }

  createDataChannel(label) {
    this.channels[label] = new FakeChannel();
    this.channels[label].readyState = "connecting";
    return this.channels[label];
  }

  addTransceiver(track) {
    const transceiver = {
      sender: {
        track: track?.kind ? track : null,
        replaceTrack: async (next) => this.#replace(transceiver, next),
      },
      receiver: { track: { kind: track?.kind ?? track } },
    };
    this.#transceivers.push(transceiver);
    return transceiver;
  }

  #replace(transceiver, track) {
    transceiver.sender.track = track;
  }

  getTransceivers() {
    return this.#transceivers;
  }

  async setLocalDescription(description) {
    assert.equal(description, undefined);
    const type = this.signalingState === "have-remote-offer" ? "answer" : "offer";
    await this.#describing();
    this.localDescription = { type, sdp: sdp(`${this.#name} ${++this.#version}`) };
    this.signalingState = type === "answer" ? "stable" : "have-local-offer";
    this.#agree();
  }

  /** Describing takes a while, and never ends on a connection that was closed meanwhile. */
  async #describing() {
    await Promise.resolve();
    if (this.signalingState === "closed") await new Promise(() => {});
  }

  async setRemoteDescription(description) {
    this.remoteDescription = description;
    this.signalingState = description.type === "answer" ? "stable" : "have-remote-offer";
    this.#agree();
    while (this.#transceivers.length < 3) this.addTransceiver("video");
  }

  #agree() {
    if (this.signalingState === "stable") this.currentLocalDescription = this.localDescription;
  }

  async addIceCandidate(candidate) {
    this.candidates.push(candidate);
  }

  setConfiguration(configuration) {
    this.configuration = configuration;
  }

  getConfiguration() {
    return this.configuration;
  }

  restartIce() {
    this.restarts++;
    this.onnegotiationneeded?.();
  }

  addEventListener() {}

  close() {
    this.connectionState = "closed";
    this.signalingState = "closed";
  }
}

export class FakeTrack extends EventTarget {
  enabled = true;
  stopped = false;

  constructor(kind, id) {
    super();
    this.kind = kind;
    this.label = id;
    this.getSettings = () => ({ deviceId: id });
  }

  stop() {
    this.stopped = true;
  }

  unplugged() {
    this.onended?.();
  }
}

export class FakeStream {
  constructor(tracks = []) {
    this.tracks = [...tracks];
  }

  addTrack(track) {
    this.tracks.push(track);
  }

  removeTrack(track) {
    this.tracks = this.tracks.filter((each) => each !== track);
  }

  getTracks() {
    return this.tracks;
  }

  getVideoTracks() {
    return this.tracks.filter(({ kind }) => kind === "video");
  }

  getAudioTracks() {
    return this.tracks.filter(({ kind }) => kind === "audio");
  }
}

/** Put browser things where modules look for them. */
export function furnish(things) {
  for (const [name, value] of Object.entries(things)) {
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }
}

/** Let all that is promised happen. */
export async function settled() {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}
