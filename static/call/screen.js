/** Shows this screen to the others, until the page or the browser's own bar ends it. */

/** Whether this browser can share a screen; phones mostly cannot. */
export const canShare = () => Boolean(navigator.mediaDevices?.getDisplayMedia);

/**
 * @param {import("./media.js").LocalMedia} media
 * @returns {Promise<boolean>} false when the person chose nothing
 */
export async function share(media) {
  let stream;
  try {
    stream = await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: { max: 15 } } });
  } catch (error) {
    if (error instanceof Error && error.name === "NotAllowedError") return false;
    throw error;
  }
  const [track] = stream.getVideoTracks();
  // Letters matter more than movement.
  track.contentHint = "detail";
  track.onended = () => media.track("screen") === track && media.share(null);
  media.share(track);
  return true;
}
