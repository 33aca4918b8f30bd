/** Shows how far the technical check is, what it measured, and what to change. */

import { part, words } from "../words.js";
import { worst } from "./verdict.js";

/** @typedef {import("./verdict.js").Measured} Measured @typedef {import("./verdict.js").Row} Row @typedef {import("./verdict.js").Grade} Grade */

const STATES = { good: "state-on", fair: "state-wait", poor: "state-bad" };
const SHOWN_AFTER = ["verdicts", "figures", "limits"];
/** What each line in plain words is made of. @type {Record<string, Row[]>} */
const PLAIN = {
  picture: ["picture"],
  sound: ["sound"],
  speed: ["rate", "loss", "delay"],
  way: ["way"],
};

/** @param {HTMLElement} root @param {string} key @param {number} percent */
export function say(root, key, percent) {
  part(root, "[data-check=now]").textContent = words(root, key);
  const bar = part(root, "[data-check=progress]");
  bar.setAttribute("value", String(percent));
  bar.hidden = percent >= 100;
}

/** Begin: nothing is known yet. @param {HTMLElement} root */
export function clear(root) {
  for (const name of [...SHOWN_AFTER, "advice"]) part(root, `[data-check=${name}]`).hidden = true;
  part(root, "[data-check=picture]").hidden = false;
  part(root, "[data-check-again]").hidden = true;
  delete root.dataset.result;
}

/**
 * The check is over: say how it went and what to do.
 * @param {HTMLElement} root @param {string} key @param {string[]} advice
 */
export function conclude(root, key, advice) {
  say(root, key, 100);
  root.dataset.result = key;
  for (const each of root.querySelectorAll("[data-advice]")) {
    if (each instanceof HTMLElement) each.hidden = !advice.includes(each.dataset.advice ?? "");
  }
  part(root, "[data-check=advice]").hidden = !advice.length;
  part(root, "[data-check=picture]").hidden = true;
  part(root, "[data-check-again]").hidden = false;
}

/** The server's own words, when no check was possible. @param {HTMLElement} root @param {string} sentence */
export function refuse(root, sentence) {
  conclude(root, "refused", []);
  part(root, "[data-check=now]").textContent = sentence;
}

/** @param {HTMLElement} root @param {Measured} measured @param {Record<Row, import("./verdict.js").Grade>} grades */
export function table(root, measured, grades) {
  const values = inWords(root, measured);
  const fill = (
    /** @type {string} */ line,
    /** @type {string} */ value,
    /** @type {Grade} */ grade,
  ) => {
    const place = part(root, line);
    part(place, "[data-value]").textContent = value;
    const state = part(place, "[data-grade]");
    state.className = `state ${STATES[grade]}`;
    state.dataset.grade = grade;
    state.textContent = words(root, `grade-${grade}`);
  };
  for (const [line, rows] of Object.entries(PLAIN)) {
    const grade = worst(rows.map((row) => grades[row]));
    fill(`[data-verdict=${line}]`, words(root, `plain-${line}-${grade}`), grade);
  }
  for (const [row, grade] of Object.entries(grades)) {
    fill(`[data-row=${row}]`, values[/** @type {Row} */ (row)], grade);
  }
  for (const name of SHOWN_AFTER) part(root, `[data-check=${name}]`).hidden = false;
}

/** @param {HTMLElement} root @param {Measured} measured @returns {Record<Row, string>} */
function inWords(root, { width, height, sound, rate, loss, delay, relayed }) {
  const written = (/** @type {number} */ value, digits = 0) =>
    new Intl.NumberFormat(document.documentElement.lang || "de", {
      maximumFractionDigits: digits,
    }).format(value);
  const size = { width: String(width), height: String(height) };
  return {
    picture: words(root, width ? "picture" : "nothing", size),
    sound: words(root, sound === "none" ? "nothing" : `sound-${sound}`),
    rate: words(root, "rate", { number: written(rate) }),
    loss: words(root, "loss", { number: written(loss * 100, 1) }),
    delay: words(root, "delay", { number: written(delay * 1000) }),
    way: words(root, relayed ? "relayed" : "direct"),
  };
}
