// Runs first: bare connections between pages, whose descriptions are handed over by who measures.
(() => {
  const Native = globalThis.RTCPeerConnection;
  const peers = new Map();
  let stream = null;
  const gathered = (pc) =>
    new Promise((resolve) => {
      const look = () => pc.iceGatheringState === "complete" && resolve(pc.localDescription.sdp);
      pc.addEventListener("icegatheringstatechange", look);
      look();
    });
  const made = async (name, sends) => {
    const pc = new Native();
    const channel = pc.createDataChannel("bare", { negotiated: true, id: 0 });
    const bare = { pc, channel, heard: [] };
    channel.onmessage = () => bare.heard.push(performance.timeOrigin + performance.now());
    peers.set(name, bare);
    if (sends) stream ??= await navigator.mediaDevices.getUserMedia({ video: true, audio: true });
    for (const track of sends ? stream.getTracks() : []) pc.addTrack(track, stream);
    return pc;
  };
  globalThis.bare = {
    peers,
    connections: () => [...peers.values()].map(({ pc }) => pc),
    areUp: () => [...peers.values()].every(({ channel }) => channel.readyState === "open"),
    async offer(name, sends) {
      const pc = await made(name, sends);
      await pc.setLocalDescription();
      return gathered(pc);
    },
    async answer(name, sends, sdp) {
      const pc = await made(name, sends);
      await pc.setRemoteDescription({ type: "offer", sdp });
      await pc.setLocalDescription();
      return gathered(pc);
    },
    take: (name, sdp) => peers.get(name).pc.setRemoteDescription({ type: "answer", sdp }),
    close() {
      for (const { pc } of peers.values()) pc.close();
      for (const track of stream?.getTracks() ?? []) track.stop();
      stream = null;
      peers.clear();
    },
  };
})();
