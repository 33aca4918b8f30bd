// Runs before a page's own scripts: notes when Admit is clicked and when remote pictures are decoded.
(() => {
  const size = "SIZE".split("x").map(Number);
  const now = () => performance.timeOrigin + performance.now();
  const times = { admit: 0, frame: 0, isFloor: false };
  globalThis.benchTimes = times;
  globalThis.benchFirstFrame = async (track) => {
    const frames = new MediaStreamTrackProcessor({ track }).readable.getReader();
    const { value } = await frames.read();
    const decoded = now();
    value?.close();
    await frames.cancel();
    return decoded;
  };
  // The next picture once a new pair is in use. Chromium also pairs a new address with an old one of the other side.
  globalThis.benchRenewed = (side) =>
    new Promise((resolve) => {
      const { track, transport } = side.getReceivers().find(({ track }) => track.kind === "video");
      const ice = transport.iceTransport;
      const generation = () => {
        const { local, remote } = ice.getSelectedCandidatePair();
        return `${local.usernameFragment} ${remote.usernameFragment}`;
      };
      const before = generation();
      const changed = () => {
        if (generation() === before) return;
        ice.removeEventListener("selectedcandidatepairchange", changed);
        resolve(globalThis.benchFirstFrame(track));
      };
      ice.addEventListener("selectedcandidatepairchange", changed);
    });
  const devices = navigator.mediaDevices;
  const capture = devices.getUserMedia.bind(devices);
  devices.getUserMedia = (wish) => {
    const [width, height] = size;
    const exact = { width: { exact: width }, height: { exact: height } };
    const video = wish.video && { ...(wish.video === true ? {} : wish.video), ...exact };
    return capture({ ...wish, video });
  };
  addEventListener(
    "click",
    ({ target }) => {
      if (target.closest("[data-testid=admit]")) times.admit = now();
    },
    true,
  );
  const Native = globalThis.RTCPeerConnection;
  globalThis.RTCPeerConnection = class extends Native {
    constructor(...settings) {
      super(...settings);
      this.addEventListener("track", async ({ track }) => {
        if (track.kind !== "video" || times.isFloor) return;
        const decoded = await globalThis.benchFirstFrame(track);
        times.frame ||= decoded;
      });
    }
  };
})();
