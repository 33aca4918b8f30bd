/**
 * Agrees beforehand, with the guest who is next, on everything but the addresses. The admission then
 * only has to bring those. Until then nothing can pass: no address is known, and nothing is sent.
 */

import { withoutAddresses } from "./description.js";
import { prepare, ready } from "./spare.js";

/** @typedef {{signalling: import("../wire.js").Signalling, media: import("./media.js").LocalMedia, session: string}} With */

const PATIENCE_MS = 1500;
// A guest's page that has only begun to load hears nothing yet.
const AGAIN_MS = 3000;
// Who presses at once is not to wait for a rehearsal that has only begun.
const REST_MS = 150;
const REACH = /** @type {const} */ (["pointerover", "focusin"]);

/** @param {With} with_ @param {() => boolean} wanted @returns {() => void} lets go */
export function rehearsals(with_, wanted) {
  const { signalling, session } = with_;
  const off = signalling.on("visit.prepared", (body) => heard(body, session));
  const next = () => {
    const { visit = "" } = ready() ?? {};
    // Who was picked stays picked, for as long as they wait.
    const waits = visit && document.querySelector(`[data-visit="${visit}"] [data-admit]`);
    if (wanted() && !waits) rehearse(with_, visitOf(document.querySelector("[data-admit]")));
  };
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let rest;
  const reached = (/** @type {Event} */ { target }) => {
    const button = target instanceof Element ? target.closest("[data-admit]") : null;
    if (!button) return;
    clearTimeout(rest);
    rest = setTimeout(() => wanted() && rehearse(with_, visitOf(button)), REST_MS);
  };
  const again = setInterval(next, AGAIN_MS);
  document.addEventListener("queue:changed", next);
  document.addEventListener("call:prepared", next);
  for (const kind of REACH) document.addEventListener(kind, reached);
  return () => {
    off();
    clearTimeout(rest);
    clearInterval(again);
    document.removeEventListener("queue:changed", next);
    document.removeEventListener("call:prepared", next);
    for (const kind of REACH) document.removeEventListener(kind, reached);
  };
}

let known = true;

/** @param {With} with_ @param {string} visit */
async function rehearse(with_, visit) {
  const { signalling, media, session } = with_;
  if (!visit || !known || signalling.state !== "open" || ready()?.visit === visit) return;
  // What was agreed on with one guest is of no use with another.
  if (ready()?.session) await prepare({ ice: signalling.ice, media });
  const spare = ready();
  const offer = spare?.peer.link.description;
  if (!spare || spare.visit || !offer) return;
  spare.visit = visit;
  spare.peer.link.hold();
  try {
    const body = { visit, session, description: withoutAddresses(offer) };
    await signalling.request("visit.prepare", body);
    setTimeout(() => answered(spare), PATIENCE_MS);
  } catch (error) {
    // Without a rehearsal the offer goes with the admission, to whomever.
    known = /** @type {{code?: string}} */ (error).code !== "unknown_type";
    answered(spare);
  }
}

/** A guest who is away does not rehearse; the connection is good for anybody then. @param {import("./spare.js").Spare} spare */
function answered(spare) {
  if (spare !== ready() || spare.session) return;
  spare.visit = "";
  spare.peer.link.admit();
}

/** @param {any} body @param {string} session */
function heard({ visit, session: theirs, to_session: meant, description }, session) {
  const spare = ready();
  if (!spare || spare.visit !== visit || meant !== session || spare.session) return;
  spare.session = theirs;
  spare.peer.receive(withoutAddresses(description));
}

/** @param {Element | null} button */
function visitOf(button) {
  const row = button?.closest("[data-visit]");
  return row instanceof HTMLElement ? (row.dataset.visit ?? "") : "";
}
