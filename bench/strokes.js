// Notes when a stroke ends on this page, and when a thing comes to stand on its board.
(() => {
  const now = () => performance.timeOrigin + performance.now();
  const strokes = { ended: [], drawn: [] };
  globalThis.strokes = strokes;
  addEventListener("pointerup", () => strokes.ended.push(now()), true);
  strokes.watch = (sheet) => {
    const things = sheet.querySelector("g");
    let known = things.childElementCount;
    new MutationObserver(() => {
      for (; known < things.childElementCount; known++) strokes.drawn.push(now());
    }).observe(things, { childList: true });
  };
  strokes.say = (text) => {
    const [{ channel }] = globalThis.bare.peers.values();
    const at = now();
    channel.send(text);
    return at;
  };
})();
