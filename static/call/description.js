/** Reads what has to be known of a session description before it may be applied. */

// Some browsers read a line with spaces before its letter, or behind it.
const FINGERPRINT = /^\s*a\s*=\s*fingerprint\s*:?\s*(\S*)\s*(.*)$/i;
const SHA_256 = /^(?:[0-9A-F]{2}:){31}[0-9A-F]{2}$/;

/**
 * The one fingerprint that the description stands on. The server checks the same, but a server
 * that lies is what this is for.
 * @param {string} sdp @returns {string}
 */
export function fingerprintOf(sdp) {
  const found = new Set();
  for (const line of sdp.split(/\r\n|\r|\n/)) {
    const match = FINGERPRINT.exec(line);
    if (!match) continue;
    const value = match[2].toUpperCase();
    if (match[1].toLowerCase() !== "sha-256" || !SHA_256.test(value)) {
      throw new TypeError("fingerprint of another kind");
    }
    found.add(value);
  }
  if (found.size !== 1) throw new TypeError("not exactly one fingerprint");
  return [...found][0];
}

/**
 * The same description without any address, for somebody who has not been let in: it agrees on
 * everything, and leads nowhere.
 * @param {{type: RTCSdpType, sdp: string}} description
 */
export function withoutAddresses({ type, sdp }) {
  const lines = sdp
    .split("\r\n")
    .filter((line) => !/^a=(candidate:|end-of-candidates)/.test(line))
    .map((line) => line.replace(/^c=.*/, "c=IN IP4 0.0.0.0"))
    .map((line) => line.replace(/^a=rtcp:.*/, "a=rtcp:9 IN IP4 0.0.0.0"))
    .map((line) => line.replace(/^(m=\w+) [1-9]\d* /, "$1 9 "));
  return { type, sdp: lines.join("\r\n") };
}

/** Which proposal this is: a repeated description has the same origin. @param {string} sdp */
export function originOf(sdp) {
  return /^o=(.*)$/m.exec(sdp)?.[1].trim() ?? "";
}

/** Addresses that came with a description. @param {string} sdp @returns {RTCIceCandidateInit[]} */
export function candidatesIn(sdp) {
  const ufrag = /^a=ice-ufrag:(\S+)/m.exec(sdp)?.[1];
  const lines = sdp.match(/^a=candidate:.*$/gm) ?? [];
  return lines.map((line) => ({
    candidate: line.slice(2).trim(),
    // All lines share one transport, so that the first stands for all.
    sdpMLineIndex: 0,
    usernameFragment: ufrag,
  }));
}
