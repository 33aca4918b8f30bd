"""Turns events into figures: what each chart shows, in rows that page, PDF and CSV share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import Integer, case, cast, func, literal_column, select, type_coerce

from portal.columns import UtcDateTime
from portal.extensions import db
from portal.happenings import Happening
from portal.language import ZONE, duration, written_date
from portal.statistics import recording
from portal.statistics.models import StatisticEvent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask_babel.speaklater import LazyString
    from sqlalchemy import ColumnElement

# Fewer than these are never shown of an organisation: they could be about somebody.
LEAST = 5
DAY = timedelta(days=1)
LONGEST = timedelta(days=93)
FUNCTIONS: dict[str, LazyString] = {
    "chat": _l("Chat"),
    "screen": _l("Bildschirm teilen"),
    "whiteboard": _l("Tafel"),
    "screenshot": _l("Bildschirmfoto"),
}
# Up to how many minutes, the last without an end.
LENGTHS: dict[int, LazyString] = {
    5: _l("unter 5 Minuten"),
    10: _l("5 bis 10 Minuten"),
    20: _l("10 bis 20 Minuten"),
    0: _l("ab 20 Minuten"),
}
OTHERS: dict[Happening, LazyString] = {
    Happening.ROOM: _l("Neue Wartezimmer"),
    Happening.CONTACT_ADDED: _l("Kontakte dazu"),
    Happening.CONTACT_REMOVED: _l("Kontakte entfernt"),
    Happening.MAIL: _l("E-Mails"),
    Happening.EXPORT: _l("Exporte"),
}
WORDS: dict[str, LazyString] = {
    "personal": _l("persönlich"),
    "shared": _l("gemeinsam"),
    "group": _l("Gruppe"),
    "access_code": _l("Zugangscode"),
    "second_factor": _l("Zweiter Faktor"),
    "contact": _l("Kontaktliste"),
    "video": _l("Bild und Ton"),
    "audio": _l("nur Ton"),
    "direct": _l("direkt"),
    "relay": _l("über einen Server"),
    "wifi": _l("WLAN"),
    "cellular": _l("Mobilfunk"),
    "ethernet": _l("Kabel"),
    "unknown": _l("unbekannt"),
    "phone": _l("Telefon"),
    "tablet": _l("Tablet"),
    "computer": _l("Computer"),
}


@dataclass(frozen=True)
class Span:
    """From which day until which day, both counted."""

    first: date
    last: date

    @property
    def begin(self) -> datetime:
        """Return the first moment."""
        return datetime.combine(self.first, time(), tzinfo=ZONE)

    @property
    def end(self) -> datetime:
        """Return the first moment that does not belong to it."""
        return datetime.combine(self.last + DAY, time(), tzinfo=ZONE)

    @property
    def months(self) -> list[str]:
        """Return the months that it touches: 2026-11."""
        days = (self.last - self.first).days
        return sorted({f"{self.first + DAY * n:%Y-%m}" for n in range(days + 1)})


@dataclass(frozen=True)
class Chart:
    """One chart: its title, the sentence that says what it shows, and its rows.

    A number is None where it is not shown: it is too small, or one that is could be reckoned.
    """

    id: str
    title: str
    sentence: str
    heads: tuple[str, str]
    rows: tuple[tuple[str, int | None], ...]

    @property
    def most(self) -> int:
        """Return the largest number, for the length of the bars."""
        return max((number or 0 for _label, number in self.rows), default=0)


@dataclass(frozen=True)
class Scope:
    """Whose events: all of the organisation in force, or those of one account alone."""

    span: Span
    account_id: str | None = None

    def where(self, *kinds: Happening) -> tuple[ColumnElement[bool], ...]:
        """Return the condition of the events of some kinds."""
        found: list[ColumnElement[bool]] = [
            StatisticEvent.kind.in_(kinds),
            StatisticEvent.at >= self.span.begin,
            StatisticEvent.at < self.span.end,
        ]
        if self.account_id is not None:
            names = recording.pseudonyms(self.account_id, self.span.months)
            found.append(StatisticEvent.who.in_(names))
        return tuple(found)

    def shown(self, number: int) -> int | None:
        """Return a number that may be shown; one's own always may."""
        return number if self.account_id is not None or number == 0 or number >= LEAST else None

    def parts(self, numbers: Sequence[int]) -> list[int | None]:
        """Return the parts of a sum that may be shown."""
        return list(numbers) if self.account_id is not None else shown_parts(numbers)


def shown_parts(numbers: Sequence[int]) -> list[int | None]:
    """Return the parts of a sum as far as nobody can reckon one that is too small.

    Whoever knows the sum knows what all hidden parts make together. So at least two are hidden,
    and together they are no less than a number that may be shown (T32).
    """
    hidden = {place for place, number in enumerate(numbers) if 0 < number < LEAST}
    others = sorted(
        (number, place) for place, number in enumerate(numbers) if number and place not in hidden
    )
    for _number, place in others if hidden else ():
        if len(hidden) > 1 and sum(numbers[each] for each in hidden) >= LEAST:
            break
        hidden.add(place)
    return [None if place in hidden else number for place, number in enumerate(numbers)]


def charts(scope: Scope) -> list[Chart]:
    """Return all charts of some events; a chart without any event has no rows."""
    found = [
        _calls(scope),
        _lengths(scope),
        _functions(scope),
        _by_fact(scope, Happening.CODE, "room_kind", _("Codes nach Wartezimmer"), _("Art")),
        _by_fact(scope, Happening.TELEMETRY, "media", _("Bild oder nur Ton"), _("Übertragung")),
        _by_fact(scope, Happening.TELEMETRY, "path", _("Weg der Verbindung"), _("Weg")),
        _by_fact(scope, Happening.TELEMETRY, "network", _("Netz"), _("Netz")),
        _by_fact(scope, Happening.SIGN_IN, "browser", _("Browser bei der Anmeldung"), _("Browser")),
    ]
    found.append(_others(scope))
    if scope.account_id is None:
        countries = _("SMS nach Zielland")
        found.insert(4, _by_fact(scope, Happening.SMS, "country", countries, _("Land")))
    return found


