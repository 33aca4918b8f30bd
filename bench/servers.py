"""Starts the portal's web process and its bare peer for a measurement, and ends them."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.error import URLError
from urllib.request import urlopen

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

STARTS_WITHIN = 180
ENDS_WITHIN = 8
PAGE_KB = os.sysconf("SC_PAGE_SIZE") / 1024


class Server:
    """A process that serves on a port of this machine."""

    def __init__(self, process: subprocess.Popen[bytes], port: int) -> None:
        self._process = process
        self.url = f"http://127.0.0.1:{port}"

    @property
    def pid(self) -> int:
        """Return the process that serves: the newest child, where there is a parent of workers."""
        children = _children(self._process.pid)
        return children[-1] if children else self._process.pid

    def wait(self) -> None:
        """Wait until it answers.

        :raise RuntimeError: it does not.
        """
        until = time.monotonic() + STARTS_WITHIN
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > until:
                message = f"{self._process.args!r} does not serve"
                raise RuntimeError(message)
            time.sleep(0.1)

    def _answers(self) -> bool:
        try:
            with urlopen(self.url + "/healthz", timeout=2) as answer:  # noqa: S310  our own
                return bool(answer.status == HTTPStatus.OK)
        except (URLError, OSError):
            return False


def resident(pid: int) -> float:
    """Return how many KB of memory a process holds."""
    pages = Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * PAGE_KB


def _children(pid: int) -> list[int]:
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    return sorted(int(child) for child in text.split())


def free_port() -> int:
    """Return a port that nobody listens on."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def bare() -> Iterator[Server]:
    """Run the bare peer."""
    port = free_port()
    with _running([sys.executable, "-m", "bench.bare", str(port)], {}, port) as server:
        yield server


@contextmanager
def portal(data: Path, **settings: str) -> Iterator[Server]:
    """Run the portal's web process, as ``portal run`` does, on a data folder that is filled."""
    port = free_port()
    command = [sys.executable, "-m", "portal.cli", "run", "--quiet", "--bind", f"127.0.0.1:{port}"]
    own = {"PORTAL_DATA": str(data), "PORTAL_BASE_URL": f"http://127.0.0.1:{port}", **settings}
    with _running(command, own, port) as server:
        yield server


@contextmanager
def _running(command: Sequence[str], own: Mapping[str, str], port: int) -> Iterator[Server]:
    environment = {name: value for name, value in os.environ.items() if name[:7] != "PORTAL_"}
    process = subprocess.Popen(command, env={**environment, **own})
    server = Server(process, port)
    try:
        server.wait()
        yield server
    finally:
        process.terminate()
        try:
            process.wait(timeout=ENDS_WITHIN)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
