/** One RTCPeerConnection as calls use it: three lines of media, three data channels, all laid out at the start. */

import { listen } from "./tell.js";

/** @typedef {import("./media.js").LocalMedia} LocalMedia */
/** @typedef {"audio" | "camera" | "screen"} Line */

// Both sides know the numbers, so that no channel waits for the other side's announcement.
const CHANNELS = { control: 0, chat: 1, board: 2, marks: 3 };
/** @type {Line[]} */
const LINES = ["audio", "camera", "screen"];

export class Link {
  /** @type {Record<string, RTCDataChannel>} */
  channels = {};
  /** @type {Partial<Record<Line, RTCRtpTransceiver>>} */
  lines = {};
  /** What the other side shows of itself, and of its screen; there as soon as the lines are. */
  /** @type {MediaStream | undefined} */
  remote;
  /** @type {MediaStream | undefined} */
  remoteScreen;
  #media;
  #held;
  /** @type {Map<Line, MediaStreamTrack | null>} */
  #carried = new Map();
  /** @type {() => void} */
  #unfollow = () => {};

  /** @param {RTCConfiguration} configuration @param {LocalMedia} media @param {boolean} [held] sends nothing yet */
  constructor(configuration, media, held = false) {
    this.#held = held;
    this.pc = new RTCPeerConnection(configuration);
    this.#media = media;
    for (const [label, id] of Object.entries(CHANNELS)) {
      this.channels[label] = this.pc.createDataChannel(label, { negotiated: true, id });
    }
  }

  /** The first offer lays out the lines; the screen's stays empty until something is shared. */
  async offer() {
    const { stream } = this.#media;
    for (const line of LINES) {
      const kind = line === "audio" ? "audio" : "video";
      const track = this.#held ? null : this.#media.track(line);
      this.#carried.set(line, track);
      /** @type {RTCRtpTransceiverInit} */
      const options = { direction: "sendrecv", streams: [stream] };
      this.lines[line] = this.pc.addTransceiver(track ?? kind, options);
    }
    this.#follow();
    await this.pc.setLocalDescription();
  }

  /** Take over the lines of a first offer that was applied. */
  adopt() {
    const transceivers = this.pc.getTransceivers();
    LINES.forEach((line, place) => {
      const transceiver = transceivers[place];
      transceiver.direction = "sendrecv";
      this.lines[line] = transceiver;
      this.set(line, this.#media.track(line));
    });
    this.#follow();
  }

  /** @param {Line} line @param {MediaStreamTrack | null} track */
  set(line, track) {
    const wanted = this.#held ? null : track;
    const sender = this.lines[line]?.sender;
    // What the sender itself says is late by the exchange that is still under way. Without a line
    // yet there is nothing to carry: adopting it sets what is wanted then.
    if (!sender || this.#carried.get(line) === wanted) return;
    this.#carried.set(line, wanted);
    // A connection that was closed meanwhile has nobody left to send to.
    sender.replaceTrack(wanted).catch(() => {});
  }

  /** Nothing is to be seen or heard over it until somebody is admitted. */
  hold() {
    this.#held = true;
    for (const line of LINES) this.set(line, null);
  }

  admit() {
    if (!this.#held) return;
    this.#held = false;
    for (const line of LINES) this.set(line, this.#media.track(line));
  }

  /** What stands on this side now, in the form that goes over the wire. */
  get description() {
    const { type = "offer", sdp = "" } = this.pc.localDescription ?? {};
    return sdp ? { type, sdp } : null;
  }

  /** Whether the browsers reach each other now; a channel alone looks open for long after a loss. */
  get isSound() {
    const { pc, channels } = this;
    return pc.connectionState === "connected" && channels.control.readyState === "open";
  }

  /** Nothing but relays is allowed, and none of them gave an address. */
  get isStranded() {
    const { pc } = this;
    const relayOnly = pc.getConfiguration().iceTransportPolicy === "relay";
    const alone = !/^a=candidate/m.test(pc.localDescription?.sdp ?? "");
    return relayOnly && alone;
  }

  /** Send nothing any more. */
  hush() {
    this.#unfollow();
    for (const line of LINES) this.set(line, null);
  }

  close() {
    this.#unfollow();
    this.pc.close();
  }

  /** @param {Line} line */
  #received(line) {
    const track = this.lines[line]?.receiver.track;
    if (!track) throw new TypeError("The lines are not laid out yet.");
    return track;
  }

  /** Another camera or microphone takes the place of the old one without renegotiation. */
  #follow() {
    this.remote = new MediaStream([this.#received("audio"), this.#received("camera")]);
    this.remoteScreen = new MediaStream([this.#received("screen")]);
    this.#unfollow = listen(this.#media, "track", ({ line, track }) => this.set(line, track));
  }
}

/**
 * @param {{servers: RTCIceServer[], relay_only: boolean}} ice
 * @param {RTCCertificate} certificate
 * @returns {RTCConfiguration}
 */
export function configured(ice, certificate) {
  return {
    iceServers: ice.servers,
    iceTransportPolicy: ice.relay_only ? "relay" : "all",
    bundlePolicy: "max-bundle",
    certificates: [certificate],
  };
}
