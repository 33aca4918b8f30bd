/** Fetches the sentences of a call from the page, in the language that the page has just now. */

/**
 * @param {HTMLElement} root @param {string} key as in `data-text-<key>`
 * @param {Record<string, string>} [values] for `{name}` and the like
 */
export function words(root, key, values = {}) {
  const sentence = root.getAttribute(`data-text-${key}`) ?? "";
  return sentence.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

/** @param {ParentNode} root @param {string} selector @returns {HTMLElement} */
export function part(root, selector) {
  const found = root.querySelector(selector);
  if (!(found instanceof HTMLElement)) throw new TypeError(`The call has no ${selector}.`);
  return found;
}
