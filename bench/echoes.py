"""How many technical checks one core carries, against a bare aiortc echo.

Subject: ``media/echo.py``, each check alone in a process that has been started beforehand. Floor: a
bare echo in a process of its own, which adds each track that comes as it is. Both get the same from
a peer of aiortc in this process: picture (640x480, 30 a second), sound and a channel for data.
Counted is the time of the processor that the process of the echo needs for a second, once the
picture has come back, for some seconds, one session at a time; a core carries one divided by that.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import re
import sys
import time
from asyncio.subprocess import PIPE, Process
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from aiortc import (
    AudioStreamTrack,
    RTCPeerConnection,
    RTCSessionDescription,
    VideoStreamTrack,
)
from aiortc.mediastreams import MediaStreamError
from av import VideoFrame
from PIL import Image, ImageChops

from bench.figures import Figure, middle

if TYPE_CHECKING:
    from aiortc import MediaStreamTrack, RTCDataChannel

RUNS, SECONDS = 3, 8.0
SETTLES = 2.0
PATIENCE = 60
TICKS = os.sysconf("SC_CLK_TCK")
FURTHER = re.compile(r"a=fingerprint:sha-(?:384|512) [^\r]+\r\n")
SUBJECT, FLOOR = "media.echo", "bench.echoes"


def measure(runs: int = RUNS, seconds: float = SECONDS, settles: float = SETTLES) -> list[Figure]:
    """Return how many sessions a core carries."""
    costs: dict[str, list[float]] = {FLOOR: [], SUBJECT: []}
    for _run in range(runs):
        for module, kept in costs.items():
            kept.append(asyncio.run(_cost(module, seconds, settles)))
    mine, floor = (1 / middle(costs[module]) for module in (SUBJECT, FLOOR))
    name = "sessions of the technical check that a core carries"
    return [Figure(name, mine, "sessions", floor, "ratio >= 1", runs)]


class Moving(VideoStreamTrack):
    """A picture that changes all over: a still one would cost next to nothing."""

    def __init__(self) -> None:
        super().__init__()
        blobs = Image.effect_noise((80, 60), 100).resize((640, 480)).convert("RGB")
        self._frames = itertools.cycle(
            [VideoFrame.from_image(ImageChops.offset(blobs, 16 * step)) for step in range(40)]
        )

    async def recv(self) -> VideoFrame:
        """Return the next picture, when it is time for it."""
        frame: VideoFrame = next(self._frames)
        frame.pts, frame.time_base = await self.next_timestamp()
        return frame


class Sink:
    """Takes what comes back, and tells of pictures."""

    def __init__(self) -> None:
        self._picture = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def take(self, track: MediaStreamTrack) -> None:
        """Take all of a track, until it ends."""
        self._tasks.append(asyncio.create_task(self._take(track)))

    async def next_picture(self) -> None:
        """Wait until one more picture has come back."""
        self._picture.clear()
        await self._picture.wait()

    async def _take(self, track: MediaStreamTrack) -> None:
        with suppress(MediaStreamError):
            while True:
                await track.recv()
                if track.kind == "video":
                    self._picture.set()


async def _cost(module: str, seconds: float, settles: float) -> float:
    """Return the seconds of the processor that an echo needs for a second."""
    command = (sys.executable, "-m", module)
    process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE)
    connection, sink = RTCPeerConnection(), Sink()
    try:
        async with asyncio.timeout(PATIENCE + seconds):
            await _connect(connection, process, sink)
            await sink.next_picture()
            await asyncio.sleep(settles)
            used, begun = _used(process.pid), time.perf_counter()
            await asyncio.sleep(seconds)
            cost = (_used(process.pid) - used) / (time.perf_counter() - begun)
            # An echo that has ended would be for free.
            await sink.next_picture()
            return cost
    finally:
        await connection.close()
        process.kill()
        await process.wait()


async def _connect(connection: RTCPeerConnection, process: Process, sink: Sink) -> None:
    """Let the process echo what the connection sends."""
    connection.on("track", sink.take)
    connection.createDataChannel("check")
    connection.addTrack(AudioStreamTrack())
    connection.addTrack(Moving())
    await connection.setLocalDescription(await connection.createOffer())
    sdp = FURTHER.sub("", connection.localDescription.sdp)
    order = {"sdp": sdp, "stun": [], "seconds": PATIENCE, "cpu_seconds": PATIENCE}
    process.stdin.write(json.dumps(order).encode() + b"\n")
    answer = json.loads(await process.stdout.readline())["sdp"]
    await connection.setRemoteDescription(RTCSessionDescription(answer, "answer"))


def _used(pid: int) -> float:
    """Return the processor seconds that a process and its threads have used so far."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


async def _echo(sdp: str) -> None:
    """Send everything back, without a limit and without sparing anything."""
    connection = RTCPeerConnection()
    connection.on("track", connection.addTrack)

    def repeat(channel: RTCDataChannel) -> None:
        channel.on("message", channel.send)

    connection.on("datachannel", repeat)
    await connection.setRemoteDescription(RTCSessionDescription(sdp, "offer"))
    await connection.setLocalDescription(await connection.createAnswer())
    print(json.dumps({"sdp": connection.localDescription.sdp}), flush=True)
    await asyncio.sleep(PATIENCE)


def main() -> None:
    """Take the same order as the technical check's peer, and be a bare echo."""
    asyncio.run(_echo(json.loads(sys.stdin.readline())["sdp"]))


if __name__ == "__main__":
    main()
