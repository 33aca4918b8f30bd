/** The messages of the board: how a large one is cut into pieces, and how one is read. */

import { isId, isSheet, isVersion, isWhole, item, MOST_NUMBERS, place } from "./shapes.js";

/** @typedef {import("./shapes.js").Item} Item */
/** @typedef {import("./shapes.js").Put} Put @typedef {import("./shapes.js").Drop} Drop */
/** @typedef {{type: "hello", again: boolean}} Hello a page's board is there; the other tells what is on it */
/** @typedef {{type: "change", put: Put[], drop: Drop[], turn: [number, number] | null}} Change */
/** @typedef {{type: "draft", from: number, item: Item | null}} Draft what is being drawn, from one number on; null: given up */
/** @typedef {{type: "point", at: [number, number] | null}} Point where somebody points */
/** @typedef {Hello | Change | Draft | Point} Message */

export const LONGEST = 64 * 1024;
const MOST_ENTRIES = 200;
const MOST_NUMBERS_A_PIECE = 8_000;

/** @param {unknown} data @param {string} by whose page said it @returns {Message | null} */
export function read(data, by) {
  if (typeof data !== "string" || data.length > LONGEST) return null;
  let raw;
  try {
    raw = JSON.parse(data);
  } catch {
    return null;
  }
  if (raw?.type === "hello") return { type: "hello", again: raw.again === true };
  if (raw?.type === "change") return change(raw);
  if (raw?.type === "draft") return draft(raw, by);
  if (raw?.type === "point") return { type: "point", at: place(raw.at) };
  return null;
}

/** @param {any} raw @returns {Change | null} null when any part of it is wrong */
function change({ put = [], drop = [], turn = null }) {
  if (!areFew(put) || !areFew(drop)) return null;
  // Whoever brings it need not have drawn it, so that the name on a thing is the word of its page.
  const puts = put.map(([version, raw]) => [version, item(raw)]);
  const isRight =
    puts.every(([version, read]) => isVersion(version) && read) &&
    drop.every(([version, id]) => isVersion(version) && isId(id)) &&
    (turn === null || (Array.isArray(turn) && isVersion(turn[0]) && isSheet(turn[1])));
  if (!isRight) return null;
  return {
    type: "change",
    put: /** @type {Put[]} */ (puts),
    drop: drop.map(([version, id]) => [version, id]),
    turn: turn && [turn[0], turn[1]],
  };
}

/** @param {unknown} list @returns {list is any[][]} */
function areFew(list) {
  return Array.isArray(list) && list.length <= MOST_ENTRIES && list.every(Array.isArray);
}

/** @param {any} raw @param {string} by @returns {Draft | null} */
function draft({ from, item: raw }, by) {
  if (raw === null) return { type: "draft", from: 0, item: null };
  const found = item(raw, by);
  return found && isWhole(from, 0, MOST_NUMBERS) ? { type: "draft", from, item: found } : null;
}

/**
 * What is being drawn, with one more piece of it.
 * @param {Item | null} before @param {Draft} draft
 * @returns {Item | null | undefined} undefined when the piece does not fit: the whole will come when it is finished
 */
export function grown(before, { from, item }) {
  if (!item || !from) return item;
  const fits = before?.id === item.id && before.points.length === from;
  return fits ? { ...item, points: [...before.points, ...item.points] } : undefined;
}

/**
 * Cut a change into pieces, each well below the limit of a message.
 * @param {{put?: Put[], drop?: Drop[], turn?: [number, number] | null}} change @returns {Change[]}
 */
export function pieces({ put = [], drop = [], turn = null }) {
  /** @type {Change[]} */
  const found = [];
  let numbers = 0;
  const piece = (/** @type {boolean} */ isFull) => {
    const last = found.at(-1);
    if (last && !isFull) return last;
    numbers = 0;
    found.push({ type: "change", put: [], drop: [], turn: null });
    return /** @type {Change} */ (found.at(-1));
  };
  for (const entry of put) {
    // A thing without many numbers weighs something too.
    const weight = entry[1].points.length + 60;
    const { length } = found.at(-1)?.put ?? [];
    piece(numbers + weight > MOST_NUMBERS_A_PIECE || length >= MOST_ENTRIES).put.push(entry);
    numbers += weight;
  }
  for (const entry of drop) {
    piece((found.at(-1)?.drop.length ?? 0) >= MOST_ENTRIES).drop.push(entry);
  }
  if (turn) piece(false).turn = turn;
  return found;
}

/** @param {import("../chat.js").Channel} channel @param {Message[]} messages */
export function send(channel, messages) {
  if (channel.readyState !== "open") return;
  for (const message of messages) channel.send(JSON.stringify(message));
}
