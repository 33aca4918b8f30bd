/** Passes on what a connection says of itself and what comes over its channels. */

import { tell } from "./tell.js";

/**
 * Let a peer hear of its connection, old or renewed.
 * @param {import("./link.js").Link} link @param {import("./peer.js").Peer} peer
 * @param {(data: unknown) => void} hear what the other page says over `control`
 */
export function attended(link, peer, hear) {
  const { pc, channels } = link;
  const { control, chat } = channels;
  pc.onconnectionstatechange = () => {
    peer.recovery.follow(pc.connectionState);
    // The way is there, and the handshake failed on it: no other way would mend that.
    const stands = ["connected", "completed"].includes(pc.iceConnectionState);
    if (pc.connectionState === "failed" && stands) tell(peer, "unfit");
  };
  control.onopen = () => tell(peer, "control");
  control.onmessage = ({ data }) => hear(data);
  // A page that goes away closes its channels long before the network notices.
  control.onclose = () => pc.connectionState !== "closed" && peer.recovery.silent();
  chat.onopen = () => tell(peer, "chat", chat);
  return link;
}

/**
 * A rehearsed connection may stand before our own server has said so: what happened on it is told now.
 * @param {import("./link.js").Link} link @param {import("./peer.js").Peer} peer
 */
export function catchUp({ channels: { control, chat } }, peer) {
  const { state } = peer.recovery;
  if (state !== "connecting") tell(peer, "state", state);
  if (control.readyState === "open") tell(peer, "control");
  if (chat.readyState === "open") tell(peer, "chat", chat);
}
