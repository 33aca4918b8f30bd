// Pictures that people see, of the page's own connections ("call") and of the bare ones ("bare").
(() => {
  const LOOKS_MS = 50;
  const seen = { call: [], bare: [] };
  const followed = new WeakSet();
  const connections = (which) =>
    (which === "bare" ? globalThis.bare.connections() : globalThis.storyPeers).filter(
      ({ connectionState }) => connectionState === "connected",
    );
  // The place in the page counts: a connection that is made anew brings new tracks to it.
  const follow = (video, times) => {
    if (followed.has(video)) return;
    followed.add(video);
    const next = () =>
      video.requestVideoFrameCallback((now) => {
        times.push(performance.timeOrigin + now);
        next();
      });
    next();
  };
  const places = () => document.querySelectorAll("[data-testid=remote-video]");
  globalThis.pictures = {
    /** Note when each picture of the other sides is shown, from now on. */
    follow() {
      const look = () => {
        for (const video of places()) follow(video, seen.call);
      };
      look();
      setInterval(look, LOOKS_MS);
      for (const pc of connections("bare")) {
        const tracks = pc.getReceivers().map(({ track }) => track);
        const video = document.createElement("video");
        Object.assign(video, { srcObject: new MediaStream(tracks), muted: true, width: 160 });
        document.body.append(video);
        video.play();
        follow(video, seen.bare);
      }
    },
    between: (which, from, until) => seen[which].filter((time) => time > from && time <= until),
    after: (which, from) => seen[which].find((time) => time > from) ?? 0,
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
