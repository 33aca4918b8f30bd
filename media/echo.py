"""The peer of the technical check: sends back what one browser shows and says, and keeps nothing.

One process serves one check and nobody else: it reads one line from its standard input (what the
browser proposes), writes one line (its answer), and ends with the check, when its input closes, or
at a limit. What a browser sends is decoded here; hence the process has no secret, no right to
write a file, and a bounded share of the machine (``confine``). ``media.echoes`` starts them.
"""

from __future__ import annotations

import asyncio
import json
import re
import resource
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from aiortc import (
    MediaStreamTrack,
    RTCConfiguration,
    RTCIceServer,
    RTCPeerConnection,
    RTCSessionDescription,
)
from aiortc.contrib.media import MediaRelay

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from aiortc import RTCDataChannel

MEMORY = 2 << 30
FILES = 128
CONNECTS_WITHIN_SECONDS = 15.0
# Twice what a check sends in its few seconds.
MOST_BYTES = 6 << 20
MOST_PIXELS = 1280 * 720
# Half of what a camera gives: coding a picture is the dearest of all that is done here.
APART_SECONDS = 1 / 18
SENDING_TIMES = re.compile(r"a=extmap:\d+(?:/\w+)? \S*abs-send-time\r?\n")
# A browser would begin with a small picture, and need longer than a check to trust the line.
PICTURE = re.compile(r"a=rtpmap:(\d+) VP8/90000\r\n")
PICTURE_FROM_THE_START = r"\g<0>a=fmtp:\1 x-google-start-bitrate=1500\r\n"
OVER = frozenset({"failed", "closed"})


class Returned(MediaStreamTrack):
    """A track that gives back what came, pictures a little less often than they came."""

    def __init__(self, source: MediaStreamTrack, refuse: Callable[[], None]) -> None:
        super().__init__()
        self.kind = source.kind
        self._source = source
        self._refuse = refuse
        self._last = 0.0

    async def recv(self) -> Any:  # noqa: ANN401  av's frames
        """Return the next frame; one that is too large ends the check."""
        frame: Any = await self._source.recv()
        if self.kind == "audio":
            return frame
        while time.monotonic() - self._last < APART_SECONDS:
            frame = await self._source.recv()
        if frame.width * frame.height > MOST_PIXELS:
            self._refuse()
        self._last = time.monotonic()
        return frame


class Echo:
    """One check, from the browser's proposal to its end."""

    def __init__(self, stun: list[str]) -> None:
        servers = [RTCIceServer(urls=stun)] if stun else []
        self._connection = RTCPeerConnection(RTCConfiguration(iceServers=servers))
        self._relay = MediaRelay()
        self._over = asyncio.Event()
        self._connected = asyncio.Event()
        self._left = MOST_BYTES
        self._connection.on("track", self._return)
        self._connection.on("datachannel", self._repeat)
        self._connection.on("connectionstatechange", self._follow)

    async def answer(self, sdp: str) -> str:
        """Answer a proposal; the answer names all addresses at which this peer is reached.

        Without sending times nobody guesses the bitrate from how late packets come: that would
        say more about how busy this machine is than about the line, whose rate is measured apart.
        """
        offer = RTCSessionDescription(SENDING_TIMES.sub("", sdp), "offer")
        await self._connection.setRemoteDescription(offer)
        await self._connection.setLocalDescription(await self._connection.createAnswer())
        return PICTURE.sub(PICTURE_FROM_THE_START, self._connection.localDescription.sdp)

    async def run(self, seconds: float) -> None:
        """Send everything back until the browser goes, or for so many seconds."""
        try:
            async with asyncio.timeout(seconds):
                async with asyncio.timeout(CONNECTS_WITHIN_SECONDS):
                    await self._connected.wait()
                await self._over.wait()
        except TimeoutError:
            pass
        finally:
            await self._connection.close()

    def _return(self, track: MediaStreamTrack) -> None:
        # Only the newest picture: who codes slowly must not store up what came meanwhile.
        source = self._relay.subscribe(track, buffered=track.kind == "audio")
        self._connection.addTrack(Returned(source, self._over.set))

    def _repeat(self, channel: RTCDataChannel) -> None:
        def heard(message: str | bytes) -> None:
            self._left -= len(message)
            if self._left < 0:
                self._over.set()
            elif channel.readyState == "open":
                channel.send(message)

        channel.on("message", heard)

    def _follow(self) -> None:
        state = self._connection.connectionState
        if state == "connected":
            self._connected.set()
        elif state in OVER:
            self._connected.set()
            self._over.set()


def confine(cpu_seconds: int) -> None:
    """Take from this process what a check does not need; the kernel holds it to that.

    :param cpu_seconds: of all its threads together; whoever needs more is killed.
    """
    for what, most in (
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_NOFILE, FILES),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


async def serve(order: Mapping[str, Any]) -> None:
    """Carry out one order: answer, then send back."""
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    echo = Echo(order["stun"])
    sys.stdout.write(json.dumps({"sdp": await echo.answer(order["sdp"])}) + "\n")
    sys.stdout.flush()
    running = asyncio.create_task(echo.run(order["seconds"]))
    # Whoever started this process holds the other end; when it dies, nobody wants the check.
    abandoned = asyncio.create_task(reader.read())
    await asyncio.wait({running, abandoned}, return_when=asyncio.FIRST_COMPLETED)
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


def main() -> None:
    """Wait for one order on standard input, and carry it out."""
    line = sys.stdin.readline()
    if not line:
        return
    order = json.loads(line)
    confine(order["cpu_seconds"])
    asyncio.run(serve(order))


if __name__ == "__main__":
    main()
