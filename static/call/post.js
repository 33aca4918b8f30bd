/** Carries descriptions and addresses over the server, and sets aside what is not meant for this page. */

/** @typedef {import("./mesh.js").Entry} Entry */
/** @typedef {import("./mesh.js").Person} Person */
/** @typedef {import("../wire.js").Signalling} Signalling */

export class Post {
  #of;

  /** @param {{call: string, session: string, signalling: Signalling}} of */
  constructor(of) {
    this.#of = of;
  }

  /** A way to send to one person; which page of theirs is meant may become known later. @param {Person} person */
  to(person) {
    const { call, session, signalling } = this.#of;
    return (/** @type {import("./peer.js").Proposal} */ { type, ...proposal }) => {
      const meant = person.session ? { to_session: person.session } : {};
      const body = { call, to: person.participant, session, ...meant, ...proposal };
      signalling.send(`call.${type}`, body);
    };
  }

  /**
   * Listen for what others send.
   * @param {(participant: string) => Entry | undefined} find
   * @param {(person: Person, how?: {offer: boolean}) => Entry} meetAgain for a page that is new to us
   * @returns {() => void} stops listening
   */
  receive(find, meetAgain) {
    const { signalling } = this.#of;
    const offs = [
      signalling.on("call.description", (body) => {
        const entry = this.#addressee(body, find(body.from), meetAgain);
        entry?.peer.receive(body.description);
      }),
      signalling.on("call.candidate", ({ call, from, session, candidate }) => {
        const entry = find(from);
        const theirs = !entry?.person.session || entry.person.session === session;
        if (candidate && theirs && call === this.#of.call)
          entry?.peer.negotiation.candidate(candidate);
      }),
    ];
    return () => {
      for (const off of offs) off();
    };
  }

  /**
   * @param {any} body @param {Entry | undefined} entry @param {(person: Person, how?: {offer: boolean}) => Entry} meetAgain
   * @returns {Entry | undefined} whose connection is to read it
   */
  #addressee({ call, session, to_session: meant, description }, entry, meetAgain) {
    if (!entry || call !== this.#of.call) return undefined;
    if (meant && meant !== this.#of.session) return undefined;
    const { person, peer } = entry;
    const offer = description.type === "offer";
    if (person.session && person.session !== session) {
      if (offer) return meetAgain({ ...person, session });
      // What was rehearsed with an earlier page of theirs leads nowhere; this one needs an offer.
      if (peer.isRehearsed) meetAgain({ ...person, session }, { offer: true });
      return undefined;
    }
    const isNew = !person.session;
    person.session = session;
    // Two who came in the same moment have both offered without an address; now there is one.
    if (offer && isNew) peer.negotiation.repeat();
    // Without an address it was meant for an earlier page of ours, if this one has made an offer.
    if (offer && !meant && peer.negotiation.beginning) return undefined;
    return entry;
  }
}
