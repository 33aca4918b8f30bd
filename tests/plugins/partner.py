"""A partner on loopback that takes reports, and can be slow, broken, refusing and lying."""

from __future__ import annotations

import base64
import json
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ssl

CONFIRMED = ("reference", "period", "version", "total")


@dataclass
class Partner:
    """The server, its behaviour and what it has seen, byte by byte."""

    # One of: take, lie, nonsense, close, wait (until released), or a status to answer with.
    mode: str | int = "take"
    raw: list[bytes] = field(default_factory=list)
    accounts: list[str] = field(default_factory=list)
    known: dict[str, dict[str, Any]] = field(default_factory=dict)
    released: threading.Event = field(default_factory=threading.Event)
    arrived: threading.Event = field(default_factory=threading.Event)
    address: str = ""

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(each) for each in self.raw]


class Handler(BaseHTTPRequestHandler):
    """Takes a report once; the second time it says that it has it."""

    partner: Partner

    def do_POST(self) -> None:
        partner = self.partner
        raw = self.rfile.read(int(self.headers["Content-Length"]))
        account = self.headers.get("Authorization", "").removeprefix("Basic ")
        partner.accounts.append(base64.b64decode(account).decode())
        partner.raw.append(raw)
        partner.arrived.set()
        if partner.mode == "wait":
            partner.released.wait(30)
        if partner.mode == "close":
            self.connection.close()
            return
        self._answer(*self._judged(json.loads(raw)))

    def _judged(self, body: dict[str, Any]) -> tuple[int, bytes]:
        if isinstance(self.partner.mode, int):
            return self.partner.mode, b"{}"
        if self.partner.mode == "nonsense":
            return 200, b"<html>thank you"
        said = {name: body[name] for name in CONFIRMED}
        if self.partner.mode == "lie":
            said["total"] += 1
        second = body["reference"] in self.partner.known
        self.partner.known[body["reference"]] = body
        return 409 if second else 201, json.dumps(said).encode()

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def handle(self) -> None:
        # The other side goes away in the middle, as some tests want.
        with suppress(OSError):
            super().handle()

    def log_message(self, *_: object) -> None:
        """Write nothing."""


def serve(partner: Partner, tls: ssl.SSLContext | None = None) -> ThreadingHTTPServer:
    """Start a partner; the caller shuts it down."""
    handler = type("BoundHandler", (Handler,), {"partner": partner})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    scheme = "https" if tls else "http"
    partner.address = f"{scheme}://127.0.0.1:{server.server_port}/reports"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}).start()
    return server
