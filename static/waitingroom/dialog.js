/** A button that opens the dialog whose id it names; the dialog closes itself. */

/** @param {HTMLElement} button */
export function wake(button) {
  button.addEventListener("click", () => {
    const dialog = document.getElementById(button.dataset.dialog ?? "");
    if (dialog instanceof HTMLDialogElement) dialog.showModal();
  });
}
