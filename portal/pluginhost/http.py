"""How a plugin reaches its vendor: only the hosts that it may, within a time limit.

What matters most to the caller is whether a request may have arrived. ``NotBegunError`` says that
not one byte of it was sent; ``NoAnswerError`` says that nobody knows.
"""

from __future__ import annotations

import base64
import ipaddress
import json
import socket
import ssl
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from portal.pluginhost.values import Receipt, SendState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from urllib.parse import SplitResult

CONNECT_SECONDS = 10.0
ANSWER_SECONDS = 20.0
MAX_ANSWER = 64 * 1024
PORTS = {"http": 80, "https": 443}
# Who is asked may have taken it all the same: it was slow, or knows the reference already.
OPEN = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.CONFLICT})


class NotBegunError(Exception):
    """Nothing of the request was sent; it may be sent again."""


class ForbiddenHostError(NotBegunError):
    """The plugin may not speak with this host."""


class NoAnswerError(Exception):
    """The request was sent, wholly or in part, and what became of it is not known."""


@dataclass(frozen=True)
class Reply:
    """What the vendor answered. ``body`` is what its JSON says, or None when it is no JSON."""

    status: int
    body: Any


def hand_over(send: Callable[[], Reply]) -> Reply | Receipt:
    """Send the request that carries a text message, once; return its answer if that is a 2xx.

    Of all else it says what the portal has to know, so that no message goes out twice: only where
    it was certainly not taken may the next provider try.

    :param send: sends the request through ``Http``.
    """
    try:
        reply = send()
    except ForbiddenHostError:
        return Receipt(SendState.REFUSED, reason="host not allowed")
    except NotBegunError:
        return Receipt(SendState.NOT_SENT, reason="no connection")
    except NoAnswerError as error:
        return Receipt(SendState.UNCLEAR, reason=str(error))
    state = _meant(reply.status)
    return Receipt(state, reason=f"HTTP {reply.status}") if state else reply


def _meant(status: int) -> SendState | None:
    """Return what a status says of a message; nothing for a 2xx, whose body has the word."""
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return SendState.NOT_SENT
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in OPEN:
        return SendState.UNCLEAR
    return SendState.REFUSED if status >= HTTPStatus.MULTIPLE_CHOICES else None


@dataclass(frozen=True)
class Http:
    """Requests to the hosts that a plugin's manifest and settings name.

    :param inside: whether hosts of the own machine and network may be asked; only the demo's may,
        because an address is typed by a customer, and could point at what is behind the wall.
    """

    hosts: frozenset[str] = frozenset()
    inside: bool = False
    connect_seconds: float = CONNECT_SECONDS
    answer_seconds: float = ANSWER_SECONDS

    def post_json(self, url: str, body: Any, auth: tuple[str, str] | None = None) -> Reply:  # noqa: ANN401  whatever can be sent
        """Send a value as JSON and return the answer, whatever its status; see ``send``."""
        headers = {"Content-Type": "application/json"}
        return self.send("POST", url, json.dumps(body).encode(), headers, auth)

    def send(
        self,
        method: str,
        url: str,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
    ) -> Reply:
        """Send a request and return the answer, whatever its status.

        :param auth: name and password, sent as HTTP Basic.
        :raise ForbiddenHostError: the host is not one of the plugin's.
        :raise NotBegunError: there was no connection, or a header holds what none may; the
            request did not leave.
        :raise NoAnswerError: the connection broke, the limit passed, or the answer is no HTTP.
        """
        own = {"Accept": "application/json", **(headers or {})}
        if auth:
            pair = base64.b64encode(":".join(auth).encode()).decode()
            own["Authorization"] = f"Basic {pair}"
        if not all(_is_plain(name) and _is_plain(value) for name, value in own.items()):
            message = "a header holds a line break or a letter that no header may hold"
            raise NotBegunError(message)
        try:
            parts = urlsplit(url)
            addresses = self._allowed(parts)
        except ValueError as error:
            raise ForbiddenHostError from error
        connection = HTTPConnection(parts.netloc.rpartition("@")[2])
        try:
            connection.sock = self._connect(parts, addresses)
            return self._exchange(connection, (method, _target(parts)), body or None, own)
        finally:
            connection.close()

    def reach(self, url: str) -> None:
        """Open a connection to an address, with TLS for https, and close it; nothing is sent.

        :raise ForbiddenHostError: the host is not one of the plugin's.
        :raise NotBegunError: there was no connection.
        """
        try:
            parts = urlsplit(url)
            addresses = self._allowed(parts)
        except ValueError as error:
            raise ForbiddenHostError from error
        self._connect(parts, addresses).close()

    def _allowed(self, parts: SplitResult) -> list[tuple[str, int]]:
        """Return the addresses of the host; its name is looked up once, so they cannot change."""
        host, port = parts.hostname, parts.port or PORTS.get(parts.scheme)
        if host is None or port is None or host not in self.hosts:
            message = f"{host} is not a host that this plugin may speak with"
            raise ForbiddenHostError(message)
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError as error:
            message = "the host is not known"
            raise NotBegunError(message) from error
        addresses = [str(each[4][0]) for each in found]
        if not self.inside and not all(ipaddress.ip_address(a).is_global for a in addresses):
            message = f"{host} lies inside the own network"
            raise ForbiddenHostError(message)
        return [(address, port) for address in addresses]

    def _connect(self, parts: SplitResult, addresses: list[tuple[str, int]]) -> socket.socket:
        plain = self._first(addresses)
        if parts.scheme == "http":
            return plain
        try:
            return _tls().wrap_socket(plain, server_hostname=parts.hostname)
        except OSError as error:
            plain.close()
            raise NotBegunError(type(error).__name__) from error

    def _first(self, addresses: list[tuple[str, int]]) -> socket.socket:
        """Return a connection to the first address that takes one."""
        reason = ""
        for address in addresses:
            try:
                return socket.create_connection(address, self.connect_seconds)
            except OSError as error:
                reason = type(error).__name__
        raise NotBegunError(reason)

    def _exchange(
        self,
        connection: HTTPConnection,
        line: tuple[str, str],
        body: bytes | None,
        headers: dict[str, str],
    ) -> Reply:
        try:
            with _deadline(connection.sock, self.answer_seconds):
                connection.request(*line, body, headers)
                answer = connection.getresponse()
                raw = answer.read(MAX_ANSWER + 1)
        except (OSError, HTTPException, ValueError) as error:
            raise NoAnswerError(type(error).__name__) from error
        return Reply(answer.status, _json(raw))


def _is_plain(text: str) -> bool:
    return text.isascii() and (text.isprintable() or not text)


def _target(parts: SplitResult) -> str:
    return f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


@contextmanager
def _deadline(sock: socket.socket, seconds: float) -> Iterator[None]:
    """Cut the connection when the time for the whole exchange is over.

    The socket's own limit begins anew with each byte, so a server that drips would never meet it.
    """
    sock.settimeout(seconds)
    timer = threading.Timer(seconds, _cut, [sock])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _cut(sock: socket.socket) -> None:
    try:
        sock.shutdown(socket.SHUT_RDWR)
    except OSError:  # it was closed in the same moment
        return


def _json(raw: bytes) -> Any:  # noqa: ANN401  JSON of any shape
    if len(raw) > MAX_ANSWER:
        return None
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return None
