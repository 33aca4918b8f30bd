/** Adds to the summary what the server does not know: which way the call took, and how it was encrypted. */

import { recall } from "./memory.js";

/** @param {HTMLElement} list */
export function wake(list) {
  const known = recall(list.dataset.call ?? "");
  if (!known?.way) return;
  const { relayed, dtls, cipher, srtp } = known.way;
  show(list, "way", list.dataset[relayed ? "textRelayed" : "textDirect"] ?? "");
  show(list, "ciphers", [dtls, srtp || cipher].filter(Boolean).join(", "));
  show(list, "checked", list.dataset[known.checked ? "textChecked" : "textUnchecked"] ?? "");
}

/** @param {HTMLElement} list @param {string} row @param {string} sentence */
function show(list, row, sentence) {
  const value = list.querySelector(`[data-row=${row}][data-value], [data-row=${row}] [data-value]`);
  if (value) value.textContent = sentence;
  for (const each of list.querySelectorAll(`[data-row=${row}]`)) {
    if (each instanceof HTMLElement) each.hidden = !sentence;
  }
}