def _calls(scope: Scope) -> Chart:
    """Return the calls of each week, with how many and how long they were on the whole."""
    seconds = cast(StatisticEvent.facts["seconds"].as_integer(), Integer)
    hour = _hour()
    counted = select(hour, func.count(), func.coalesce(func.sum(seconds), 0))
    weeks: dict[date, int] = {}
    total = spoken = 0
    for at, calls, length in db.session.execute(
        counted.where(*scope.where(Happening.CALL)).group_by(hour)
    ):
        day = at.astimezone(ZONE).date()
        monday = day - DAY * day.weekday()
        weeks[monday] = weeks.get(monday, 0) + calls
        total, spoken = total + calls, spoken + int(length)
    sentence = _("In diesem Zeitraum gab es keine Gespräche.")
    if scope.shown(total) is None:
        sentence = _("In diesem Zeitraum gab es weniger als fünf Gespräche.")
    elif total:
        sentence = ngettext(
            "%(num)s Gespräch, im Mittel %(length)s lang.",
            "%(num)s Gespräche, im Mittel %(length)s lang.",
            total,
            length=duration(spoken / total),
        )
    mondays = sorted(weeks)
    numbers = scope.parts([weeks[monday] for monday in mondays])
    labels = [_("ab %(day)s", day=written_date(monday)) for monday in mondays]
    rows = tuple(zip(labels, numbers, strict=True))
    return Chart("calls", _("Gespräche"), sentence, (_("Woche"), _("Gespräche")), rows)


def _hour() -> ColumnElement[datetime]:
    """Return the hour of an event: the database counts, and only here is it known which day it is.

    The clock of the practice is whole hours away from UTC.
    """
    if db.engine.dialect.name == "postgresql":
        return func.date_trunc(literal_column("'hour'"), StatisticEvent.at, type_=UtcDateTime())
    hour = func.strftime(literal_column("'%Y-%m-%d %H:00:00.000000'"), StatisticEvent.at)
    return type_coerce(hour, UtcDateTime())


def _lengths(scope: Scope) -> Chart:
    """Return how many calls were how long."""
    seconds = cast(StatisticEvent.facts["seconds"].as_integer(), Integer)
    step = case(*((seconds < 60 * end, end) for end in LENGTHS if end), else_=0)
    counted = select(step, func.count()).where(*scope.where(Happening.CALL)).group_by(step)
    found = {int(end): count for end, count in db.session.execute(counted)}
    there = [end for end in LENGTHS if end in found]
    numbers = scope.parts([found[end] for end in there])
    rows = tuple(zip((str(LENGTHS[end]) for end in there), numbers, strict=True))
    sentence = _("So viele Gespräche waren so lang.")
    if not rows:
        sentence = _("In diesem Zeitraum gibt es dazu nichts.")
    return Chart("lengths", _("Dauer der Gespräche"), sentence, (_("Dauer"), _("Anzahl")), rows)


def _others(scope: Scope) -> Chart:
    """Return how often the rest happened: rooms, contacts, mails, exports."""
    kind, number = StatisticEvent.kind, func.count()
    query = select(kind, number).where(*scope.where(*OTHERS)).group_by(kind)
    rows = [
        (str(OTHERS[Happening(name)]), scope.shown(count))
        for name, count in db.session.execute(query.order_by(number.desc(), kind))
    ]
    return _chart("others", _("Weiteres"), _("Was"), rows)


def _functions(scope: Scope) -> Chart:
    """Return in how many calls each function was used."""
    counts = [
        func.coalesce(func.sum(case((StatisticEvent.facts[name].as_boolean(), 1), else_=0)), 0)
        for name in FUNCTIONS
    ]
    row = db.session.execute(select(*counts).where(*scope.where(Happening.CALL))).one()
    used = zip(FUNCTIONS.values(), row, strict=True)
    rows = tuple((str(words), scope.shown(int(number))) for words, number in used if number)
    return _chart("functions", _("Benutzte Funktionen"), _("Funktion"), rows)


def _by_fact(scope: Scope, kind: Happening, fact: str, title: str, head: str) -> Chart:
    """Return how often each value of a fact was there, the most frequent first."""
    value = StatisticEvent.facts[fact].as_string()
    number = func.count()
    query = select(value, number).where(*scope.where(kind)).group_by(value).order_by(number.desc())
    found = db.session.execute(query).all()
    numbers = scope.parts([count for _value, count in found])
    rows = tuple(zip((_word(value) for value, _count in found), numbers, strict=True))
    return _chart(f"{kind}-{fact}", title, head, rows)


def _word(value: Any) -> str:  # noqa: ANN401  what JSON held
    return str(WORDS.get(value or "unknown", value))


def _chart(name: str, title: str, head: str, rows: Sequence[tuple[str, int | None]]) -> Chart:
    if not rows:
        sentence = _("In diesem Zeitraum gibt es dazu nichts.")
    elif rows[0][1] is None:
        sentence = _("Nicht gezeigt, weil mindestens eine der Zahlen kleiner als fünf ist.")
    else:
        sentence = _("Am häufigsten: %(label)s (%(number)s).", label=rows[0][0], number=rows[0][1])
    return Chart(name, title, sentence, (head, _("Anzahl")), tuple(rows))
