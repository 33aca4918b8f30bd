/** Words that depend on numbers, in the language of the page, from the browser's own tables. */

const MINUTE = 60;
const HOUR = 3600;

/** @returns {string} */
const lang = () => document.documentElement.lang || "de";

/**
 * Put a wait into a sentence: "Bitte versuchen Sie es {time} wieder." becomes "... in 2 Minuten ...".
 * @param {string} sentence
 * @param {number} seconds
 * @param {string} [language]
 */
export function waitInWords(sentence, seconds, language = lang()) {
  const [size, unit] = unitFor(seconds);
  const words = new Intl.RelativeTimeFormat(language, { numeric: "always" });
  // Rounded up: somebody who comes back too early is refused again.
  return sentence.replace("{time}", words.format(Math.ceil(seconds / size), unit));
}

/** @param {number} seconds @returns {[number, Intl.RelativeTimeFormatUnit]} */
function unitFor(seconds) {
  if (seconds <= MINUTE) return [1, "second"];
  if (seconds <= HOUR) return [MINUTE, "minute"];
  return [HOUR, "hour"];
}
