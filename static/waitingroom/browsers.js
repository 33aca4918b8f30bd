/** Which browser this is, as far as the way to its permissions differs. */

/** @typedef {"chrome" | "android" | "iphone" | "firefox" | "safari" | "other"} Browser */

/**
 * @param {string} agent `navigator.userAgent`
 * @param {number} [fingers] `navigator.maxTouchPoints`: an iPad calls itself a Mac
 * @returns {Browser}
 */
export function browserOf(agent, fingers = 0) {
  if (/iPhone|iPad|iPod/.test(agent)) return "iphone";
  if (/Macintosh/.test(agent) && fingers > 1) return "iphone";
  if (/Android/.test(agent)) return "android";
  if (/Firefox\//.test(agent)) return "firefox";
  if (/Chrom(e|ium)\//.test(agent)) return "chrome";
  if (/Safari\//.test(agent)) return "safari";
  return "other";
}
