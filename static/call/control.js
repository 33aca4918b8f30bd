/** Reads what the other page says over `control`; whatever is none of ours is nothing. */

/** @typedef {{type: "state", audio: boolean, camera: boolean, screen: boolean}} StateWord */
/** @typedef {StateWord | {type: "bye" | "doubt"} | {type: "agree", epoch: number} | {type: "photo-ask", id: string, what: string} | {type: "photo-answer", id: string, agreed: boolean} | {type: "picture", wanted: boolean} | {type: "presence", alone: boolean, who: string} | import("./security/exchange.js").SecurityWord} Word */

const CONNECTION = ["description", "candidate", "state", "bye"];
const PEOPLE = [
  "commit",
  "reveal",
  "agree",
  "doubt",
  "photo-ask",
  "photo-answer",
  "picture",
  "presence",
];
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
