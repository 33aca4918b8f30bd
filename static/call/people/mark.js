/** Marks the page while more than two are in the call, and while this side leads it. */

import { listen, tell } from "../tell.js";

/**
 * @param {HTMLElement} root @param {import("../mesh.js").Mesh} mesh @param {import("./roster.js").Roster} roster
 * @returns {() => void} takes the marks away
 */
export function mark(root, mesh, roster) {
  const draw = () => {
    root.classList.toggle("is-group", roster.count > 2);
    lead(root, roster.leads);
  };
  const off = [listen(mesh, "roster", draw), listen(mesh, "roles", draw)];
  draw();
  return () => {
    for (const stop of off) stop();
    root.classList.remove("is-group");
    lead(root, false);
  };
}

/** The desk lets guests into a call that it leads. @param {HTMLElement} root @param {boolean} leads */
function lead(root, leads) {
  root.dataset.leads = String(leads);
  tell(document, "call:leads", leads);
}
