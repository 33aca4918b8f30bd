/** One certificate for the whole page, made early: every connection of a call shows the same fingerprint. */

/** @type {Promise<RTCCertificate> | undefined} */
let made;

/** @returns {Promise<RTCCertificate>} */
export function certificate() {
  const algorithm = { name: "ECDSA", namedCurve: "P-256" };
  made ??= RTCPeerConnection.generateCertificate(algorithm);
  return made;
}
