/** Tells the server that this side hung up, even if the server is away at that moment. */

const PATIENCE_MS = 60_000;

/** @param {import("../wire.js").Signalling} signalling @param {string} call @returns {Promise<void>} */
export async function farewell(signalling, call) {
  try {
    await signalling.request("call.leave", { call }, PATIENCE_MS);
  } catch (error) {
    const { code } = /** @type {import("../wire.js").SignallingError} */ (error);
    // The socket broke before the answer came; any other refusal means that nothing is left to leave.
    if (code === "connection_lost") await farewell(signalling, call);
  }
}
