// Runs before the page's own scripts: keeps the page's connections and the moment of the first
// picture of each call, so that a story can ask for them.
(() => {
  document.addEventListener("call:frame", () => {
    globalThis.storyFrame = performance.timeOrigin + performance.now();
  });
  const peers = [];
  Object.defineProperty(globalThis, "storyPeers", { value: peers });
  const Native = globalThis.RTCPeerConnection;
  globalThis.RTCPeerConnection = class extends Native {
    constructor(...settings) {
      super(...settings);
      peers.push(this);
    }
  };
})();
