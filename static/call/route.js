/** How proposals reach the other side: not at all before the admission, then over the server, later from browser to browser. */

/** @typedef {import("./negotiation.js").Proposal} Proposal */

export class Route {
  /** @type {((proposal: Proposal) => void) | null} */
  #post = null;
  /** @type {Proposal[]} */
  #early = [];
  #rehearsed;

  /** @param {(description: {type: RTCSdpType, sdp: string}) => void} rehearsed hears what was described before the admission */
  constructor(rehearsed) {
    this.#rehearsed = rehearsed;
  }

  /** From now on everything may pass. @param {(proposal: Proposal) => void} post goes over the server */
  open(post) {
    this.#post = post;
    for (const proposal of this.#early) post(proposal);
  }

  get isOpen() {
    return this.#post !== null;
  }

  /** The description goes along with something else, and every address known so far with it. */
  forget() {
    this.#early = [];
  }

  /** @param {import("./link.js").Link} link @param {Proposal} proposal @param {boolean} repeated */
  deliver(link, proposal, repeated) {
    if (!this.#post) this.#keep(proposal);
    else if (link.isSound && !repeated) link.channels.control.send(JSON.stringify(proposal));
    else this.#post(proposal);
  }

  /** @param {Proposal} proposal */
  #keep(proposal) {
    if (proposal.type === "candidate") this.#early.push(proposal);
    else this.#rehearsed(proposal.description);
  }
}
