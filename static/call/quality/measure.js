/** Reads from a connection's statistics how well it carries, and over which way. */

/** @typedef {"good" | "fair" | "poor"} Grade */
/** @typedef {{lost: number, received: number}} Counts of packets since the connection began */
/** @typedef {{relayed: boolean, dtls: string, cipher: string, srtp: string}} Way */
/** @typedef {{counts: Counts, rtt: number, room: number | null, away: number, way: Way | null}} Sample */

// Speech suffers from two lost packets in a hundred on, and breaks up from eight on.
const FAIR = { loss: 0.02, rtt: 0.3, room: 300_000 };
const POOR = { loss: 0.08, rtt: 0.8, room: 100_000 };

/** @param {Iterable<any>} report as `getStats` gives it @returns {Sample} */
export function sample(report) {
  const all = new Map([...report].map((each) => [each.id, each]));
  const entries = [...all.values()];
  const inbound = entries.filter(({ type }) => type === "inbound-rtp");
  const far = entries.filter(({ type }) => type === "remote-inbound-rtp");
  const pair = pairOf(all);
  return {
    counts: {
      lost: sum(inbound.map(({ packetsLost }) => packetsLost)),
      received: sum(inbound.map(({ packetsReceived }) => packetsReceived)),
    },
    rtt: pair?.currentRoundTripTime ?? 0,
    room: pair?.availableOutgoingBitrate ?? null,
    away: Math.max(0, ...far.map(({ fractionLost }) => fractionLost ?? 0)),
    way: pair ? wayOf(pair, all) : null,
  };
}

/** How well it carried between two samples. @param {Sample} before @param {Sample} now @returns {Grade} */
export function grade(before, now) {
  const lost = Math.max(0, now.counts.lost - before.counts.lost);
  const received = Math.max(0, now.counts.received - before.counts.received);
  const loss = Math.max(now.away, lost ? lost / (lost + received) : 0);
  const isBelow = (/** @type {typeof FAIR} */ limit) =>
    loss >= limit.loss || now.rtt >= limit.rtt || (now.room !== null && now.room < limit.room);
  if (isBelow(POOR)) return "poor";
  return isBelow(FAIR) ? "fair" : "good";
}

/** The way that is in use; browsers without a row for the transport mark its pair. @param {Map<string, any>} all @returns {any} */
export function pairOf(all) {
  const chosen = all.get(transportOf(all)?.selectedCandidatePairId);
  const isUsed = (/** @type {any} */ { type, nominated, state }) =>
    type === "candidate-pair" && nominated && state === "succeeded";
  return chosen ?? [...all.values()].find(isUsed);
}

/** @param {any} pair @param {Map<string, any>} all */
export function isRelayed(pair, all) {
  const ends = [pair.localCandidateId, pair.remoteCandidateId].map((id) => all.get(id));
  return ends.some((end) => end?.candidateType === "relay");
}

/** @param {Map<string, any>} all */
function transportOf(all) {
  return [...all.values()].find(
    (each) => each.type === "transport" && each.selectedCandidatePairId,
  );
}

/** @param {any} pair @param {Map<string, any>} all @returns {Way} */
function wayOf(pair, all) {
  const transport = transportOf(all);
  return {
    relayed: isRelayed(pair, all),
    dtls: version(transport?.tlsVersion),
    cipher: transport?.dtlsCipher ?? "",
    srtp: transport?.srtpCipher ?? "",
  };
}

/** DTLS counts its versions downwards: FEFD is 1.2, FEFC is 1.3. @param {string | undefined} code */
function version(code) {
  return { FEFD: "DTLS 1.2", FEFC: "DTLS 1.3" }[String(code).toUpperCase()] ?? "DTLS";
}

/** @param {(number | undefined)[]} numbers */
const sum = (numbers) => numbers.reduce((/** @type {number} */ all, each) => all + (each ?? 0), 0);
