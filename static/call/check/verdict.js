/** Compares what was measured with what a call needs, and says what to change. */

/** @typedef {"good" | "fair" | "poor"} Grade */
/** @typedef {"picture" | "sound" | "rate" | "loss" | "delay" | "way"} Row */
/**
 * What was measured. `width` and `height` of the picture that came back, 0 without one; `sound`: `none`
 * when nothing came back; `rate` in kbit/s there and back; `loss` from 0 to 1; `delay` in seconds;
 * `canRelay`: whether a relay gave an address, null where the portal has none.
 * @typedef {{width: number, height: number, sound: "heard" | "silent" | "none", rate: number, loss: number, delay: number, relayed: boolean, canRelay: boolean | null}} Measured
 */

// The least that a consultation needs; what is fair carries it all the same.
export const NEEDED = { long: 640, short: 480, rate: 2000, loss: 0.02, delay: 0.3 };
const FAIR = { long: 320, short: 240, rate: 700, loss: 0.08, delay: 0.8 };
/** @type {Grade[]} */
const GRADES = ["good", "fair", "poor"];

/**
 * @param {Measured} measured
 * @returns {{whole: Grade, rows: Record<Row, Grade>, advice: string[]}} `advice`: keys, the most important first
 */
export function judge(measured) {
  const rows = {
    picture: picture(measured),
    sound: sound(measured),
    rate: reached(measured.rate, NEEDED.rate, FAIR.rate),
    loss: kept(measured.loss, NEEDED.loss, FAIR.loss),
    delay: kept(measured.delay, NEEDED.delay, FAIR.delay),
    way: /** @type {Grade} */ (measured.relayed ? "fair" : "good"),
  };
  return { whole: worst(Object.values(rows)), rows, advice: advice(measured, rows) };
}

/** @param {Measured} measured @returns {Grade} */
function picture({ width, height }) {
  // A telephone that is held upright gives the same picture on its side.
  const [short, long] = [width, height].sort((a, b) => a - b);
  const fits = (/** @type {typeof FAIR} */ least) => long >= least.long && short >= least.short;
  if (fits(NEEDED)) return "good";
  return fits(FAIR) ? "fair" : "poor";
}

/** @param {Measured} measured @returns {Grade} */
function sound(measured) {
  if (measured.sound === "heard") return "good";
  return measured.sound === "silent" ? "fair" : "poor";
}

/** @param {number} value @param {number} good @param {number} fair @returns {Grade} */
function reached(value, good, fair) {
  if (value >= good) return "good";
  return value >= fair ? "fair" : "poor";
}

/** @param {number} value @param {number} good @param {number} fair @returns {Grade} */
function kept(value, good, fair) {
  return reached(-value, -good, -fair);
}

/** @param {Grade[]} grades @returns {Grade} */
export function worst(grades) {
  return GRADES[Math.max(...grades.map((grade) => GRADES.indexOf(grade)))];
}

/** @param {Measured} measured @param {Record<Row, Grade>} rows @returns {string[]} */
function advice({ width, sound, relayed, canRelay }, rows) {
  const bad = (/** @type {Row} */ row) => rows[row] !== "good";
  /** @type {[string, boolean][]} */
  const all = [
    ["camera", !width],
    ["small", width > 0 && bad("picture")],
    ["microphone", sound === "none"],
    ["silent", sound === "silent"],
    ["rate", bad("rate")],
    ["loss", bad("loss")],
    ["delay", bad("delay")],
    ["relay", relayed],
    ["no-relay", canRelay === false],
  ];
  return all.filter(([, applies]) => applies).map(([key]) => key);
}
