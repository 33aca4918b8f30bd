/** One call from this page's side: begins, goes on through losses, and ends. */

import { freshSession } from "../incarnation.js";
import { certificate } from "./certificate.js";
import { Chat } from "./chat.js";
import { follow, ownState } from "./company.js";
import { farewell } from "./farewell.js";
import { Mesh } from "./mesh.js";
import { prepare, takeOffer, takeSpare, unprepare } from "./spare.js";
import { listen, tell } from "./tell.js";
import { takeUnderstudy } from "./understudy.js";

/** @typedef {import("./mesh.js").Person} Person @typedef {import("./mesh.js").Ice} Ice */
/** @typedef {{call: string, participant: string, role: string, ice: Ice}} Entry */

const FAREWELL_MS = 300;

/**
 * Events: `entered` ({mesh, me, role, signalling}), `joined` (the server's list, after it was away), `participant` (somebody came or changed), `left`, `state`, `heard`,
 * `earlier`, `delivered`, `frame`, `alarm`, `ended` ({reason, seconds}).
 */
export class Call extends EventTarget {
  static prepare = prepare;
  static unprepare = unprepare;
  static takeOffer = takeOffer;

  id = "";
  #mesh = /** @type {Mesh | null} */ (null);
  #with;
  #chat;
  #since = 0;
  #seen = false;
  /** @type {(() => void)[]} */
  #off = [];

  /** @param {{media: import("./media.js").LocalMedia, signalling: import("../wire.js").Signalling, session: string}} with_ */
  constructor(with_) {
    super();
    this.#with = with_;
    this.#chat = new Chat(with_.session);
    for (const type of ["heard", "delivered", "earlier"]) {
      listen(this.#chat, type, (detail) => tell(this, type, detail));
    }
  }

  /** The doctor's side: the guest was admitted. @param {Entry & {guest: Person}} admitted */
  async begin({ guest, ...admitted }) {
    const spare = takeSpare();
    const mesh = await this.#enter(admitted);
    mesh.meet({ ...guest, session: spare?.session }, { offer: true, peer: spare?.peer });
  }

  /** The guest's side. @param {Entry & {host: Person, description: RTCSessionDescriptionInit | null}} admitted */
  async accept({ host, description, ...admitted }) {
    const mesh = await this.#enter(admitted);
    const { peer } = mesh.meet(host, { peer: takeUnderstudy(host.session, description) });
    if (description?.sdp) await peer.receive({ type: description.type, sdp: description.sdp });
  }

  /** Come into a running call, or back into it after a reload. @param {{call: string}} running */
  async rejoin({ call }) {
    this.id = call;
    // The same page may come back with another connection, so that it counts as another session.
    this.#with = { ...this.#with, session: freshSession() };
    // What was rehearsed with one doctor leads nowhere else.
    takeUnderstudy(null, null);
    const joined = await this.#join(call);
    const mesh = await this.#enter(joined);
    mesh.compare(joined.participants);
  }

  /** Hang up. */
  leave() {
    this.#mesh?.say({ type: "bye" });
    farewell(this.#with.signalling, this.id);
    this.#finish("left");
  }

  /** The page goes away, and the place in the call is kept. */
  abandon() {
    this.#finish("abandoned");
  }

  /** @param {string} text @returns {import("./chat.js").Said | null} */
  chat(text) {
    return this.#chat.say(text, [...(this.#mesh?.entries.keys() ?? [])]);
  }

  /** The first picture or sound of somebody else is there. */
  saw() {
    if (this.#seen) return;
    this.#seen = true;
    tell(this, "frame");
    this.#with.signalling.request("visit.connected", { call: this.id }).catch(() => {});
  }

  /** @param {string} call @param {string} [session] */
  #join(call, session = this.#with.session) {
    return this.#with.signalling.request("call.join", { call, session });
  }

  /** @param {Entry} entered */
  async #enter({ call, participant: me, role, ice }) {
    this.id = call;
    const mesh = new Mesh({ call, me, ice, certificate: await certificate(), ...this.#with });
    this.#mesh = mesh;
    const { signalling, media } = this.#with;
    follow(mesh, this.#chat, this.#with, this, (reason) => this.#finish(reason));
    tell(this, "entered", { mesh, me, role, signalling });
    listen(mesh, "replaced", () => this.#finish("elsewhere"));
    listen(this, "state", ({ state }) => {
      if (state === "connected") this.#since ||= performance.now();
    });
    this.#off.push(
      listen(signalling, "open", () => this.#return(mesh)),
      listen(signalling, "ice", () => mesh.configure(signalling.ice)),
      listen(media, "change", () => mesh.say(ownState(media))),
      signalling.on("call.ended", (body) => body.call === call && this.#finish(body.reason)),
    );
    return mesh;
  }

  /** The socket was away and is back: the connections went on, and only the server is asked anew. @param {Mesh} mesh */
  async #return(mesh) {
    // What relays ask for is counted from this greeting on.
    mesh.configure(this.#with.signalling.ice);
    try {
      const joined = await this.#join(this.id, mesh.session);
      mesh.compare(joined.participants);
      tell(this, "joined", joined);
    } catch (error) {
      const { code } = /** @type {import("../wire.js").SignallingError} */ (error);
      if (code === "not_joined") this.#finish("ended");
    }
  }

  /** @param {string} reason */
  #finish(reason) {
    const mesh = this.#mesh;
    if (!mesh) return;
    this.#mesh = null;
    for (const off of this.#off) off();
    this.#with.media.share(null);
    // What was said last must still get out before the connections close.
    mesh.hush();
    setTimeout(() => mesh.close(), FAREWELL_MS);
    const seconds = this.#since ? Math.round((performance.now() - this.#since) / 1000) : 0;
    tell(this, "ended", { call: this.id, reason, seconds });
  }
}
