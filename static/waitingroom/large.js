/** Large type from here on, also on the pages that follow in this window. */

export function wake() {
  document.documentElement.dataset.size = "large";
}
