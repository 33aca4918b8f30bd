"""Remembers of one socket how much it talks and whether it has introduced itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from media import limits, messages
from media.errors import EngineError
from media.messages import Message

VERSION = "1.0"
FEATURES = ("trickle", "rejoin")
HELLO_WITHIN_SECONDS = 2.0


@dataclass(slots=True)
class Connection:
    """One socket between connecting and closing."""

    bucket: limits.TokenBucket = field(default_factory=limits.TokenBucket)
    session: str | None = None

    def read(self, raw: object) -> Message:
        """Take one message off the wire; only ``hello`` is let through before ``hello``.

        :raise EngineError: ``too_many``, ``too_large``, ``invalid_message`` or ``hello_required``.
        """
        if not self.bucket.take():
            raise EngineError("too_many", retry_after=1)
        if not limits.fits(raw):
            raise EngineError("too_large", limit=limits.MAX_MESSAGE)
        message = messages.envelope(raw)
        if self.session is None and message.type != "hello":
            raise EngineError("hello_required")
        return message

    def greet(self, message: Message, ice: Mapping[str, Any], now: datetime) -> Message:
        """Answer ``hello`` and remember which page speaks.

        :raise EngineError: ``version`` when the page is of another generation than the server.
        """
        body = messages.check(message).body
        if body["version"].partition(".")[0] != VERSION.partition(".")[0]:
            raise EngineError("version", server=VERSION)
        self.session = body["session"]
        answer = {
            "version": VERSION,
            "features": [name for name in FEATURES if name in body["features"]],
            "session": body["session"],
            "server_time": now.isoformat(),
            "ice": dict(ice),
        }
        return Message("hello", answer, message.id)
