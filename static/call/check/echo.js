/** The connection to the echo peer: one proposal with all of its addresses, one answer. */

const GATHERING_MS = 2500;
const CONNECTS_MS = 12_000;

/** @typedef {{servers: RTCIceServer[], relay_only: boolean}} Ice */
/** @typedef {(sdp: string) => Promise<RTCSessionDescriptionInit>} Ask */

/** No way leads to the peer. */
export class UnreachableError extends Error {}

export class Echo {
  /** What came back. */
  remote = new MediaStream();
  /** Whether a relay gave an address. */
  hasRelay = false;
  #pc;

  /** @param {Ice} ice */
  constructor(ice) {
    this.#pc = new RTCPeerConnection({
      iceServers: ice.servers,
      iceTransportPolicy: ice.relay_only ? "relay" : "all",
      bundlePolicy: "max-bundle",
    });
    this.channel = this.#pc.createDataChannel("check");
    this.channel.binaryType = "arraybuffer";
    this.#pc.addEventListener("track", ({ track }) => this.remote.addTrack(track));
    this.#pc.addEventListener("icecandidate", ({ candidate }) => {
      if (candidate?.type === "relay") this.hasRelay = true;
    });
  }

  /**
   * @param {MediaStreamTrack[]} tracks what is shown and said
   * @param {Ask} ask brings the proposal to the peer
   * @throws {UnreachableError} neither a direct path nor a relay leads there
   */
  async connect(tracks, ask) {
    const pc = this.#pc;
    for (const track of tracks) {
      const line = pc.addTransceiver(track, { direction: "sendrecv" });
      if (track.kind === "video") prefer(line, "video/VP8");
    }
    await pc.setLocalDescription();
    await until(
      pc,
      "icegatheringstatechange",
      () => pc.iceGatheringState === "complete",
      GATHERING_MS,
    );
    await pc.setRemoteDescription(await ask(pc.localDescription?.sdp ?? ""));
    const { channel } = this;
    const there = () => pc.connectionState === "connected" && channel.readyState === "open";
    const over = () => there() || ["failed", "closed"].includes(pc.connectionState);
    const opened = until(channel, "open", over, CONNECTS_MS);
    await until(pc, "connectionstatechange", over, CONNECTS_MS);
    if (pc.connectionState === "connected") await opened;
    if (!there()) throw new UnreachableError();
  }

  /** Send the picture, or none, so that the line is free for something else. @param {boolean} on */
  async show(on) {
    const sender = this.#pc.getSenders().find(({ track }) => track?.kind === "video");
    const parameters = sender?.getParameters();
    if (!sender || !parameters?.encodings?.length) return;
    for (const encoding of parameters.encodings) encoding.active = on;
    await sender.setParameters(parameters).catch(() => {});
  }

  /** @returns {Promise<any[]>} */
  async stats() {
    return [...(await this.#pc.getStats()).values()];
  }

  close() {
    this.#pc.close();
  }
}

/** The peer codes each picture anew; of all codecs this one costs it least. @param {RTCRtpTransceiver} line @param {string} mime */
function prefer(line, mime) {
  const { codecs = [] } = RTCRtpSender.getCapabilities?.("video") ?? {};
  const first = codecs.filter(({ mimeType }) => mimeType === mime);
  if (!first.length || !line.setCodecPreferences) return;
  line.setCodecPreferences([...first, ...codecs.filter(({ mimeType }) => mimeType !== mime)]);
}

/**
 * Wait until something is so, or for so long.
 * @param {EventTarget} source @param {string} event @param {() => boolean} isSo @param {number} ms
 * @returns {Promise<void>}
 */
function until(source, event, isSo, ms) {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      source.removeEventListener(event, look);
      resolve();
    };
    const look = () => isSo() && done();
    const timer = setTimeout(done, ms);
    source.addEventListener(event, look);
    look();
  });
}
