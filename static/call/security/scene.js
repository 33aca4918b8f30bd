/** Who reads out which words to whom, and with which sentences the page leads through it. */

import { namesOf } from "./keys.js";
import { spoken } from "./words.js";

/** @typedef {{participant: string, name: string, role: string}} Person */
/** @typedef {"waiting" | "open" | "checked" | "missing" | "renamed" | "alarm"} State how far the call is checked */
/**
 * @typedef {{isGroup: boolean, name: string, first: Person, second: Person, me: Person, all: boolean,
 *   words: string[], language: string}} Scene `name`: with whom, or with what to name those who are meant
 */

/**
 * @param {{me: Person, people: Person[], outcome: import("./exchange.js").Outcome}} security
 * @param {boolean} all two people look at all the words, instead of one of them typing
 * @returns {Scene}
 */
export function sceneOf({ me, people, outcome }, all) {
  const isGroup = people.length > 1;
  const sorted = [me, ...people].sort((one, two) => (one.participant < two.participant ? -1 : 1));
  const host = people.find(({ role }) => role === "host");
  const leader = host ?? (isGroup && me.role !== "host" ? sorted[0] : me);
  // Of two, the one who was let in reads first, to the one who let them in and types.
  const first = isGroup ? leader : host ? me : (people[0] ?? me);
  const others = sorted.filter((each) => each !== first);
  const isReady = outcome.state === "ready";
  const second = others[(isReady ? outcome.lot : 0) % others.length] ?? me;
  // All read from the list of the one who leads the call, whatever language each page has.
  const language = (isReady && outcome.languages.get(leader.participant)) || "de";
  const words = isReady ? spoken(outcome.code, language) : [];
  const name = namesOf(people, "who" in outcome ? outcome.who : []);
  return { isGroup, name, first, second, me, all, words, language };
}

/** What the panel says and asks now. @param {State} state @param {Scene} scene @returns {string} */
export function stepOf(state, { isGroup, first, second, me, all }) {
  if (!isGroup) {
    const types = me !== first && !all;
    if (state === "open") return types ? "type" : all ? "all" : "read";
    return state === "checked" && types ? "told" : state;
  }
  if (state === "waiting") return "gather";
  if (state === "checked") return "agreed";
  if (state !== "open") return state;
  return me === first ? "first" : me === second ? "second" : "listen";
}

/** The sentence of the line below the picture. @param {State} state @param {Scene} scene */
export const lineOf = (state, { isGroup }) => (isGroup && state === "checked" ? "group" : state);
