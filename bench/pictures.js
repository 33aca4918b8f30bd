// What has been decoded: of the page's own connections ("call") and of the bare ones ("bare").
(() => {
  const kept = {};
  const connections = (which) =>
    (which === "bare" ? globalThis.bare.connections() : globalThis.storyPeers).filter(
      ({ connectionState }) => connectionState !== "closed",
    );
  const follow = async (track, times) => {
    const frames = new MediaStreamTrackProcessor({ track }).readable.getReader();
    for (;;) {
      const { value, done } = await frames.read();
      if (done) return;
      times.push(performance.timeOrigin + performance.now());
      value.close();
    }
  };
  globalThis.pictures = {
    /** Note when each picture of the other sides is decoded, from now on. */
    follow(which) {
      const times = [];
      kept[which] = times;
      for (const pc of connections(which)) {
        for (const { track } of pc.getReceivers()) if (track.kind === "video") follow(track, times);
      }
    },
    between: (which, from, until) => kept[which].filter((time) => time > from && time <= until),
    after: (which, from) => kept[which].find((time) => time > from) ?? 0,
    /** How many pictures each connection has decoded so far. */
    async decoded(which) {
      const counts = connections(which).map(async (pc) => {
        let count = 0;
        for (const each of (await pc.getStats()).values()) {
          if (each.type === "inbound-rtp") count += each.framesDecoded ?? 0;
        }
        return count;
      });
      return Promise.all(counts);
    },
  };
})();
