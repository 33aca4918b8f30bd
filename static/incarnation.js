/** Names one load of this page to the other side: whoever reloads comes back as another session. */

import { randomHex } from "./random.js";

/** A new session: 32 random hexadecimal characters. */
export const freshSession = () => randomHex(16);

/** The session of this load of the page; another load is another one. */
export const sessionId = freshSession();
