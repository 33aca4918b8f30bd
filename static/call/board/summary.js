/** Says in words what stands on a sheet, for whoever does not see it. */

/** @typedef {import("./shapes.js").Item} Item */
/** @typedef {(key: string, values?: Record<string, string>) => string} Words */

/**
 * @param {Item[]} items all on one sheet @param {{sheet: number, count: number}} where
 * @param {(by: string) => string} nameOf @param {Words} words
 */
export function summary(items, { sheet, count }, nameOf, words) {
  const place = words("sheet", { number: String(sheet + 1), count: String(count) });
  if (!items.length) return `${place} ${words("empty")}`;
  const people = new Map(items.map(({ by }) => [by, /** @type {Item[]} */ ([])]));
  for (const item of items) people.get(item.by)?.push(item);
  const sentences = [...people].map(([by, theirs]) => {
    return words("by", { name: nameOf(by), what: listed(theirs, words) });
  });
  return [place, ...sentences].join(" ");
}

/** @param {Item[]} items @param {Words} words */
function listed(items, words) {
  const ink = items.filter(({ kind }) => kind === "ink").length;
  const texts = items.filter(({ kind }) => kind === "text");
  const pictures = items.filter(({ kind }) => kind === "picture");
  const shapes = items.length - ink - texts.length - pictures.length;
  const parts = [];
  if (ink) parts.push(words("strokes", { number: String(ink) }));
  if (shapes) parts.push(words("shapes", { number: String(shapes) }));
  for (const { text } of pictures) parts.push(words("pictured", { text }));
  for (const { text } of texts) parts.push(words("written", { text }));
  return parts.join("; ");
}

/** What somebody has just done, in one sentence. @param {{put: Item[], drop: string[]}} change @param {string} name @param {Words} words */
export function news({ put, drop }, name, words) {
  const last = put.at(-1);
  if (last?.kind === "text") return words("news-text", { name, text: last.text });
  if (last?.kind === "picture") return words("news-picture", { name, text: last.text });
  if (last) return words("news-drawn", { name });
  return drop.length ? words("news-erased", { name }) : words("news-turned", { name });
}
