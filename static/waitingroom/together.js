/**
 * Lets several who wait into one call. Each is let in by an act of its own, so that a guest who has
 * gone, or whom a colleague has let in, stops nobody else.
 */

// Nine with the host.
export const GUESTS = 8;
// Who has gone by themselves needs no words; the list shows it.
const GONE = new Set(["not_waiting", "not_found", "code_taken"]);
// These concern one guest alone; after anything else nobody more is asked for.
const OWN = new Set([...GONE, "already_admitted", "held_back", "group_room"]);

/**
 * What is done with a row, and where to say what went wrong: for all, or of one.
 * @typedef {{
 *   begin: (row: HTMLElement) => Promise<string>,
 *   bring: (row: HTMLElement, call: string) => Promise<unknown>,
 *   say: (error: unknown) => void,
 *   complain: (row: HTMLElement, error: unknown) => void,
 * }} Acts
 */

/**
 * Begin the call with the one who has waited longest and is still there. Where a colleague was
 * faster the group is theirs: two who press at once are not to divide it between them.
 * @param {HTMLElement[]} left loses whom it was tried with @param {Acts} acts @returns {Promise<string>} the call, or nothing
 */
export async function open(left, acts) {
  for (let row = left.shift(); row; row = left.shift()) {
    try {
      return await acts.begin(row);
    } catch (error) {
      if (code(error) === "already_admitted") acts.say(error);
      else if (passes(acts, row, error)) continue;
      break;
    }
  }
  return "";
}

/** @param {HTMLElement[]} left @param {string} call @param {Acts} acts @returns {Promise<HTMLElement[]>} for whom there was no place */
export async function bringAll(left, call, acts) {
  for (let row = left.shift(); row; row = left.shift()) {
    try {
      await acts.bring(row, call);
    } catch (error) {
      if (code(error) === "call_full") return [row, ...left];
      if (!passes(acts, row, error)) break;
    }
  }
  return [];
}

/** @param {Acts} acts @param {HTMLElement} row @param {unknown} error @returns {boolean} whether the next may be asked for */
function passes(acts, row, error) {
  const isOwn = OWN.has(code(error));
  if (!isOwn) acts.say(error);
  else if (!GONE.has(code(error))) acts.complain(row, error);
  return isOwn;
}

/** @param {unknown} error */
function code(error) {
  return /** @type {{ code?: string }} */ (error).code ?? "";
}
