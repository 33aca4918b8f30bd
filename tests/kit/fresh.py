"""A virtual environment with nothing but the built wheel in it, as an operator would have it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import sysconfig
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from portal import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

UV = f"{sysconfig.get_path('scripts')}/uv"
START_SECONDS = 600
NO_INDEX = (
    "No fresh environment could be made, because uv did not get the packages. These tests need "
    "the package index that this machine normally uses; uv says:"
)


def uv(*words: str | Path, cwd: Path = ROOT) -> str:
    """Run uv and return what it printed; its words are the failure if it fails."""
    environment = {**os.environ, "UV_LINK_MODE": os.environ.get("UV_LINK_MODE", "hardlink")}
    environment.pop("VIRTUAL_ENV", None)
    done = subprocess.run(
        [UV, "--quiet", *map(str, words)],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        timeout=1800,
        check=False,
    )
    if done.returncode:
        raise AssertionError(f"{NO_INDEX}\n{done.stderr}")
    return done.stdout


@dataclass(frozen=True)
class Fresh:
    """The environment, and a folder for whatever its commands make."""

    folder: Path

    @property
    def bin(self) -> Path:
        return self.folder / "venv" / "bin"

    def environment(self, **settings: str) -> dict[str, str]:
        """Return the variables of a machine that knows nothing of this checkout."""
        kept = {name: value for name, value in os.environ.items() if not _ours(name)}
        return {**kept, "PATH": f"{self.bin}:{kept.get('PATH', '')}", **settings}

    def run(self, *words: str, cwd: Path | None = None, **settings: str) -> str:
        """Run a command of the environment and return what it printed."""
        done = self.attempt(*words, cwd=cwd, **settings)
        assert done.returncode == 0, f"{words}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def attempt(
        self, *words: str, cwd: Path | None = None, **settings: str
    ) -> subprocess.CompletedProcess[str]:
        """Run a command of the environment, however it ends."""
        return subprocess.run(
            [str(self.bin / words[0]), *words[1:]],
            cwd=cwd or self.folder,
            env=self.environment(**settings),
            capture_output=True,
            text=True,
            timeout=1800,
            check=False,
        )

    def install(self, *what: str | Path) -> None:
        """Install further packages, none of which may change the portal's own."""
        constraints = self.folder / "locked.txt"
        python = self.bin / "python"
        uv("pip", "install", "--python", python, "--constraint", constraints, *what)

    @contextmanager
    def serving(self, **settings: str) -> Iterator[str]:
        """Run the web process and return its address."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            bind = f"127.0.0.1:{free.getsockname()[1]}"
        settings["PORTAL_BASE_URL"] = f"http://{bind}"
        process = subprocess.Popen(
            [self.bin / "portal", "run", "--bind", bind, "--quiet"],
            cwd=self.folder,
            env=self.environment(**settings),
        )
        try:
            _wait(f"http://{bind}/healthz", process)
            yield f"http://{bind}"
        finally:
            process.terminate()
            process.wait(60)


def _ours(name: str) -> bool:
    return name.startswith(("PORTAL_", "PYTEST_", "COV_")) or name in {"PYTHONPATH", "VIRTUAL_ENV"}


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=5).close()  # noqa: S310  loopback
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("The installed portal did not start; its output stands above.")


def make(folder: Path) -> Fresh:
    """Build the wheel and install it, with exactly the packages that the lock names."""
    uv("build", "--wheel", "--out-dir", folder / "dist")
    exported = uv(
        "export", "--locked", "--no-dev", "--no-hashes", "--no-emit-project", "--extra", "testing"
    )
    (folder / "locked.txt").write_text(exported, encoding="utf-8")
    uv("venv", "--seed", "--python", sys.executable, folder / "venv")
    fresh = Fresh(folder)
    (wheel,) = (folder / "dist").glob("*.whl")
    fresh.install(f"{wheel}[testing]")
    return fresh


def get(url: str, fields: dict[str, str] | None = None, **headers: str) -> tuple[int, str]:
    """Ask for a page, or send a form, and return status and text, whatever the status."""
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    data = urlencode(fields).encode() if fields else None
    request = urllib.request.Request(url, data, headers)  # noqa: S310  loopback
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310  loopback
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
