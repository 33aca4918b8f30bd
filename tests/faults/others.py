"""Others who use the portal while something bad happens: they ask, and count their answers."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

PATIENCE = 60


def status_of(url: str, **form: Any) -> int:
    """Send a request, a form if there are fields, and return the status of the answer."""
    data = urlencode(form).encode() if form else None
    try:
        with urlopen(Request(url, data=data), timeout=PATIENCE) as answer:  # noqa: S310  our own portal
            return int(answer.status)
    except HTTPError as error:
        return error.code


class Beside:
    """Does something in a thread, and keeps what came of it."""

    def __init__(self, act: Any) -> None:
        self.result: Any = None
        self._act = act
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        self.result = self._act()

    @property
    def is_running(self) -> bool:
        return self._thread.is_alive()

    def wait(self) -> Any:
        self._thread.join(PATIENCE)
        assert not self.is_running
        return self.result


def web_process(port: int) -> int:
    """Return the process that serves a port: the younger of gunicorn's two."""
    found = [
        int(folder.name)
        for folder in Path("/proc").iterdir()
        if folder.name.isdigit() and _serves(_command(folder), port)
    ]
    return max(found)


def _serves(command: bytes, port: int) -> bool:
    words = command.split(b"\0")
    return b"--bind" in words and any(word.endswith(f":{port}".encode()) for word in words)


def _command(folder: Path) -> bytes:
    try:
        return (folder / "cmdline").read_bytes()
    except OSError:  # gone in the same moment
        return b""


class Peak:
    """The largest memory of a process from now on."""

    def __init__(self, pid: int) -> None:
        self._folder = Path(f"/proc/{pid}")
        (self._folder / "clear_refs").write_text("5")
        self._before = self._kb("VmRSS")

    def grown_mb(self) -> float:
        return (self._kb("VmHWM") - self._before) / 1024

    def _kb(self, name: str) -> int:
        lines = (self._folder / "status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith(name + ":"))
