/** Shows the page in an organisation's own colours; tokens.css says where they go. */

const NAMES = ["accent", "accentHover", "accentSoft", "accentSecond"];
const COLOUR = /^#[0-9a-f]{6}$/;

/** @param {string} name */
const hyphens = (name) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** @param {string} name */
const dark = (name) => `dark${name[0].toUpperCase()}${name.slice(1)}`;

/** @param {HTMLElement} element */
export function wake(element) {
  const root = document.documentElement;
  const names = [...NAMES, ...NAMES.map(dark)];
  for (const name of names) {
    const colour = element.dataset[name] ?? "";
    if (!COLOUR.test(colour)) throw new TypeError(`branding needs data-${hyphens(name)}`);
    root.style.setProperty(`--brand-${hyphens(name)}`, colour);
  }
  root.dataset.branded = "";
  return () => {
    // The next page may be the same organisation's, and has said so already.
    if (document.querySelector("[data-wake=branding]")) return;
    delete root.dataset.branded;
    for (const name of names) root.style.removeProperty(`--brand-${hyphens(name)}`);
  };
}
