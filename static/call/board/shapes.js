/** What can stand on the board, and how much of it; whatever another page sends is read here, strictly. */

import { randomHex } from "../../random.js";
import { cleaned } from "../chat.js";

/** @typedef {"ink" | "line" | "arrow" | "box" | "oval" | "text" | "picture"} Kind */
/** @typedef {{id: string, key: string}} Sealed where a picture lies, and what opens it */
/** @typedef {{id: string, kind: Kind, sheet: number, by: string, colour: number, width: number, points: number[], text: string, file: Sealed | null}} Item */
/** @typedef {[version: number, item: Item]} Put @typedef {[version: number, id: string]} Drop */

/** The board's own units: a sheet is so wide on every screen. */
export const WIDTH = 10_000;
export const HEIGHT = 7_500;
export const TALLEST = 20_000;
export const SHEETS = 20;
export const MOST_NUMBERS = 6_000;
export const LONGEST_TEXT = 200;
export const COLOURS = 5;
export const SIZES = { ink: [30, 60, 130], text: [260, 400, 650] };
// What one person may add stops below what all accept of the others, so that all end up with the same.
export const MOST = { items: 1_500, numbers: 300_000 };
export const ACCEPTED = { items: 2_500, numbers: 500_000 };

const ID = /^[0-9a-f]{16}$/;
const PERSON = /^[0-9a-f]{32}$/;
const FILE = PERSON;
// 256 bits in base64url.
const KEY = /^[A-Za-z0-9_-]{43}$/;
// A version only ever grows by one, so that no honest board comes near it.
const LAST_VERSION = 2 ** 40;
/** How many numbers describe each kind: for ink three a point, x, y and pressure; for a picture its sides. */
const NUMBERS = { ink: MOST_NUMBERS, line: 4, arrow: 4, box: 4, oval: 4, text: 2, picture: 2 };

/** @returns {string} 64 random bits */
export const freshId = () => randomHex(8);

/** @param {unknown} value @param {number} low @param {number} high @returns {value is number} */
export function isWhole(value, low, high) {
  return Number.isInteger(value) && Number(value) >= low && Number(value) <= high;
}

/** @param {unknown} value @returns {value is string} */
export const isId = (value) => typeof value === "string" && ID.test(value);

/** @param {unknown} value @returns {value is number} */
export const isVersion = (value) => isWhole(value, 1, LAST_VERSION);

/** @param {unknown} value @returns {value is number} */
export const isSheet = (value) => isWhole(value, 0, SHEETS - 1);

/** @param {unknown} value @returns {[number, number] | null} a place on the sheet */
export function place(value) {
  if (!Array.isArray(value) || value.length !== 2) return null;
  return isWhole(value[0], 0, WIDTH) && isWhole(value[1], 0, TALLEST) ? [value[0], value[1]] : null;
}

/**
 * Read one thing of another page; the copy holds what is allowed and nothing else.
 * @param {any} raw @param {string} [by] who sent it, where that is known better than by the sender's word
 * @returns {Item | null}
 */
export function item(raw, by = raw?.by) {
  const { id, kind, sheet, colour, width, points, text = "" } = raw ?? {};
  if (!isId(id) || typeof kind !== "string" || !Object.hasOwn(NUMBERS, kind)) return null;
  if (!isSheet(sheet) || typeof by !== "string" || !PERSON.test(by)) return null;
  if (!isWhole(colour, 0, COLOURS - 1) || !isWhole(width, 0, SIZES.ink.length - 1)) return null;
  const numbers = coordinates(/** @type {Kind} */ (kind), points);
  const isPicture = kind === "picture";
  const line = kind === "text" || isPicture ? oneLine(text) : "";
  const file = isPicture ? sealed(raw.file) : null;
  if (!numbers || (kind === "text" && !line)) return null;
  if (isPicture && (!file || numbers.includes(0))) return null;
  return {
    id,
    kind: /** @type {Kind} */ (kind),
    sheet,
    by,
    colour,
    width,
    points: numbers,
    text: line,
    file,
  };
}

/** @param {any} raw @returns {Sealed | null} */
function sealed(raw) {
  const { id, key } = raw ?? {};
  if (typeof id !== "string" || !FILE.test(id)) return null;
  return typeof key === "string" && KEY.test(key) ? { id, key } : null;
}

/** @param {Kind} kind @param {unknown} points */
function coordinates(kind, points) {
  if (!Array.isArray(points) || !points.length || points.length > NUMBERS[kind]) return null;
  const isInk = kind === "ink";
  if (isInk ? points.length % 3 : points.length !== NUMBERS[kind]) return null;
  const step = isInk ? 3 : 2;
  const highest = [WIDTH, TALLEST, 100];
  const right = points.every((value, place) => isWhole(value, 0, highest[place % step]));
  return right ? [...points] : null;
}

/** @param {unknown} text */
export function oneLine(text) {
  if (typeof text !== "string" || text.length > 8 * LONGEST_TEXT) return "";
  return cleaned(text).replace(/\s+/g, " ").slice(0, LONGEST_TEXT);
}
