"""A partner's server on loopback for tests: it answers, hangs up or stays silent."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

LONGEST_SILENCE = 60


@dataclass(frozen=True)
class PartnerRequest:
    """What arrived. ``body`` is what its JSON says, or the text as it came."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: Any


@dataclass
class Partner:
    """The server: what it answers next, and all that it was asked."""

    url: str = ""
    requests: list[PartnerRequest] = field(default_factory=list)
    _status: int = 200
    _body: Any = field(default_factory=dict)
    _way: str = "answer"
    _over: threading.Event = field(default_factory=threading.Event)

    def answers(self, status: int = 200, body: Any = None) -> None:  # noqa: ANN401  JSON
        """Answer from now on with this status and this value as JSON."""
        self._way, self._status, self._body = "answer", status, {} if body is None else body

    def hangs_up(self) -> None:
        """Take each request from now on, and close the connection without an answer."""
        self._way = "hang_up"

    def stays_silent(self) -> None:
        """Take each request from now on, and answer nothing until the test is over."""
        self._way = "silent"

    def take(self, handler: BaseHTTPRequestHandler) -> None:
        """Note a request and behave as told."""
        length = int(handler.headers.get("Content-Length") or 0)
        raw = handler.rfile.read(length).decode(errors="replace")
        headers = dict(handler.headers)
        self.requests.append(PartnerRequest(handler.command, handler.path, headers, _value(raw)))
        if self._way == "hang_up":
            handler.connection.close()
            return
        if self._way == "silent":
            self._over.wait(LONGEST_SILENCE)
            return
        answer = json.dumps(self._body).encode()
        handler.send_response(self._status)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(answer)))
        handler.end_headers()
        handler.wfile.write(answer)

    def close(self) -> None:
        """Let those go who still wait for an answer."""
        self._over.set()


def _value(raw: str) -> Any:  # noqa: ANN401  JSON of any shape
    try:
        return json.loads(raw)
    except ValueError:
        return raw


@contextmanager
def listening() -> Iterator[Partner]:
    """Start a partner on a free port and stop it afterwards."""
    partner = Partner()

    class Handler(BaseHTTPRequestHandler):
        def _take(self) -> None:
            partner.take(self)

        do_GET = do_POST = do_PUT = do_DELETE = _take  # noqa: N815  http.server's own names

        def handle(self) -> None:
            # The other side goes away in the middle, as some tests want.
            with suppress(OSError, ValueError):
                super().handle()

        def log_message(self, *_: object) -> None:
            """Write nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    partner.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield partner
    finally:
        partner.close()
        server.shutdown()
        server.server_close()
        thread.join()
