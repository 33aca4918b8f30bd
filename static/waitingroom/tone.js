/** A soft sound of two notes, made by the browser itself. */

const NOTES = [
  { hertz: 523.25, at: 0 },
  { hertz: 659.25, at: 0.18 },
];
const LOUDEST = 0.12;
const LASTS = 0.7;

/** @type {AudioContext | null} */
let context = null;

/** Browsers allow sound only after somebody has touched the page; be ready from then on. */
export function warmUp() {
  const touched = () => {
    context ??= new AudioContext();
    context.resume();
    for (const kind of ["pointerdown", "keydown"]) removeEventListener(kind, touched, true);
  };
  for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, touched, true);
}

/** Play the sound, if the browser allows it. @returns {Promise<boolean>} whether it does */
export async function ring() {
  context ??= new AudioContext();
  if (context.state !== "running") await Promise.race([context.resume(), soon()]);
  if (context.state !== "running") return false;
  for (const { hertz, at } of NOTES) play(context, hertz, context.currentTime + at);
  return true;
}

const soon = () => new Promise((resolve) => setTimeout(resolve, 300));

/** @param {AudioContext} to @param {number} hertz @param {number} from */
function play(to, hertz, from) {
  const note = new OscillatorNode(to, { frequency: hertz, type: "sine" });
  const loudness = new GainNode(to, { gain: 0 });
  loudness.gain.linearRampToValueAtTime(LOUDEST, from + 0.03);
  loudness.gain.exponentialRampToValueAtTime(0.0001, from + LASTS);
  note.connect(loudness).connect(to.destination);
  note.start(from);
  note.stop(from + LASTS);
}
