"""Runs the echo peers of the technical check: so many at once, each alone in a process.

The portal asks over a socket in the file system, which only its own user can open: one line of
JSON, one line back. Nothing listens on the network but the checks themselves. A process that has
been started beforehand waits for the next check, because loading the codecs takes a second.
"""

from __future__ import annotations

import asyncio
import fcntl
import json
import logging
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from media.errors import EngineError
from media.messages import Message, check, envelope, wire
from media.sdp import check_description
from media.shapes import Shape, matching

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

logger = logging.getLogger(__name__)

ANSWERS_WITHIN_SECONDS = 8.0
GRACE_SECONDS = 2.0
MOST_SECTIONS = 3
LINE = 256 * 1024
START = "echo.start"
FULL, ODD, FAILED = "full", "odd", "failed"
FROM_PORTAL: dict[str, Shape] = {
    START: {"owner": matching(r"[0-9a-f]{32,64}", 64), "description": check_description}
}


class EchoesError(Exception):
    """The echo peers cannot be served here; the text says why, in one line."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What all checks together, and one of them, may take.

    :param sessions: checks at once; each needs a quarter of a core.
    :param seconds: of one check, from its answer on.
    :param cpu_seconds: of one check, on all cores together.
    """

    sessions: int = 2 * (os.cpu_count() or 1)
    seconds: float = 30.0
    cpu_seconds: int = 20


class Echoes:
    """All checks of one machine."""

    def __init__(self, path: Path, stun: Sequence[str] = (), limits: Limits | None = None) -> None:
        self._path = path
        self._stun = list(stun)
        self._limits = limits or Limits()
        self._checks: dict[str, asyncio.Task[None]] = {}
        self._spare: Process | None = None

    async def serve(self) -> None:
        """Serve until cancelled; then no check goes on.

        :raise EchoesError: another process serves at this path, or it cannot be used.
        """
        with _alone(self._path):
            before = os.umask(0o177)
            try:
                server = await asyncio.start_unix_server(self._receive, self._path, limit=LINE)
            finally:
                os.umask(before)
            try:
                await self._refill()
                await server.serve_forever()
            finally:
                server.close()
                self._path.unlink(missing_ok=True)
                for owner in list(self._checks):
                    await self._stop(owner)
                await _end(self._take_spare())

    async def _receive(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            body = await self._answer(reader)
            writer.write(json.dumps(wire(Message(START, body))).encode() + b"\n")
            await writer.drain()
        writer.close()

    async def _answer(self, reader: asyncio.StreamReader) -> dict[str, Any]:
        try:
            async with asyncio.timeout(ANSWERS_WITHIN_SECONDS):
                line = await reader.readline()
            body = check(envelope(json.loads(line)), FROM_PORTAL).body
        except (TimeoutError, ValueError, RecursionError, EngineError):
            return {"refused": ODD}
        sdp = body["description"]["sdp"]
        # One line each of sound, picture and data: every further one would be decoded as well.
        if sum(each.startswith("m=") for each in sdp.splitlines()) > MOST_SECTIONS:
            return {"refused": ODD}
        return await self._start(body["owner"], sdp)

    async def _start(self, owner: str, sdp: str) -> dict[str, Any]:
        """Begin a check; whoever has one already begins it anew."""
        await self._stop(owner)
        if len(self._checks) >= self._limits.sessions:
            return {"refused": FULL}
        answered: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        task = asyncio.create_task(self._check(sdp, answered))
        self._checks[owner] = task
        task.add_done_callback(lambda _: self._forget(owner, task))
        try:
            async with asyncio.timeout(ANSWERS_WITHIN_SECONDS):
                return await answered
        except TimeoutError:
            task.cancel()
            return {"refused": FAILED}

    async def _stop(self, owner: str) -> None:
        task = self._checks.pop(owner, None)
        if task is not None:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    def _forget(self, owner: str, task: asyncio.Task[None]) -> None:
        if self._checks.get(owner) is task:
            del self._checks[owner]

    async def _check(self, sdp: str, answered: asyncio.Future[dict[str, Any]]) -> None:
        peer = self._take_spare() or await _started()
        try:
            answer = await self._order(peer, sdp)
            if not answered.done():
                answered.set_result(answer)
            await self._refill()
            if "refused" not in answer:
                async with asyncio.timeout(self._limits.seconds + GRACE_SECONDS):
                    await peer.wait()
        except TimeoutError:
            logger.warning("an echo peer did not end by itself")
        finally:
            await _end(peer)

    def _take_spare(self) -> Process | None:
        spare, self._spare = self._spare, None
        return spare if spare is not None and spare.returncode is None else None

    async def _refill(self) -> None:
        fresh = await _started()
        if self._spare is None:
            self._spare = fresh
        else:
            await _end(fresh)

    async def _order(self, peer: Process, sdp: str) -> dict[str, Any]:
        """Hand a proposal to a peer and return what it answers."""
        order = {"sdp": sdp, "stun": self._stun, **asdict(self._limits)}
        assert peer.stdin is not None  # noqa: S101  both were asked for
        assert peer.stdout is not None  # noqa: S101  as above
        try:
            peer.stdin.write(json.dumps(order).encode() + b"\n")
            await peer.stdin.drain()
            answer = json.loads(await peer.stdout.readline())
            return {"description": {"type": "answer", "sdp": str(answer["sdp"])}}
        except (OSError, ValueError, KeyError):
            # It could not make sense of the proposal, or came to one of its limits.
            logger.warning("an echo peer gave no answer")
            return {"refused": FAILED}


async def _started() -> Process:
    """Start a peer that waits for its order; it inherits no setting, and so no secret."""
    command = (sys.executable, "-I", "-m", "media.echo")
    environment = {"PATH": os.environ.get("PATH", "")}
    return await asyncio.create_subprocess_exec(
        *command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, env=environment, limit=LINE
    )


async def _end(peer: Process | None) -> None:
    if peer is None:
        return
    with suppress(ProcessLookupError):
        peer.kill()
    await peer.wait()


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Hold the path for this process; what a dead one left there is taken away."""
    try:
        with path.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink(missing_ok=True)
            yield
    except BlockingIOError as error:
        raise EchoesError(f"{path}: another process serves there already.") from error
    except OSError as error:
        raise EchoesError(f"{path}: {error.strerror or error}.") from error
