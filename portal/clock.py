"""The one clock: every deadline, token and retention rule reads it, so that tests can move it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_offset = timedelta()


def now() -> datetime:
    """Return the current time, aware and in UTC."""
    return datetime.now(UTC) + _offset


def move(by: timedelta) -> None:
    """Move the clock of this process by a span; for tests."""
    global _offset  # noqa: PLW0603  one clock for the process is the purpose
    _offset += by


def reset() -> None:
    """Return to the time of the machine."""
    global _offset  # noqa: PLW0603  as above
    _offset = timedelta()
