"""A page's socket, as tests drive it: it connects, says hello, sends and hears messages."""

from __future__ import annotations

from contextvars import Context
from typing import TYPE_CHECKING, Any

from portal.extensions import socketio
from portal.tenants.scope import new_id

if TYPE_CHECKING:
    from flask import Flask

ORIGIN = {"Origin": "http://localhost"}


_open: list[Socket] = []


def close_all() -> None:
    """Close what a test left open: the next one may speak for the same people."""
    while _open:
        _open.pop().close()


class Socket:
    """One page's socket; every call runs in a context of its own, as a server's task would."""

    def __init__(self, app: Flask, token: object, *, hello: bool = True, **options: Any) -> None:
        self.session = new_id()
        self._count = 0
        self._kept: list[dict[str, Any]] = []
        auth = {"token": token, "language": "de"}
        headers = options.pop("headers", ORIGIN)
        self._client = Context().run(
            socketio.test_client, app, auth=auth, headers=headers, **options
        )
        _open.append(self)
        if hello and self.is_open:
            self.hello()

    @property
    def is_open(self) -> bool:
        return bool(self._client.is_connected())

    def hello(self) -> dict[str, Any]:
        body = {"version": "1.0", "features": ["trickle", "rejoin"], "session": self.session}
        return self.ask("hello", body)

    def send(self, raw: object) -> None:
        """Send anything, as an attacker would."""
        Context().run(self._client.emit, "message", raw)

    def ask(self, kind: str, body: object) -> dict[str, Any]:
        """Send one message and return its answer: the body, or the whole error."""
        self._count += 1
        number = f"t{self._count}"
        heard = self.heard()
        self.send({"id": number, "type": kind, kind: body})
        fresh = self.heard()
        self._kept = heard + [each for each in fresh if each.get("id") != number]
        answers = [each for each in fresh if each.get("id") == number]
        assert len(answers) == 1, fresh
        answer = answers[0]
        return answer["error"] if answer["type"] == "error" else answer[kind]

    def heard(self, kind: str | None = None) -> list[dict[str, Any]]:
        """Return the messages that came since the last time, all or those of one type."""
        got = [each["args"] for each in self._client.get_received() if each["name"] == "message"]
        if not got and not self._kept:
            return []
        messages, self._kept = self._kept + got, []
        if kind is None:
            return messages
        return [each[kind] for each in messages if each["type"] == kind]

    def close(self) -> None:
        if self.is_open:
            Context().run(self._client.disconnect)
