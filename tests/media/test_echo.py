"""The echo peers as a page meets them: what goes there comes back, and each has its limits."""

from __future__ import annotations

import asyncio
import json
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from aiortc import (
    AudioStreamTrack,
    RTCPeerConnection,
    RTCSessionDescription,
    VideoStreamTrack,
)

from media.echoes import Echoes, EchoesError, Limits
from media.messages import envelope
from tests.media.sdp_samples import GOOD

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60
ANNA, BERT = "a" * 32, "b" * 32


@asynccontextmanager
async def serving(folder, **limits):
    """Run echo peers until the end of the block; return where they are reached."""
    path = folder / "echo.sock"
    task = asyncio.create_task(Echoes(path, limits=Limits(**limits)).serve())
    async with asyncio.timeout(PATIENCE):
        while not path.is_socket():
            if task.done():
                await task
            await asyncio.sleep(0.01)
        yield path
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def send(path, line):
    """Send one line and return the body of what is answered."""
    reader, writer = await asyncio.open_unix_connection(path)
    writer.write(line)
    writer.write_eof()
    answer = json.loads(await reader.readline())
    writer.close()
    with suppress(ConnectionError):  # a line that is too long is cut off
        await writer.wait_closed()
    assert envelope(answer).type == "echo.start"
    return answer["echo.start"]


async def ask(path, owner, sdp):
    order = {"owner": owner, "description": {"type": "offer", "sdp": sdp}}
    return await send(
        path, json.dumps({"type": "echo.start", "echo.start": order}).encode() + b"\n"
    )


class Page:
    """A browser's page, as far as the echo peer sees it."""

    def __init__(self, *tracks):
        self.connection = RTCPeerConnection()
        self.came = asyncio.Queue()
        self.opened = asyncio.Event()
        self.channel = self.connection.createDataChannel("check")
        self.channel.on("open", self.opened.set)
        self.channel.on("message", self.came.put_nowait)
        for track in tracks:
            self.connection.addTrack(track)
        self.tracks = {}
        self.connection.on("track", lambda track: self.tracks.update({track.kind: track}))

    async def begin(self, path, owner):
        await self.connection.setLocalDescription(await self.connection.createOffer())
        return await ask(path, owner, as_browsers_write(self.connection.localDescription.sdp))

    async def connect(self, path, owner):
        answer = await self.begin(path, owner)
        sdp = answer["description"]["sdp"]
        await self.connection.setRemoteDescription(RTCSessionDescription(sdp, "answer"))
        await self.opened.wait()


def as_browsers_write(sdp):
    """Leave out the fingerprints of further hashes, which aiortc adds and browsers do not."""
    return re.sub(r"a=fingerprint:sha-(384|512) [^\r]+\r\n", "", sdp)


@asynccontextmanager
async def page(*tracks):
    one = Page(*tracks)
    try:
        yield one
    finally:
        await one.connection.close()


async def admitted(path, owner):
    """Wait until there is room for a check again."""
    async with page(AudioStreamTrack()) as one:
        while "refused" in (answer := await one.begin(path, owner)):
            assert answer == {"refused": "full"}
            await asyncio.sleep(0.1)


@pytest.mark.requirement("CALL-14")
def test_picture_sound_and_data_come_back(tmp_path):
    async def story():
        async with serving(tmp_path) as path, page(AudioStreamTrack(), VideoStreamTrack()) as one:
            await one.connect(path, ANNA)
            one.channel.send(b"x" * 4096)
            assert await one.came.get() == b"x" * 4096
            frame = await one.tracks["video"].recv()
            assert (frame.width, frame.height) == (640, 480)
            assert (await one.tracks["audio"].recv()).samples > 0

    asyncio.run(story())


@pytest.mark.requirement("CALL-14")
def test_no_more_checks_run_than_may_and_whoever_goes_makes_room(tmp_path):
    async def story():
        async with serving(tmp_path, sessions=1) as path, page(AudioStreamTrack()) as late:
            async with page(AudioStreamTrack()) as one:
                await one.connect(path, ANNA)
                assert await late.begin(path, BERT) == {"refused": "full"}
                # Whoever has a check begins it anew, and does not stand in their own way.
                async with page(AudioStreamTrack()) as again:
                    await again.connect(path, ANNA)
                    assert await late.begin(path, BERT) == {"refused": "full"}
            await admitted(path, BERT)

    asyncio.run(story())


def test_a_check_ends_by_itself_also_when_the_page_never_goes(tmp_path):
    async def story():
        async with (
            serving(tmp_path, sessions=1, seconds=1) as path,
            page(AudioStreamTrack()) as one,
        ):
            await one.connect(path, ANNA)
            await admitted(path, BERT)

    asyncio.run(story())


# No codec is named: the engine's check lets that pass, and no connection can be made of it.
UNREADABLE = GOOD.replace("a=rtpmap:111 opus/48000/2\r\n", "")


def wanted(**changes):
    order = {"owner": ANNA, "description": {"type": "offer", "sdp": GOOD}, **changes}
    return json.dumps({"type": "echo.start", "echo.start": order}).encode() + b"\n"


def media_lines(count):
    line = "m=video 9 UDP/TLS/RTP/SAVPF 96\r\n"
    return {"type": "offer", "sdp": GOOD + line * count}


