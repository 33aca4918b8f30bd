// Runs before the page's own scripts: keeps the page's connections, so that a story can ask them.
(() => {
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
