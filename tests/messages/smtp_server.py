"""A mail server on loopback that takes, refuses, or breaks off, as the test says."""

from __future__ import annotations

import socketserver
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass
class Server:
    """What the server answers to a command, and the mails that it took.

    ``break`` as an answer closes the connection instead.
    """

    answers: dict[str, str] = field(default_factory=dict)
    mails: list[bytes] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"


class Session(socketserver.StreamRequestHandler):
    """One connection."""

    server_of_test: Server

    def handle(self) -> None:
        self._say("220 test")
        while line := self.rfile.readline().decode().strip():
            word = line.upper().split()[0]
            if word == "DATA":
                self._say("354 go on")
                self._take()
                word = "."
            usual = "221 bye" if word == "QUIT" else "250 ok"
            answer = self.server_of_test.answers.get(word, usual)
            if answer == "break":
                return
            self._say(answer)

    def _take(self) -> None:
        lines = []
        while (line := self.rfile.readline().rstrip(b"\r\n")) != b".":
            lines.append(line)
        self.server_of_test.mails.append(b"\n".join(lines))

    def _say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


@contextmanager
def running(made: Server) -> Iterator[Server]:
    """Run a server for a while."""
    handler = type("BoundSession", (Session,), {"server_of_test": made})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        made.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, args=(0.02,)).start()
        try:
            yield made
        finally:
            server.shutdown()
