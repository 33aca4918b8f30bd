/** The guest's side of a rehearsal: connections that agree on everything, know no address and send nothing. */

import { certificate } from "./certificate.js";
import { originOf, withoutAddresses } from "./description.js";
import { configured } from "./link.js";
import { Peer } from "./peer.js";
import { listen } from "./tell.js";

// So many colleagues may have the guest next in line.
const MOST = 3;

/** @type {Map<string, {peer: Peer, origin: string}>} the doctor's page -> what was rehearsed with it */
const waiting = new Map();

/**
 * Rehearse with every doctor who asks, while nobody has let the guest in.
 * @param {{signalling: import("../wire.js").Signalling, media: import("./media.js").LocalMedia, session: string}} with_
 * @param {() => boolean} free
 * @returns {() => void} lets go
 */
export function understudies({ signalling, media, session }, free) {
  const off = signalling.on("visit.prepare", async ({ visit, session: theirs, description }) => {
    const configuration = configured(signalling.ice, await certificate());
    if (!free()) return;
    const peer = new Peer({ configuration, media, held: true });
    keep(theirs, { peer, origin: originOf(description.sdp) });
    listen(peer, "rehearsed", (answer) => {
      const body = { visit, session, to_session: theirs, description: withoutAddresses(answer) };
      signalling.send("visit.prepared", body);
    });
    await peer.receive(withoutAddresses(description));
  });
  return () => {
    off();
    drop();
  };
}

/**
 * The connection that was rehearsed with this offer; the others have had their day.
 * @param {string | null | undefined} theirs @param {RTCSessionDescriptionInit | null} description
 */
export function takeUnderstudy(theirs, description) {
  const rehearsed = waiting.get(theirs ?? "");
  const fits = description?.sdp && rehearsed?.origin === originOf(description.sdp);
  if (!rehearsed || !fits) return void drop();
  waiting.delete(theirs ?? "");
  drop();
  // The answer goes out once more, with every address that is known by now.
  rehearsed.peer.take();
  return rehearsed.peer;
}

/** @param {string} theirs @param {{peer: Peer, origin: string}} rehearsed */
function keep(theirs, rehearsed) {
  waiting.get(theirs)?.peer.close();
  waiting.delete(theirs);
  waiting.set(theirs, rehearsed);
  const [oldest] = waiting.keys();
  if (waiting.size <= MOST) return;
  waiting.get(oldest)?.peer.close();
  waiting.delete(oldest);
}

function drop() {
  for (const { peer } of waiting.values()) peer.close();
  waiting.clear();
}
