/** Names one load of this page to the other side: whoever reloads comes back as another session. */

/** A new session: 32 random hexadecimal characters. */
export function freshSession() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The session of this load of the page; another load is another one. */
export const sessionId = freshSession();
