/** Finds what lies under the eraser, by the numbers alone, so that pen and keyboard do the same. */

import { SIZES, WIDTH } from "./shapes.js";

/** @typedef {import("./shapes.js").Item} Item @typedef {[number, number]} Place */

// The eraser is as thick as a finger.
const REACH = 130;
const ROUND = 24;
/** How wide a letter is, and how high a line, for the size of the letters. */
export const LETTER = { width: 0.56, height: 1.25 };

/** @param {Item[]} items @param {Place} at @returns {Item[]} */
export function under(items, at) {
  return items.filter((item) => isNear(item, at));
}

/** @param {Item} item @param {Place} at */
function isNear(item, at) {
  // A picture lies below all that is drawn, and would go with the first stroke of the eraser.
  if (item.kind === "picture") return false;
  if (item.kind === "text") return isInText(item, at);
  const reach = REACH + SIZES.ink[item.width] / 2;
  const line = outline(item);
  if (line.length === 1) return distance(line[0], line[0], at) <= reach;
  return line.some((to, place) => place > 0 && distance(line[place - 1], to, at) <= reach);
}

/** @param {Item} item @returns {Place[]} the corners of what was drawn */
function outline({ kind, points }) {
  if (kind === "ink") {
    /** @type {Place[]} */
    const line = [];
    for (let place = 0; place < points.length; place += 3) {
      line.push([points[place], points[place + 1]]);
    }
    return line;
  }
  const [x1, y1, x2, y2] = points;
  if (kind === "box") return [[x1, y1], [x2, y1], [x2, y2], [x1, y2], [x1, y1]]; // biome-ignore format: a square
  if (kind !== "oval") return [[x1, y1], [x2, y2]]; // biome-ignore format: a pair
  return Array.from({ length: ROUND + 1 }, (_, step) => {
    const angle = (step / ROUND) * 2 * Math.PI;
    const x = (x1 + x2) / 2 + (Math.cos(angle) * (x2 - x1)) / 2;
    return [x, (y1 + y2) / 2 + (Math.sin(angle) * (y2 - y1)) / 2];
  });
}

/** How far a place is from a stretch of a line. @param {Place} from @param {Place} to @param {Place} at */
function distance([x1, y1], [x2, y2], [x, y]) {
  const length = (x2 - x1) ** 2 + (y2 - y1) ** 2;
  const along = length ? ((x - x1) * (x2 - x1) + (y - y1) * (y2 - y1)) / length : 0;
  const part = Math.min(1, Math.max(0, along));
  return Math.hypot(x - (x1 + part * (x2 - x1)), y - (y1 + part * (y2 - y1)));
}

/** @param {Item} item @param {Place} at */
function isInText(item, [x, y]) {
  const [left, top] = item.points;
  const size = SIZES.text[item.width];
  const lines = wrapped(item);
  const widest = Math.max(...lines.map(({ length }) => length)) * size * LETTER.width;
  const isBeside = x < left - REACH || x > left + widest + REACH;
  return !isBeside && y > top - REACH && y < top + lines.length * size * LETTER.height + REACH;
}

/** Break a text where the sheet ends. @param {Item} item @returns {string[]} */
export function wrapped({ text, points, width }) {
  const room = Math.max(8, Math.floor((WIDTH - points[0]) / (SIZES.text[width] * LETTER.width)));
  /** @type {string[]} */
  const lines = [];
  for (const word of text
    .split(" ")
    .flatMap((long) => long.match(new RegExp(`.{1,${room}}`, "gu")) ?? [])) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= room)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
