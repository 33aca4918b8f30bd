/** W3C perfect negotiation of one connection: both sides may propose at any time, and one of them gives way. */

import { candidatesIn, originOf } from "./description.js";

/** @typedef {{type: "description", description: {type: RTCSdpType, sdp: string}} | {type: "candidate", candidate: RTCIceCandidateInit}} Proposal */

const UNANSWERED_MS = 3000;

export class Negotiation {
  #making = false;
  #origin = "";
  /** Whether the first offer that was answered came from this side; undefined until then. @type {boolean | undefined} */
  #laidOut;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #unanswered;
  #pc;
  #polite;
  #deliver;

  /**
   * @param {RTCPeerConnection} pc
   * @param {() => boolean} polite whether it gives way when both make their first offer at once
   * @param {(proposal: Proposal, repeated: boolean) => void} deliver brings it to the other side
   */
  constructor(pc, polite, deliver) {
    this.#pc = pc;
    this.#polite = polite;
    this.#deliver = deliver;
    pc.onicecandidate = ({ candidate }) => {
      if (candidate?.candidate)
        deliver({ type: "candidate", candidate: candidate.toJSON() }, false);
    };
    // The first proposal is made on purpose; later ones whenever the browser needs them.
    pc.onnegotiationneeded = () => {
      if (pc.remoteDescription) this.propose(() => pc.setLocalDescription());
    };
  }

  /** Whether our very first offer is being made or on its way: nothing stands between us yet. */
  get beginning() {
    const { signalingState, remoteDescription } = this.#pc;
    return (this.#making || signalingState === "have-local-offer") && !remoteDescription;
  }

  /** @param {() => Promise<void>} describe sets the local description */
  async propose(describe) {
    try {
      this.#making = true;
      await describe();
      this.sent(false);
    } catch (error) {
      // A connection that was closed meanwhile proposes nothing any more.
      if (this.#pc.signalingState !== "closed") throw error;
    } finally {
      this.#making = false;
    }
  }

  /** Bring the local description over, and an offer again until it is answered. @param {boolean} repeated */
  sent(repeated) {
    const { localDescription } = this.#pc;
    if (!localDescription) return;
    this.#deliver(described(localDescription), repeated);
    this.expectAnswer();
  }

  expectAnswer() {
    clearTimeout(this.#unanswered);
    this.#unanswered = setTimeout(() => this.repeat(), UNANSWERED_MS);
  }

  /** Send an offer that nobody answered once more. */
  repeat() {
    if (this.#pc.signalingState === "have-local-offer") this.sent(true);
  }

  /** Whether a proposal of the other side has to wait, because ours goes first. @param {RTCSdpType} type */
  collides(type) {
    return type === "offer" && (this.#making || this.#pc.signalingState !== "stable");
  }

  /**
   * Apply a description and answer an offer.
   * @param {{type: RTCSdpType, sdp: string}} description @param {() => void} adopt before answering
   */
  async receive(description, adopt) {
    const { type, sdp } = description;
    const origin = `${type} ${originOf(sdp)}`;
    if (origin === this.#origin) return this.#hearAgain(type, sdp);
    if (this.collides(type) && !this.#givesWay) return;
    if (type === "answer" && this.#pc.signalingState !== "have-local-offer") return;
    this.#origin = origin;
    await this.#pc.setRemoteDescription(description);
    this.#laidOut ??= type === "answer";
    if (type !== "offer") return;
    adopt();
    await this.#pc.setLocalDescription();
    this.sent(false);
  }

  /** @param {RTCIceCandidateInit} candidate */
  async candidate(candidate) {
    // One that belongs to a proposal which was set aside, or is older, cannot be used.
    await this.#pc.addIceCandidate(candidate).catch(() => {});
  }

  /** Look for a new path. An offer nobody answered is made anew: its addresses may be of a network that is gone. */
  async restart() {
    const pc = this.#pc;
    if (pc.signalingState === "closed") return;
    pc.restartIce();
    const isUnanswered = pc.signalingState === "have-local-offer" || !pc.remoteDescription;
    if (isUnanswered) await this.propose(() => pc.setLocalDescription());
  }

  stop() {
    clearTimeout(this.#unanswered);
  }

  /**
   * Who takes back an offer of its own and never had one answered is shown a picture that stands still
   * for good (Chromium 156), so that whoever laid out the lines is the one to give way later.
   */
  get #givesWay() {
    return this.#laidOut ?? this.#polite();
  }

  /** The other side missed our answer, or some of the addresses. @param {RTCSdpType} type @param {string} sdp */
  #hearAgain(type, sdp) {
    for (const candidate of candidatesIn(sdp)) this.candidate(candidate);
    const { currentLocalDescription: answer } = this.#pc;
    // An offer of ours that is under way changes nothing of it; one of theirs gets an answer of its own.
    const isDue = type === "offer" && this.#pc.signalingState !== "have-remote-offer";
    if (isDue && answer?.type === "answer") this.#deliver(described(answer), true);
  }
}

/** @param {RTCSessionDescription} description @returns {Proposal} */
function described({ type, sdp }) {
  return { type: "description", description: { type, sdp } };
}