ODD = {
    "nothing": b"",
    "no JSON": b"hello\n",
    "no line": b"{",
    "bytes": b"\xff\xfe\n",
    "deep": b"[" * 100_000 + b"\n",
    "a list": b"[]\n",
    "another message": b'{"type": "echo.stop", "echo.stop": {}}\n',
    "a name for an owner": wanted(owner="Erika Muster"),
    "an answer without a question": wanted(description={"type": "answer", "sdp": ""}),
    "too many lines": wanted(description=media_lines(1)),
    "something more": wanted(stun=["stun:evil.example"]),
    "too long": b"x" * 300_000 + b"\n",
}


def test_odd_requests_are_refused_and_the_next_one_is_served(tmp_path):
    async def story():
        async with serving(tmp_path) as path:
            answers = {what: await send(path, line) for what, line in ODD.items()}
            assert answers == {what: {"refused": "odd"} for what in ODD}
            # What passes the checks and is no offer all the same costs one process, no more.
            assert await ask(path, ANNA, UNREADABLE) == {"refused": "failed"}
            async with page(AudioStreamTrack()) as one:
                await one.connect(path, BERT)

    asyncio.run(story())


def test_two_do_not_serve_at_one_place_and_what_a_dead_one_left_is_no_hindrance(tmp_path):
    async def story():
        (tmp_path / "echo.sock").touch()
        async with serving(tmp_path) as path:
            assert path.stat().st_mode & 0o077 == 0
            with pytest.raises(EchoesError, match="another process"):
                await Echoes(path).serve()
        assert not path.exists()
        with pytest.raises(EchoesError):
            await Echoes(tmp_path / ("x" * 120) / "echo.sock").serve()

    asyncio.run(story())


SERVES = """
import asyncio, sys
from pathlib import Path
from media.echoes import Echoes
asyncio.run(Echoes(Path(sys.argv[1])).serve())
"""


def peer_of(pid):
    """Return the child that is a peer by now."""
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        # Before it is one, it has its parent's words, with "media.echoes" in the midst of one.
        if b"media.echo" in Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0"):
            return child
    return None


def eventually(happens, why):
    until = time.monotonic() + PATIENCE
    while not (found := happens()):
        assert time.monotonic() < until, why
        time.sleep(0.02)
    return found


def test_a_peer_inherits_no_secret_and_dies_with_the_one_that_started_it(tmp_path):
    command = [sys.executable, "-c", SERVES, str(tmp_path / "echo.sock")]
    with subprocess.Popen(command, cwd=ROOT, env={"PORTAL_KEYS": "k1:secret"}) as process:
        try:
            peer = eventually(lambda: peer_of(process.pid), "a peer waits")
            environment = Path(f"/proc/{peer}/environ")
            assert b"secret" not in environment.read_bytes()
        finally:
            process.kill()
    eventually(lambda: not environment.exists() or is_over(peer), "the peer ends")


def is_over(pid):
    with suppress(FileNotFoundError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    return True


CONFINED = """
import sys
from media.echo import confine
confine(2)
try:
    with open(sys.argv[1], "w") as picture:
        picture.write("x")
except OSError as error:
    print(error.errno, flush=True)
while True:
    pass
"""


@pytest.mark.requirement("CALL-14")
def test_a_peer_writes_no_file_and_is_killed_when_it_takes_too_much(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", CONFINED, str(tmp_path / "picture")],
        cwd=ROOT,
        capture_output=True,
        check=False,
        timeout=PATIENCE,
    )
    assert done.stdout.split() == [b"27"]
    assert (tmp_path / "picture").read_bytes() == b""
    assert -done.returncode in {signal.SIGXCPU, signal.SIGKILL}


# What somebody beside the way might send: a DTLS fatal alert and a hello in the clear, RTP and
# RTCP without a key, and a STUN request without integrity. An empty datagram is not among them:
# aiortc 1.x takes it for the end of the connection, so that the check says it broke off.
FOREIGN = (
    bytes.fromhex("15fefd000000000000000000020228"),
    bytes.fromhex("16fefd000000000000000100300100002400000000000000240000") + bytes(40),
    bytes.fromhex("80e0000100000001deadbeef") + bytes(160),
    bytes.fromhex("81c90007deadbeef") + bytes(24),
    bytes.fromhex("000100002112a442") + bytes(12),
)


def addresses(sdp):
    """Return where the candidates of a description can be reached."""
    found = re.findall(r"a=candidate:\S+ 1 udp \d+ (\S+) (\d+) typ host", sdp)
    return {(host, int(port)) for host, port in found if ":" not in host}


@pytest.mark.requirement("CALL-14")
def test_what_comes_from_another_address_neither_ends_a_check_nor_comes_back(tmp_path):
    """Off-path injection (SECURITY T16); browsers guard their own connections."""

    async def story():
        async with serving(tmp_path) as path, page(AudioStreamTrack()) as one:
            answer = await one.begin(path, ANNA)
            sdp = answer["description"]["sdp"]
            await one.connection.setRemoteDescription(RTCSessionDescription(sdp, "answer"))
            await one.opened.wait()
            own = one.connection.localDescription.sdp
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as foreign:
                foreign.setblocking(False)
                for target in addresses(sdp) | addresses(own):
                    for packet in FOREIGN * 20:
                        foreign.sendto(packet, target)
                one.channel.send(b"still here")
                assert await one.came.get() == b"still here"
                assert one.came.empty()
                assert (await one.tracks["audio"].recv()).samples > 0
                assert one.connection.connectionState == "connected"
                with suppress(BlockingIOError):
                    told = foreign.recv(2048)
                    # At most a refusal of the STUN request, never anything of the check.
                    assert told[:2] == b"\x01\x11"

    asyncio.run(story())
