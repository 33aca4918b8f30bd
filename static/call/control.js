/** Reads what the other page says over `control`; whatever is none of ours is nothing. */

const CONNECTION = ["description", "candidate", "state", "bye"];
const PEOPLE = ["commit", "reveal", "doubt", "photo-ask", "photo-answer", "picture", "presence"];
const KNOWN = new Set([...CONNECTION, ...PEOPLE]);

/** @param {unknown} data @returns {any} */
export function read(data) {
  let word;
  try {
    word = JSON.parse(String(data));
  } catch {
    return null;
  }
  if (!KNOWN.has(word?.type)) return null;
  return word.type === "description" && typeof word.description?.sdp !== "string" ? null : word;
}
