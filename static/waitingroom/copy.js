/** Copies a code, or the link that carries it behind the "#", where no server sees it. */

const SHOWN_MS = 2500;

/** @param {HTMLElement} made */
export function wake(made) {
  const code = made.dataset.code ?? "";
  const texts = { code, link: new URL(`/j#${code}`, location.origin).href };
  made.addEventListener("click", async ({ target }) => {
    const button = target instanceof Element ? target.closest("[data-copy]") : null;
    if (!(button instanceof HTMLElement)) return;
    const text = button.dataset.copy === "link" ? texts.link : texts.code;
    try {
      await navigator.clipboard.writeText(text);
      confirm(button);
    } catch {
      select(made);
    }
  });
}

/** @param {HTMLElement} button */
function confirm(button) {
  const label = button.querySelector("[data-label]");
  if (!label || "before" in button.dataset) return;
  button.dataset.before = label.textContent ?? "";
  label.textContent = button.dataset.textDone ?? "";
  setTimeout(() => {
    label.textContent = button.dataset.before ?? "";
    delete button.dataset.before;
  }, SHOWN_MS);
}

/** The browser forbids it: mark the code, so that the keyboard can copy it. @param {HTMLElement} made */
function select(made) {
  const value = made.querySelector(".code-value");
  if (value) getSelection()?.selectAllChildren(value);
}
