// The floor: two connections in one page, camera and microphone ready, no signalling; slower side, in ms.
globalThis.benchFloor = async () => {
  globalThis.benchTimes.isFloor = true;
  const stream = await navigator.mediaDevices.getUserMedia({ video: true, audio: true });
  const begun = performance.timeOrigin + performance.now();
  const sides = [new RTCPeerConnection(), new RTCPeerConnection()];
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
  await one.setLocalDescription();
  await other.setRemoteDescription(one.localDescription);
  for (const track of stream.getTracks()) other.addTrack(track, stream);
  await other.setLocalDescription();
  await one.setRemoteDescription(other.localDescription);
  const decoded = await Promise.all(frames);
  for (const side of sides) side.close();
  for (const track of stream.getTracks()) track.stop();
  return Math.max(...decoded) - begun;
};
