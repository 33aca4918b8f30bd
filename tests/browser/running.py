"""A portal as `make run` starts it: web and worker, demo data, a data folder of its own."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.error import URLError
from urllib.request import urlopen

from portal.calls import echo

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

STARTS_WITHIN = 180


class RunningPortal:
    """The demo on a free port; its web process can be killed, as a fault would."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        self.log = folder / "portal.log"
        self._environment = environment
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> RunningPortal:
        """Start it and wait until it serves."""
        data = str(self.folder / "data")
        command = [sys.executable, "-m", "portal.cli", "demo", "run"]
        own = {name: value for name, value in os.environ.items() if name[:7] != "PORTAL_"}
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [*command, "--port", str(self.port), "--data", data],
                env={**own, **self._environment},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.wait_until_it_serves()
        return self

    def stop(self) -> None:
        """Stop all of its processes."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(timeout=12)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def serves(self) -> bool:
        """Tell whether the web process answers, and that of the technical checks."""
        try:
            with urlopen(f"{self.url}/healthz", timeout=2) as answer:  # noqa: S310  our own
                return bool(answer.status == 200) and self.echoes()
        except (URLError, OSError):
            return False

    def echoes(self) -> bool:
        """Tell whether technical checks can be made."""
        with closing(socket.socket(socket.AF_UNIX)) as peers:
            return peers.connect_ex(str(self.folder / "data" / echo.SOCKET)) == 0

    def wait_until_it_serves(self) -> None:
        """Wait for the processes that answer, or say what the portal wrote instead."""
        until = time.monotonic() + STARTS_WITHIN
        while not self.serves():
            ended = self._process is None or self._process.poll() is not None
            if ended or time.monotonic() > until:
                message = f"the portal does not serve:\n{self.written()[-4000:]}"
                raise RuntimeError(message)
            time.sleep(0.1)

    @contextmanager
    def away(self, command: str = "run") -> Iterator[None]:
        """Kill a process, and let it be started again only when the story has looked."""
        assert self._process is not None
        os.kill(self._process.pid, signal.SIGSTOP)
        try:
            self.kill(command)
            yield
        finally:
            os.kill(self._process.pid, signal.SIGCONT)
        self.wait_until_it_serves()

    def kill_when_there(self, command: str) -> None:
        """Kill a process that has just been started again."""
        until = time.monotonic() + STARTS_WITHIN
        while time.monotonic() < until:
            try:
                self.kill(command)
            except AssertionError:
                time.sleep(0.05)
            else:
                return
        message = f"`portal {command}` was not started again"
        raise AssertionError(message)

    def wait(self, happens: Callable[[], bool], why: str, seconds: float) -> None:
        """Wait for something that no browser shows."""
        until = time.monotonic() + seconds
        while not happens():
            assert time.monotonic() < until, f"not within {seconds} s: {why}"
            time.sleep(0.1)

    def written(self) -> str:
        """Return what its processes have written so far."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def kill(self, command: str) -> list[int]:
        """``kill -9`` the processes of one command, as ``worker``; return their ids."""
        assert self._process is not None
        killed = []
        for child in _children(self._process.pid):
            words = Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")
            if command.encode() in words:
                # The web server's parent first, so that it cannot start a new child.
                killed = [child, *_children(child)]
                for pid in killed:
                    os.kill(pid, signal.SIGKILL)
        assert killed, f"no process of `portal {command}` was found"
        return killed

    def page(self, path: str) -> str:
        """Return a public page."""
        with urlopen(self.url + path, timeout=5) as answer:  # noqa: S310  our own
            return str(answer.read().decode())

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Read the database, as an administrator at the machine could."""
        path = f"file:{self.folder / 'data' / 'portal.sqlite'}?mode=ro"
        with closing(sqlite3.connect(path, uri=True, timeout=10)) as connection:
            return connection.execute(query, values).fetchall()

    def change(self, statement: str, *values: object) -> None:
        """Change the database where no page of this version can."""
        path = self.folder / "data" / "portal.sqlite"
        with closing(sqlite3.connect(path, timeout=10)) as connection, connection:
            connection.execute(statement, values)

    def forget_attempts(self) -> None:
        """Let the next story begin as if nobody had guessed: all come from one address."""
        self.change("DELETE FROM attempt")

    def end_all_visits(self) -> None:
        """Let nobody wait and nobody talk, so that a story does not go on in the next one."""
        now = datetime.now(UTC).isoformat(sep=" ").removesuffix("+00:00")
        for statement in (
            (
                "UPDATE visit SET state = 'ended', ended_at = ? WHERE state IN "
                "('waiting', 'admitted', 'in_call')"
            ),
            "UPDATE call SET ended_at = ? WHERE ended_at IS NULL",
            "UPDATE call_member SET left_at = ? WHERE left_at IS NULL",
        ):
            self.change(statement, now)


class EmptyPortal(RunningPortal):
    """A portal as the operators' guide sets it up: an empty database, web, worker, a mail server.

    :param smtp_url: where its mails go.
    """

    def __init__(self, folder: Path, smtp_url: str) -> None:
        super().__init__(
            folder,
            PORTAL_DATA=str(folder / "data"),
            PORTAL_SMTP_URL=smtp_url,
        )
        self._environment["PORTAL_BASE_URL"] = self.url
        self._worker: subprocess.Popen[bytes] | None = None

    def command(self, *words: str) -> str:
        """Run one command at the machine and return what it prints."""
        done = subprocess.run(
            [sys.executable, "-m", "portal.cli", *words],
            env=self._all(),
            capture_output=True,
            text=True,
            timeout=STARTS_WITHIN,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def start(self) -> EmptyPortal:
        """Make the tables, start both processes and wait until the portal serves."""
        self.command("db", "upgrade")
        self._process = self._begin("run", "--bind", f"127.0.0.1:{self.port}")
        self._worker = self._begin("worker")
        self.wait_until_it_serves()
        return self

    def echoes(self) -> bool:
        """Do without: no process for the technical checks runs here."""
        return True

    def stop(self) -> None:
        """Stop both processes."""
        super().stop()
        if self._worker is not None:
            self._process, self._worker = self._worker, None
            super().stop()

    def _begin(self, *words: str) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "portal.cli", *words],
                env=self._all(),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _all(self) -> dict[str, str]:
        own = {name: value for name, value in os.environ.items() if name[:7] != "PORTAL_"}
        return {**own, **self._environment}


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _children(pid: int) -> list[int]:
    """Return the children of a process, and theirs."""
    found = []
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
    except FileNotFoundError:
        return found
    for task in tasks:
        for child in (task / "children").read_text().split():
            found += [int(child), *_children(int(child))]
    return found
