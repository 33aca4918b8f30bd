// The floor: two connections in one page, camera and microphone ready, no signalling; slower side, in ms.
(() => {
  const now = () => performance.timeOrigin + performance.now();
  const describe = async (one, other, adopt = () => {}) => {
    await one.setLocalDescription();
    await other.setRemoteDescription(one.localDescription);
    adopt();
    await other.setLocalDescription();
    await one.setRemoteDescription(other.localDescription);
  };
  const joined = async (settings) => {
    globalThis.benchTimes.isFloor = true;
    const stream = await navigator.mediaDevices.getUserMedia({ video: true, audio: true });
    const begun = now();
    const sides = [new RTCPeerConnection(settings), new RTCPeerConnection(settings)];
    const [one, other] = sides;
    const frames = sides.map(
      (side) =>
        new Promise((resolve) => {
          side.addEventListener("track", ({ track }) => {
            if (track.kind === "video") resolve(globalThis.benchFirstFrame(track));
          });
        }),
    );
    one.onicecandidate = ({ candidate }) => candidate && other.addIceCandidate(candidate);
    other.onicecandidate = ({ candidate }) => candidate && one.addIceCandidate(candidate);
    for (const track of stream.getTracks()) one.addTrack(track, stream);
    await describe(one, other, () => {
      for (const track of stream.getTracks()) other.addTrack(track, stream);
    });
    const decoded = await Promise.all(frames);
    const end = () => {
      for (const side of sides) side.close();
      for (const track of stream.getTracks()) track.stop();
    };
    return { sides, taken: Math.max(...decoded) - begun, end };
  };
  globalThis.benchFloor = async (settings) => {
    const { taken, end } = await joined(settings);
    end();
    return taken;
  };
  // The same two after a rest: from an ICE restart to the first picture over the new path.
  globalThis.benchRestartFloor = async (restMs) => {
    const { sides, end } = await joined({});
    await new Promise((resolve) => setTimeout(resolve, restMs));
    const renewed = sides.map((side) => globalThis.benchRenewed(side));
    const begun = now();
    sides[0].restartIce();
    await describe(...sides);
    const decoded = await Promise.all(renewed);
    end();
    return Math.max(...decoded) - begun;
  };
})();
