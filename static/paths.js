/** Addresses: which are ours, and which may be followed after signing in. */

/**
 * Return the address, if it is on our own origin.
 * @param {string | URL} url
 * @returns {URL}
 */
export function sameOrigin(url) {
  const target = new URL(url, location.href);
  if (target.origin !== location.origin) {
    throw new TypeError("A request of the portal must stay on its own origin.");
  }
  return target;
}

/** Path and query of an address, without the fragment. @param {string | URL} url */
export function pathOf(url) {
  const target = new URL(url, location.href);
  return target.pathname + target.search;
}

/**
 * Return where to go after signing in: a path of our own, or the home of the role.
 * Browsers read `//host` and `/\host` as another site, so both are refused.
 * @param {string | null | undefined} next
 * @param {string} home
 * @returns {string}
 */
export function safeNext(next, home) {
  if (!next?.startsWith("/")) return home;
  const target = new URL(next, location.origin);
  if (target.origin !== location.origin || target.pathname.startsWith("//")) return home;
  if (target.pathname.startsWith("/sign-")) return home;
  return target.pathname + target.search;
}
