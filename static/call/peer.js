/** One other participant: the connection to their page, how to reach it, and what they say over `control`. */

import { attended, catchUp } from "./attention.js";
import { Hearing } from "./hearing.js";
import { Link } from "./link.js";
import { Negotiation } from "./negotiation.js";
import { Recovery } from "./recovery.js";
import { Route } from "./route.js";
import { tell } from "./tell.js";
import { Trust } from "./trust.js";

/** @typedef {import("./negotiation.js").Proposal} Proposal @typedef {import("./control.js").Word} Word */

/**
 * Events: `media` (the streams are there), `state`, `word` (said over `control`), `chat` (it opened),
 * `alarm` (another key: somebody may be in between), `rehearsed` (described before the admission),
 * `unfit` (the two ends have different pasts, as after a reload midway: both have to begin anew).
 */
export class Peer extends EventTarget {
  #trust = new Trust();
  /** Whether both sides had agreed on all but the addresses before the admission. */
  isRehearsed = false;
  #polite = false;
  #route = new Route((description) => tell(this, "rehearsed", description));
  #hearing = new Hearing((word) => this.#hear(word));
  #options;

  /**
   * Until it is admitted, a connection sends nothing: no picture, no sound and no address.
   * @param {{configuration: RTCConfiguration, media: import("./media.js").LocalMedia, held?: boolean}} options
   */
  constructor(options) {
    super();
    this.#options = options;
    this.recovery = new Recovery(
      () => this.negotiation.restart(),
      (state) => tell(this, "state", state),
    );
    this.link = new Link(options.configuration, options.media, options.held);
    this.negotiation = this.#wired();
  }

  /** @param {{polite: boolean, post: (proposal: Proposal) => void}} how `post` goes over the server */
  admit({ polite, post }) {
    this.isRehearsed = Boolean(this.link.pc.remoteDescription);
    this.#polite = polite;
    this.#route.open(post);
    // The way to each other goes first, then what travels on it.
    queueMicrotask(() => {
      this.link.admit();
      catchUp(this.link, this);
      this.#hearing.open();
    });
    this.recovery.expect(() => !this.link.isStranded);
  }

  /** Make the first proposal; a prepared one has gone ahead with the admission. */
  offer() {
    const { pc } = this.link;
    if (pc.signalingState === "have-local-offer") this.negotiation.expectAnswer();
    else if (!pc.localDescription) this.negotiation.propose(() => this.link.offer());
    tell(this, "media");
  }

  /** @param {{type: RTCSdpType, sdp: string}} description */
  async receive(description) {
    if (!this.#trust.accepts(description.sdp)) {
      this.close();
      return tell(this, "alarm");
    }
    const { negotiation } = this;
    if (negotiation.beginning && negotiation.collides(description.type) && this.#polite) {
      // Two first offers would lay out every line twice, so ours is dropped as a whole.
      this.#renew();
    }
    const { link } = this;
    await this.negotiation
      .receive(description, () => this.#adopt())
      .catch(() => link.pc.signalingState !== "closed" && tell(this, "unfit"));
  }

  /** The offer goes along with something else, and every address known so far with it. */
  take() {
    this.#route.forget();
    return this.link.description;
  }

  /** @param {Word} word @returns {boolean} whether it could be said */
  say(word) {
    const { control } = this.link.channels;
    const open = control.readyState === "open";
    if (open) control.send(JSON.stringify(word));
    return open;
  }

  /** @param {RTCConfiguration} configuration with fresh TURN credentials */
  configure(configuration) {
    this.#options.configuration = configuration;
    this.link.pc.setConfiguration(configuration);
  }

  close() {
    this.recovery.stop();
    this.negotiation.stop();
    this.link.close();
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
    const { pc } = attended(this.link, this, (data) => this.#hearing.take(data));
    return new Negotiation(
      pc,
      () => this.#polite,
      (...what) => this.#route.deliver(this.link, ...what),
    );
  }

  /** @param {any} word */
  #hear(word) {
    if (word.type === "description") this.receive(word.description);
    else if (word.type === "candidate") this.negotiation.candidate(word.candidate);
    else tell(this, "word", word);
  }
}
