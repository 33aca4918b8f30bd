"""A gateway of text messages on loopback that can be slow, broken, refusing, silent and lying."""

from __future__ import annotations

import base64
import json
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

TAKEN = (202, b'{"id": "gw-1"}')


@dataclass
class Request:
    """What arrived at the gateway."""

    body: dict[str, Any]
    account: str
    headers: dict[str, str]
    method: str = "POST"
    path: str = ""


@dataclass
class Gateway:
    """The server, its behaviour and what it has seen."""

    answer: tuple[int, bytes] = TAKEN
    # What is answered to a path in place of that.
    answers: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    # One of: answer, wait (until released), close (without an answer), drip (a byte now and then).
    mode: str = "answer"
    seen: list[Request] = field(default_factory=list)
    arrived: threading.Event = field(default_factory=threading.Event)
    released: threading.Event = field(default_factory=threading.Event)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/sms"


class Handler(BaseHTTPRequestHandler):
    """Behaves as the gateway's mode says."""

    gateway: Gateway

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        account = self.headers.get("Authorization", "").removeprefix("Basic ")
        seen = Request(
            _fields(self.path, raw, self.headers.get_content_type()),
            base64.b64decode(account).decode(),
            dict(self.headers),
            self.command,
            self.path,
        )
        self.gateway.seen.append(seen)
        self.gateway.arrived.set()
        getattr(self, f"_{self.gateway.mode}")()

    do_GET = do_POST  # noqa: N815  as http.server names them
    do_PUT = do_POST  # noqa: N815

    def _answer(self) -> None:
        status, body = self.gateway.answers.get(self.path, self.gateway.answer)
        self.send_response(status)
        self.send_header("Location", f"{self.gateway.url}/elsewhere")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _wait(self) -> None:
        self.gateway.released.wait(30)
        self._answer()

    def _close(self) -> None:
        self.connection.close()

    def _drip(self) -> None:
        for byte in b"HTTP/1.1 202 Accepted\r\n" * 20:
            self.wfile.write(bytes([byte]))
            time.sleep(0.1)

    def handle(self) -> None:
        # The other side goes away in the middle, as some tests want.
        with suppress(OSError):
            super().handle()

    def log_message(self, *_: object) -> None:
        """Write nothing."""


def _fields(path: str, raw: bytes, kind: str) -> dict[str, Any]:
    """Return what was sent: JSON, a form, or what stands behind the address."""
    if kind == "application/json":
        return dict(json.loads(raw)) if raw else {}
    return dict(parse_qsl(raw.decode() or urlsplit(path).query, keep_blank_values=True))


def serve(gateway: Gateway) -> ThreadingHTTPServer:
    """Start a gateway; the caller shuts it down."""
    server = ThreadingHTTPServer(
        ("127.0.0.1", 0), type("BoundHandler", (Handler,), {"gateway": gateway})
    )
    server.daemon_threads = True
    gateway.port = server.server_port
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}).start()
    return server
