/** The first module of every page: wakes the elements and watches over the session. */

import { follow } from "./follow.js";
import { remember } from "./language.js";
import { mend } from "./mend.js";
import { listen } from "./session.js";
import { hold, onArrival, watch } from "./wake.js";

const USES_HTMX = "[hx-get], [hx-post], [hx-trigger]";

onArrival((arrived) => {
  if (!arrived.matches(USES_HTMX) && !arrived.querySelector(USES_HTMX)) return;
  hold(arrived, import("./htmx.js").then((module) => module.process(arrived)).catch(mend));
});

// A page out of the browser's memory could show what was ended since.
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});

listen();
remember();
follow();
watch();
