/** A page without a browser: as much of it as the session needs, and a record of what was done. */

const globals = /** @type {any} */ (globalThis);

/**
 * @param {string} url
 * @param {{ lang?: string, audience?: string }} [root]
 */
export function openPage(url, { lang = "de", audience = "staff" } = {}) {
  const went = /** @type {string[]} */ ([]);
  const location = /** @type {any} */ (new URL(url));
  location.replace = (/** @type {string} */ to) => went.push(shortened(to));
  location.assign = location.replace;
  const root = { lang, dataset: { audience }, classList: { add() {}, remove() {} } };
  const heard = new EventTarget();
  Object.assign(heard, {
    documentElement: root,
    querySelector: () => null,
    getElementById: () => null,
  });
  globals.location = location;
  globals.document = heard;
  globals.sessionStorage = storage();
  return { went, root };
}

/** A server that gives one answer after another. @param {...Response} answers */
export function answering(...answers) {
  const asked = /** @type {{ url: string, options: any }[]} */ ([]);
  globals.fetch = async (/** @type {URL} */ url, /** @type {any} */ options) => {
    asked.push({ url: String(url), options });
    const answer = answers.shift();
    if (!answer) throw new TypeError("offline");
    return answer;
  };
  return asked;
}

/** @param {string} to */
function shortened(to) {
  const url = new URL(to, globals.location.href);
  return url.pathname + url.search + url.hash;
}

function storage() {
  const kept = new Map();
  return {
    getItem: (/** @type {string} */ key) => kept.get(key) ?? null,
    setItem: (/** @type {string} */ key, /** @type {string} */ value) => kept.set(key, value),
    removeItem: (/** @type {string} */ key) => kept.delete(key),
  };
}
