/** The messages about shared screens: whose may be drawn on, and, behind a key for each, those of the board. */

import { LONGEST, read } from "../board/post.js";

/** @typedef {{type: "showing", id: string | null, asks: boolean}} Showing `id`: what is shared now, or null where nobody may draw */

// Whose screen, and which time that it is shared.
const KEY = /^[0-9a-f]{48}$/;
const KEY_LENGTH = 48;
const ID = /^[0-9a-f]{16}$/;
// What points and frames; a text or a picture would hide what is shown.
const MARKS = ["ink", "line", "arrow", "box", "oval"];

/** @param {string} key @param {string} data */
export const addressed = (key, data) => `${key} ${data}`;

/** @param {unknown} data @returns {{key: string, data: string} | null} */
export function address(data) {
  if (typeof data !== "string" || data.length > LONGEST + KEY_LENGTH + 1) return null;
  const key = data.slice(0, KEY_LENGTH);
  const isRight = data[KEY_LENGTH] === " " && KEY.test(key);
  return isRight ? { key, data: data.slice(KEY_LENGTH + 1) } : null;
}

/** @param {unknown} data @returns {Showing | null} */
export function showing(data) {
  if (typeof data !== "string" || data.length > 200) return null;
  try {
    const { type, id, asks } = JSON.parse(data);
    const isRight = type === "showing" && (id === null || (typeof id === "string" && ID.test(id)));
    return isRight ? { type, id, asks: asks === true } : null;
  } catch {
    return null;
  }
}

/** A message of the board, if it only says what may be said of a screen. @type {typeof read} */
export function mark(data, by) {
  const message = read(data, by);
  if (message?.type === "change") {
    const isRight = !message.turn && message.put.every(([, item]) => isMark(item));
    return isRight ? message : null;
  }
  if (message?.type === "draft" && message.item && !isMark(message.item)) return null;
  return message;
}

/** @param {import("../board/shapes.js").Item} item */
const isMark = ({ kind, sheet }) => sheet === 0 && MARKS.includes(kind);
