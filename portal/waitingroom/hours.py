"""Opening hours of a waiting room: typed as people write them, and when the next ones begin."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.language import ZONE

if TYPE_CHECKING:
    from collections.abc import Sequence

DAYS = (
    _l("Montag"),
    _l("Dienstag"),
    _l("Mittwoch"),
    _l("Donnerstag"),
    _l("Freitag"),
    _l("Samstag"),
    _l("Sonntag"),
)
# "8-12" or "08:00 - 12:30", with a hyphen or a dash (U+2013).
_SPAN = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?\s*[-\u2013]\s*(\d{1,2})(?:[:.](\d{2}))?\Z")
MOST_SPANS = 4
WEEK = 7

Spans = list[tuple[str, str]]


def read(text: str) -> Spans:
    """Return the spans of one day, in order, as ``("08:00", "12:30")``.

    :raise ValueError: says what is wrong in words.
    """
    spans: Spans = []
    for part in filter(None, (each.strip() for each in text.split(","))):
        begin, end = _span(part)
        if begin >= end or (spans and begin < spans[-1][1]):
            raise ValueError(
                _("Die Zeiten überschneiden sich, oder das Ende liegt vor dem Beginn.")
            )
        spans.append((begin, end))
    if len(spans) > MOST_SPANS:
        raise ValueError(_("Höchstens vier Zeiten am Tag."))
    return spans


def _span(part: str) -> tuple[str, str]:
    found = _SPAN.match(part)
    if found:
        with suppress(ValueError):  # 25:00
            return _time(found[1], found[2]), _time(found[3], found[4])
    raise ValueError(_("Bitte so: 8:00-12:00, 14:00-18:00"))


def _time(hour: str, minute: str | None) -> str:
    return f"{time(int(hour), int(minute or 0)):%H:%M}"


def written(spans: Sequence[Sequence[str]]) -> str:
    """Return the spans of one day as people read them."""
    return ", ".join(f"{begin}-{end}" for begin, end in spans)


def stored(week: Sequence[Spans]) -> str:
    """Return a week as a room keeps it; empty where no hours are stated."""
    return json.dumps(week) if any(week) else ""


def of_week(kept: str) -> list[Spans]:
    """Return the week that a room keeps, Monday first; without hours on any day if none."""
    return json.loads(kept) if kept else [[] for _day in range(WEEK)]


def by_day(kept: str) -> list[tuple[str, str]]:
    """Return the days that have hours, each with them, as pages show them."""
    return [
        (str(day), written(spans)) for day, spans in zip(DAYS, of_week(kept), strict=True) if spans
    ]


def next_opening(kept: str, *, now: datetime) -> datetime | None:
    """Return when the next hours begin; None while they last, or where none are stated."""
    week, local = of_week(kept), now.astimezone(ZONE)
    minute = f"{local:%H:%M}"
    if not kept or any(begin <= minute < end for begin, end in week[local.weekday()]):
        return None
    for ahead in range(WEEK + 1):
        day = local.date() + timedelta(days=ahead)
        for begin, _end in week[day.weekday()]:
            if ahead or begin > minute:
                return datetime.combine(day, time.fromisoformat(begin), tzinfo=ZONE)
    return None
