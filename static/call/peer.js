/** One other participant: the connection to their page, how to reach it, and what they say over `control`. */

import { fingerprintOf } from "./description.js";
import { Link } from "./link.js";
import { Negotiation } from "./negotiation.js";
import { Recovery } from "./recovery.js";
import { tell } from "./tell.js";

/** @typedef {import("./negotiation.js").Proposal} Proposal */
/** @typedef {{type: "state", audio: boolean, camera: boolean, screen: boolean} | {type: "bye"}} Word */

const STRANDED_MS = 8000;
const KNOWN = new Set(["state", "bye"]);

/**
 * Events: `media` (the streams are there), `state`, `word` (said over `control`), `chat` (a channel
 * opened), `alarm` (another key than before: somebody may be in between).
 */
export class Peer extends EventTarget {
  #fingerprint = "";
  #options;
  #patience;

  /**
   * @param {{configuration: RTCConfiguration, media: import("./media.js").LocalMedia, polite: boolean,
   *   post: (proposal: Proposal) => void, link?: Link}} options `post` goes over the server
   */
  constructor(options) {
    super();
    this.#options = options;
    this.recovery = new Recovery(
      () => this.negotiation.restart(),
      (state) => tell(this, "state", state),
    );
    this.link = options.link ?? new Link(options.configuration, options.media);
    this.negotiation = this.#wired();
    // A relay that is away says nothing at all, so that only waiting tells.
    this.#patience = setTimeout(() => {
      if (this.link.isStranded) this.recovery.unreachable();
    }, STRANDED_MS);
  }

  /** Make the first proposal; a prepared one has gone ahead with the admission. */
  offer() {
    if (this.link.pc.localDescription) this.#goOn();
    else this.negotiation.propose(() => this.link.offer());
    tell(this, "media");
  }

  /** @param {{type: RTCSdpType, sdp: string}} description */
  async receive(description) {
    if (!this.#trusts(description.sdp)) return;
    const { negotiation } = this;
    if (negotiation.beginning && negotiation.collides(description.type) && this.#options.polite) {
      // Two first offers would lay out every line twice, so ours is dropped as a whole.
      this.#renew();
    }
    await this.negotiation.receive(description, () => this.#adopt());
  }

  /** @param {Word} word @returns {boolean} whether it could be said */
  say(word) {
    const { control } = this.link.channels;
    const open = control.readyState === "open";
    if (open) control.send(JSON.stringify(word));
    return open;
  }

  /** @param {RTCConfiguration} configuration fresh TURN credentials */
  configure(configuration) {
    this.#options.configuration = configuration;
    this.link.pc.setConfiguration(configuration);
  }

  close() {
    clearTimeout(this.#patience);
    this.recovery.stop();
    this.negotiation.stop();
    this.link.close();
  }

  /** The prepared offer is on its way; what was found since follows. */
  #goOn() {
    this.negotiation.expectAnswer();
    for (const candidate of this.link.late) this.#options.post({ type: "candidate", candidate });
  }

  #adopt() {
    if (this.link.lines.audio) return;
    this.link.adopt();
    tell(this, "media");
  }

  #renew() {
    this.negotiation.stop();
    this.link.close();
    this.link = new Link(this.#options.configuration, this.#options.media);
    this.negotiation = this.#wired();
  }

  #wired() {
    const { pc, channels } = this.link;
    pc.onconnectionstatechange = () => this.recovery.follow(pc.connectionState);
    const { control, chat } = channels;
    control.onopen = () => tell(this, "control");
    control.onmessage = ({ data }) => this.#hear(data);
    // A page that goes away closes its channels long before the network notices.
    control.onclose = () => pc.connectionState !== "closed" && this.recovery.silent();
    chat.onopen = () => tell(this, "chat", chat);
    return new Negotiation(pc, this.#options.polite, (...proposal) => this.#deliver(...proposal));
  }

  /** Browser to browser while that path is sound, else over the server. @param {Proposal} proposal @param {boolean} repeated */
  #deliver(proposal, repeated) {
    const { pc, channels } = this.link;
    const sound = pc.connectionState === "connected" && channels.control.readyState === "open";
    if (sound && !repeated) channels.control.send(JSON.stringify(proposal));
    else this.#options.post(proposal);
  }

  /** @param {unknown} data */
  #hear(data) {
    let word;
    try {
      word = JSON.parse(String(data));
    } catch {
      return;
    }
    const described = typeof word?.description?.sdp === "string";
    if (word?.type === "description" && described) this.receive(word.description);
    else if (word?.type === "candidate") this.negotiation.candidate(word.candidate);
    else if (KNOWN.has(word?.type)) tell(this, "word", word);
  }

  /** The same page keeps its key for good; another one means that somebody stepped in between. @param {string} sdp */
  #trusts(sdp) {
    let found = "";
    try {
      found = fingerprintOf(sdp);
    } catch {
      // Several keys in one description are as bad as a wrong one.
    }
    if (found && (!this.#fingerprint || this.#fingerprint === found)) {
      this.#fingerprint = found;
      return true;
    }
    this.close();
    tell(this, "alarm");
    return false;
  }
}
