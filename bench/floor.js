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
  // When this connection goes on over a new path, and its next picture has been decoded.
  globalThis.benchRenewal = (pc) => {
    const transceivers = pc.getTransceivers();
    const { receiver } = transceivers.find(({ receiver: { track } }) => track.kind === "video");
    const { iceTransport } = transceivers[0].sender.transport;
    const name = () => iceTransport.getLocalParameters()?.usernameFragment;
    const before = name();
    const renewal = { at: 0 };
    renewal.done = new Promise((resolve) => {
      const look = async () => {
        if (name() === before) return;
        iceTransport.removeEventListener("selectedcandidatepairchange", look);
        renewal.at = await globalThis.benchFirstFrame(receiver.track);
        resolve();
      };
      iceTransport.addEventListener("selectedcandidatepairchange", look);
    });
    return renewal;
  };
  globalThis.benchRestartFloor = async () => {
    const { sides, end } = await joined();
    const renewals = sides.map(globalThis.benchRenewal);
    const begun = now();
    sides[0].restartIce();
    await describe(...sides);
    await Promise.all(renewals.map(({ done }) => done));
    end();
    return Math.max(...renewals.map(({ at }) => at)) - begun;
  };
})();
