/** What the statistics learn of a call from this side: which functions were used, and how the connection was. */

import { isRelayed, pairOf } from "./quality/measure.js";
import { listen } from "./tell.js";

/** @typedef {import("../wire.js").Signalling} Signalling */
/** @typedef {Map<string, any>} Stats */

const NETWORKS = ["wifi", "cellular", "ethernet"];
const MOST_KBIT = 10_000_000;

/**
 * Say once of each function that it was used; what was written or shown is nobody's business.
 * @param {EventTarget & {id: string}} call tells of functions that come later by `used`
 * @param {EventTarget} chat @param {import("./media.js").LocalMedia} media @param {Signalling} signalling
 */
export function noteUse(call, chat, media, signalling) {
  /** @type {Set<string>} */
  const told = new Set();
  const use = (/** @type {string} */ name) => {
    if (told.has(name)) return;
    told.add(name);
    signalling
      .request("call.used", { call: call.id, function: name })
      .catch(() => told.delete(name));
  };
  listen(call, "used", use);
  listen(chat, "delivered", () => use("chat"));
  listen(media, "change", () => media.track("screen")?.enabled && use("screen"));
}

/**
 * Say how the connection was, before it closes.
 * @param {Iterable<import("./mesh.js").Entry>} entries @param {Signalling} signalling @param {string} call
 */
export async function reportConnection(entries, signalling, call) {
  try {
    // All are asked before the first closes; one that stands speaks for all of them.
    const asked = [...entries].map(({ peer }) => peer.link.pc.getStats().catch(() => new Map()));
    const found = /** @type {Stats[]} */ (/** @type {unknown} */ (await Promise.all(asked)));
    const said = found.map(summary).find((each) => each);
    if (said) await signalling.request("call.report", { call, ...said });
  } catch {
    // Statistics are worth no trouble: what cannot be told is left out.
  }
}

/** @param {Stats} stats */
export function summary(stats) {
  const pair = pairOf(stats);
  const local = stats.get(pair?.localCandidateId);
  if (!local) return null;
  const seen = [...stats.values()].some(({ type, kind, framesEncoded, framesDecoded }) => {
    return type.endsWith("bound-rtp") && kind === "video" && (framesEncoded || framesDecoded);
  });
  return {
    media: seen ? "video" : "audio",
    path: isRelayed(pair, stats) ? "relay" : "direct",
    network: NETWORKS.includes(local.networkType) ? local.networkType : "unknown",
    port: local.port ?? 0,
    kbit: Math.min(MOST_KBIT, Math.round((pair.availableOutgoingBitrate ?? 0) / 1000)),
  };
}
