"""A real TURN server on this machine's own address."""

from __future__ import annotations

import re
import signal
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from tests.browser.running import free_port

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "a secret of the stories only"
OPTIONS = (
    "-v -n --listening-ip=127.0.0.1 --relay-ip=127.0.0.1 --allow-loopback-peers --no-tls "
    "--no-dtls --no-cli --use-auth-secret --realm=stories --log-file=stdout --simple-log"
)
# As the verbose log says that an allocation was made.
ALLOCATED = re.compile(r": new, realm=<[^>]*>, username=<([^>]*)>")


@dataclass
class Relay:
    """Runs while entered.

    :param folder: for its log.
    """

    folder: Path

    def __enter__(self) -> Self:
        port = free_port()
        secret = f"--static-auth-secret={SECRET}"
        command = ["/usr/bin/turnserver", *OPTIONS.split(), secret, "-p", str(port)]
        self._path = self.folder / "turn.log"
        self._log = self._path.open("wb")
        self._process = subprocess.Popen(command, stdout=self._log, stderr=self._log)
        self.url = f"turn:127.0.0.1:{port}?transport=udp"
        return self

    def __exit__(self, *_of: object) -> None:
        self._process.kill()
        self._process.wait()
        self._log.close()

    def hush(self) -> None:
        """Answer nobody, until it speaks again."""
        self._process.send_signal(signal.SIGSTOP)

    def speak(self) -> None:
        """Answer again."""
        self._process.send_signal(signal.SIGCONT)

    def users(self) -> list[str]:
        """Return the user name of each allocation that was made, the oldest first."""
        return ALLOCATED.findall(self._path.read_text(encoding="utf-8", errors="replace"))
