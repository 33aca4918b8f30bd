// What has been decoded: of the page's own connections ("call") and of the bare ones ("bare").
(() => {
  const connections = (which) =>
    (which === "bare" ? globalThis.bare.connections() : globalThis.storyPeers).filter(
      ({ connectionState }) => connectionState !== "closed",
    );
  globalThis.pictures = {
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
