"""The driver's WebSocket, made safe and light: bounded, uncompressed, read where it is answered."""

from __future__ import annotations

import sys
from typing import Any

from wsproto.utilities import ProtocolError

# Types of packets: of Engine.IO, and of Socket.IO without those that bytes are attached to.
MESSAGE, OTHERS, SHORT = "4", frozenset("1236"), 16
CARRIED = frozenset("0123")


class _NotStarted:
    """Stands in for the driver's reading task: the task that answers reads for itself."""

    name = "(_thread)"

    def __init__(self, target: object) -> None:
        del target

    def start(self) -> None:
        """Start nothing."""


def bounded(driver: type, limit: int, silence: float) -> type:
    """Return the driver's WebSocket with what the portal needs of it.

    - Engine.IO compares lengths only when a message is whole, so a frame of 200 MB would be kept.
      Here the limit holds while it arrives.
    - Compression is not taken: its windows cost more than all else that a waiting page needs, and
      a small frame could become a large one.
    - The driver reads in one greenlet and answers in another. One does both, so that a page costs
      a stack less and a message a switch less.
    - A page that says nothing, not even its answer to a ping, is taken for gone.
    - So is one that says what Engine.IO cannot read: it decodes packets without a guard, and one
      that raises there would leave a dead socket and a page of errors behind (F23).

    :param limit: bytes of the largest message.
    :param silence: seconds after which a page is gone.
    """

    class BoundedWebSocket(driver):  # type: ignore[misc]
        def __init__(self, *args: object, **kwargs: object) -> None:
            super().__init__(*args, **kwargs)
            self.server_args["max_message_size"] = limit
            if on_gevent():
                self.server_args["thread_class"] = _NotStarted

        def __call__(self, environ: dict[str, Any], start_response: object) -> Any:  # noqa: ANN401
            environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
            return super().__call__(environ, start_response)

        def wait(self) -> str | None:
            """Return the next packet, or None when the page is gone."""
            received = self._next() if on_gevent() else super().wait()
            return received if is_packet(received) else None

        def _next(self) -> Any:  # noqa: ANN401  text, bytes, or None when the page is gone
            page = self.ws
            page.sock.settimeout(silence)
            while page.connected and not page.input_buffer:
                _read(page)
            return page.input_buffer.pop(0) if page.input_buffer else None

    return BoundedWebSocket


def is_packet(received: object) -> bool:
    """Tell whether something is a packet of Engine.IO as our pages send them: text, never bytes.

    Those that carry a message go on as Socket.IO, whose reading is guarded; all others are short.
    """
    if not isinstance(received, str) or not received:
        return False
    if received[0] == MESSAGE:
        return received[1:2] in CARRIED
    return received[0] in OTHERS and len(received) <= SHORT


def _read(page: Any) -> None:  # noqa: ANN401  simple_websocket's Server
    """Take what has come; note when the page went or broke the protocol."""
    try:
        received = page.sock.recv(page.receive_bytes)
        if received:
            page.ws.receive_data(received)
            page.connected = page._handle_events()  # noqa: SLF001  the driver's own loop does so
        else:
            page.connected = False
    except (OSError, ProtocolError):
        page.connected = False


def on_gevent() -> bool:
    """Tell whether gevent runs this process."""
    monkey = sys.modules.get("gevent.monkey")
    return monkey is not None and monkey.is_module_patched("socket")
