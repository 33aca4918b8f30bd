/** Marks who speaks, where more than two are in the call. */

const EVERY_MS = 300;
// Speech is well above it, and a quiet room below.
const LOUD = 0.02;

/**
 * @param {import("../stage.js").Stage} stage @param {import("../mesh.js").Mesh} mesh
 * @returns {() => void} stops
 */
export function markSpeakers(stage, mesh) {
  const look = () => {
    if (document.hidden) return;
    const isGroup = mesh.entries.size > 1;
    for (const [participant, { peer }] of mesh.entries) {
      const receiver = peer.link.lines.audio?.receiver;
      const level = receiver?.getSynchronizationSources?.()[0]?.audioLevel ?? 0;
      stage.speaks(participant, isGroup && level > LOUD);
    }
  };
  const timer = setInterval(look, EVERY_MS);
  return () => clearInterval(timer);
}
