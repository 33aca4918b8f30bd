/**
 * The technical check: sends picture and sound to the echo peer, looks at what comes back, measures
 * the line, and says what to change. Whoever waits goes on waiting; nothing is stored.
 */

import { post } from "../../waitingroom/answers.js";
import { Level } from "../level.js";
import { localMedia } from "../media.js";
import { part } from "../words.js";
import { Echo, UnreachableError } from "./echo.js";
import { between, look } from "./measure.js";
import { throughput } from "./throughput.js";
import { judge } from "./verdict.js";
import { clear, conclude, refuse, say, table } from "./view.js";

const LEVEL_EVERY_MS = 100;
// Pictures grow to their size in the first moments; what is looked at comes after that.
const SETTLES_MS = 2500;
const LOOKS_MS = 4000;

// As in the waiting room: the first word is louder than this.
const HEARD_FROM = 0.06;

/** A check that was refused, in the server's words. */
class RefusedError extends Error {}

/** @typedef {{stopped: boolean, heard: boolean, echo: Echo | null}} Run `heard`: sound came back */

/** @param {HTMLElement} root */
export function wake(root) {
  const media = localMedia();
  // Whoever uses camera and microphone already keeps them.
  const borrowed = media.stream.getTracks().length > 0;
  /** @type {Run} */
  const run = { stopped: false, heard: false, echo: null };
  const back = new Level();
  const begin = () => check(root, media, run);
  part(root, "[data-check-again]").addEventListener("click", begin);
  const meter = setInterval(() => {
    const level = back.read(run.echo?.remote.getAudioTracks()[0] ?? null);
    run.heard ||= level > HEARD_FROM;
    part(root, "[data-level]").style.setProperty("--level", level.toFixed(2));
  }, LEVEL_EVERY_MS);
  begin();
  return () => {
    clearInterval(meter);
    run.stopped = true;
    run.echo?.close();
    const needed = document.querySelector("[data-admit], [data-calling=true], #devices");
    if (!borrowed && !needed) media.stop();
  };
}

/** @param {HTMLElement} root @param {import("../media.js").LocalMedia} media @param {Run} run */
async function check(root, media, run) {
  run.echo?.close();
  run.heard = false;
  clear(root);
  say(root, "asking", 5);
  await media.start().catch(() => null);
  if (run.stopped) return;
  const tracks = [media.track("audio"), media.track("camera")].filter((each) => each !== null);
  if (!tracks.length) return conclude(root, "devices", ["devices"]);
  const ice = JSON.parse(root.dataset.ice ?? "");
  const echo = new Echo(ice);
  run.echo = echo;
  try {
    say(root, "connecting", 15);
    await echo.connect(tracks, (sdp) => ask(root, sdp));
    if (!run.stopped) await measure(root, echo, run);
  } catch (error) {
    if (!run.stopped) explain(root, error);
  } finally {
    echo.close();
  }
}

/** @param {HTMLElement} root @param {Echo} echo @param {Run} run */
async function measure(root, echo, run) {
  const video = part(root, "video");
  /** @type {HTMLVideoElement} */ (video).srcObject = echo.remote;
  say(root, "watching", 30);
  await pause(SETTLES_MS);
  const before = look(await echo.stats());
  say(root, "watching", 45);
  await pause(LOOKS_MS);
  const seen = between(before, look(await echo.stats()), run.heard);
  if (run.stopped) return;
  say(root, "loading", 70);
  await echo.show(false);
  const rate = await throughput(echo.channel);
  if (run.stopped) return;
  const canRelay = root.dataset.hasRelay === "true" ? echo.hasRelay : null;
  const measured = { ...seen, rate, canRelay };
  const { whole, rows, advice } = judge(measured);
  table(root, measured, rows);
  conclude(root, whole, advice);
}

/** @param {HTMLElement} root @param {string} sdp @returns {Promise<RTCSessionDescriptionInit>} */
async function ask(root, sdp) {
  const { code } = root.dataset;
  const answer = code
    ? await post("/check/start-with-code", { sdp, code })
    : await post("/check/start", { sdp });
  if (answer.error) throw new RefusedError(answer.error.message);
  return answer.data;
}

/** @param {HTMLElement} root @param {unknown} error */
function explain(root, error) {
  if (error instanceof RefusedError) refuse(root, error.message);
  else if (error instanceof UnreachableError) conclude(root, "unreachable", ["unreachable"]);
  else conclude(root, "offline", []);
}

/** @param {number} ms @returns {Promise<void>} */
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
