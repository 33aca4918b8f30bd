/** Keeps to the first key that a page has shown: whoever steps in between later has another one. */

import { fingerprintOf } from "./description.js";

export class Trust {
  #fingerprint = "";

  /** Whether a description stands on that one key, and on no other. @param {string} sdp */
  accepts(sdp) {
    try {
      const found = fingerprintOf(sdp);
      this.#fingerprint ||= found;
      return found === this.#fingerprint;
    } catch {
      // Several keys in one description are as bad as a wrong one.
      return false;
    }
  }
}
