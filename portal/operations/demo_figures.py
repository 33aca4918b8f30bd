"""Invented events of the last weeks, so that the charts of a demo show something."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from portal.happenings import Happened, Happening
from portal.language import ZONE
from portal.statistics import recording

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

WEEKS = 8
SATURDAY = 5
# What differs from call to call; numbers without a common factor make every mixture.
MINUTES = (6, 9, 12, 14, 18, 23, 31)
BROWSERS = ("Firefox", "Chrome", "Chrome", "Edge", "Safari")
NETWORKS = ("wifi", "ethernet", "wifi", "cellular")


def fill(organisation_id: str, doctors: Sequence[str], *, now: datetime) -> None:
    """Say that invented things happened in the organisation in force, on its working days."""
    recording.keep_all(_invented(organisation_id, doctors, now))


def _invented(organisation_id: str, doctors: Sequence[str], now: datetime) -> Iterator[Happened]:
    morning = now.astimezone(ZONE).replace(hour=9, minute=0, second=0, microsecond=0)
    number = 0
    for back in range(WEEKS * 7, 0, -1):
        day = morning - timedelta(days=back)
        if day.weekday() >= SATURDAY:
            continue
        for who in doctors:
            yield _one(organisation_id, day, who, Happening.SIGN_IN, _sign_in(number))
            for turn in range(2 + (number + back) % 3):
                number += 1
                at = day + timedelta(minutes=40 * turn)
                for kind, facts in _call(number):
                    yield _one(organisation_id, at, who, kind, facts)


def _one(
    organisation_id: str,
    at: datetime,
    who: str,
    kind: Happening,
    facts: dict[str, str | int | bool],
) -> Happened:
    # The policy counts text messages without saying whose they are.
    whose = "" if kind is Happening.SMS else who
    return Happened(kind, at, organisation_id, who=whose, facts=facts)


def _sign_in(number: int) -> dict[str, str | int | bool]:
    return {
        "domain": "localhost",
        "profile": "doctor",
        "app": "web",
        "device": "computer" if number % 4 else "tablet",
        "browser": BROWSERS[number % len(BROWSERS)],
    }


def _call(number: int) -> Iterator[tuple[Happening, dict[str, str | int | bool]]]:
    """Yield what one consultation leaves: the code, its message, the call and its connection."""
    yield Happening.CODE, {"room_kind": "personal" if number % 3 else "shared"}
    if number % 2:
        country = "AT" if number % 7 == 0 else "DE"
        yield Happening.SMS, {"country": country, "occasion": "access_code"}
    used = {name: True for name, every in (("chat", 2), ("screen", 5)) if number % every == 0}
    seconds = 60 * MINUTES[number % len(MINUTES)]
    yield Happening.CALL, {"seconds": seconds, "guests": 1, "doctors": 1, **used}
    yield (
        Happening.TELEMETRY,
        {
            "media": "video" if number % 6 else "audio",
            "path": "direct" if number % 5 else "relay",
            "port": 443 if number % 5 == 0 else 50_000,
            "kbit": 900 + 37 * (number % 30),
            "network": NETWORKS[number % len(NETWORKS)],
        },
    )
