/** Asks for the browser's messages, on a click only; where there is nothing to ask it stays hidden. */

/** @param {HTMLButtonElement} button */
export function wake(button) {
  const show = () => {
    button.hidden = !("Notification" in globalThis) || Notification.permission !== "default";
  };
  button.addEventListener("click", async () => {
    await Notification.requestPermission();
    show();
  });
  show();
}
