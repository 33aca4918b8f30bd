/**
 * What an access code looks like, so that a slip is told before anybody is asked. The same rules
 * stand in portal/waitingroom/codes.py; the server has the last word.
 */

export const ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ";
export const LENGTH = 12;
const GROUP = 4;

/** @typedef {{ reason: "short" | "long" | "foreign" | "check", character: string, count: number }} Slip */

/** What counts of what was typed: letters and digits, in capitals. @param {string} typed */
export function plain(typed) {
  return typed.toUpperCase().replace(/[^\p{L}\p{N}]/gu, "");
}

/** The code in groups of four, as it is printed. @param {string} typed */
export function written(typed) {
  return (
    plain(typed)
      .match(new RegExp(`.{1,${GROUP}}`, "gu"))
      ?.join("-") ?? ""
  );
}

/** The last character that belongs to the others. @param {string} characters */
export function checkCharacter(characters) {
  let total = 0;
  for (const [index, character] of [...characters].entries()) {
    total += (index + 1) * ALPHABET.indexOf(character);
  }
  return ALPHABET[total % ALPHABET.length];
}

/**
 * Say what is wrong with a code, or null when it could be one.
 * @param {string} typed
 * @returns {Slip | null}
 */
export function slip(typed) {
  const code = [...plain(typed)];
  const foreign = code.find((character) => !ALPHABET.includes(character)) ?? "";
  const found = { character: foreign, count: code.length };
  if (foreign) return { ...found, reason: "foreign" };
  if (code.length < LENGTH) return { ...found, reason: "short" };
  if (code.length > LENGTH) return { ...found, reason: "long" };
  if (checkCharacter(code.slice(0, -1).join("")) !== code[LENGTH - 1]) {
    return { ...found, reason: "check" };
  }
  return null;
}
