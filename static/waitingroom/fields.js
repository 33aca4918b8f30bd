/**
 * Shows what is wrong with a form: each error above its field, several summed up on top with
 * links. What was typed stays.
 */

/**
 * @param {HTMLFormElement} form holds an empty box `[data-error]`
 * @param {string} message
 * @param {Record<string, string[]>} [fields]
 */
export function refuse(form, message, fields = {}) {
  const wrong = inputs(form).filter((input) => mark(input, fields[input.name] ?? []));
  const alone = wrong.length === 1;
  const box = sum(form, alone ? "" : message, alone ? [] : wrong);
  if (wrong.length && (alone || !box)) wrong[0].focus();
  else box?.focus();
}

/** Take all errors away. @param {HTMLFormElement} form */
export function accept(form) {
  for (const input of inputs(form)) mark(input, []);
  sum(form, "", []);
}

/** @param {HTMLFormElement} form @returns {HTMLInputElement[]} */
function inputs(form) {
  const found = [...form.querySelectorAll("input[name], select[name], textarea[name]")];
  return /** @type {HTMLInputElement[]} */ (found).filter(({ type }) => type !== "hidden");
}

/** @param {HTMLInputElement} input @param {string[]} messages @returns {boolean} */
function mark(input, messages) {
  const place = document.getElementById(`${input.id}-error`);
  if (!place) return false;
  place.textContent = messages.join(" ");
  place.hidden = messages.length === 0;
  if (messages.length) input.setAttribute("aria-invalid", "true");
  else input.removeAttribute("aria-invalid");
  return messages.length > 0;
}

/** @param {HTMLFormElement} form @param {string} message @param {HTMLInputElement[]} wrong */
function sum(form, message, wrong) {
  const box = form.querySelector("[data-error]");
  if (!(box instanceof HTMLElement)) return null;
  const sentence = document.createElement("p");
  sentence.textContent = message;
  const list = document.createElement("ul");
  list.append(...wrong.map(entry));
  box.hidden = !message;
  box.replaceChildren(sentence, ...(wrong.length ? [list] : []));
  return message ? box : null;
}

/** The way from the sum to the field. @param {HTMLInputElement} input */
function entry(input) {
  const item = document.createElement("li");
  const link = document.createElement("a");
  const sentence = document.getElementById(`${input.id}-error`)?.textContent ?? "";
  // A box to tick has a whole text as its label; its error says enough.
  const label = input.type === "checkbox" ? "" : input.labels?.[0]?.firstChild?.textContent?.trim();
  link.href = `#${input.id}`;
  link.textContent = label ? `${label}: ${sentence}` : sentence;
  link.addEventListener("click", (event) => {
    event.preventDefault();
    input.focus();
  });
  item.append(link);
  return item;
}
