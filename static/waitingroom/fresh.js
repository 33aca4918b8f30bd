/**
 * Another language while a call or a wait goes on: elements with `data-fresh` are exchanged for
 * their twins of the page in the other language, and what was typed into them stays.
 */

/**
 * @param {Event} event `language:changing`, whose detail holds the page in the other language
 */
export function freshen(event) {
  /** @type {{ page: Document }} */
  const { page } = /** @type {CustomEvent} */ (event).detail;
  for (const old of document.querySelectorAll("#main [data-fresh][id]")) {
    const twin = page.getElementById(old.id);
    if (!twin) continue;
    keep(old, twin);
    old.replaceWith(document.adoptNode(twin));
  }
}

/** Carry over what was typed and what was opened. @param {Element} old @param {Element} twin */
function keep(old, twin) {
  for (const field of old.querySelectorAll("input[id], select[id], textarea[id]")) {
    const typed = /** @type {HTMLInputElement} */ (field);
    const fresh = twin.querySelector(`#${CSS.escape(typed.id)}`);
    if (!(fresh instanceof HTMLElement) || typed.type === "hidden") continue;
    const other = /** @type {HTMLInputElement} */ (fresh);
    if (typed.type === "checkbox" || typed.type === "radio") other.checked = typed.checked;
    else other.value = typed.value;
  }
  const opened = old.querySelectorAll("details");
  for (const [index, details] of twin.querySelectorAll("details").entries()) {
    details.open = opened[index]?.open ?? false;
  }
}
