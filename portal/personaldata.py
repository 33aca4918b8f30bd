"""What a declaration of personal data is made of: what, why, by which right, from whom, how long.

A declaration stands in ``declarations.py`` beside the tables that it speaks of, in the list
``DECLARATIONS``. The privacy notice, the record of processing and the deletion rules are read
from these values and from nothing else, so a sentence cannot promise what no value says.

It lies below all rooms, as each of them declares; plugins get the names from ``portal.api``.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

MONTHS_A_YEAR = 12


@dataclass(frozen=True)
class Text:
    """A text in both languages of the portal."""

    de: str
    en: str

    def in_language(self, lang: str) -> str:
        """Return the text in one language; German for one that the portal does not speak."""
        return self.en if lang == "en" else self.de


class Subject(StrEnum):
    """Whom the data are about."""

    GUEST = "guest"
    CUSTOMER = "customer"
    STAFF = "staff"


class LegalBasis(StrEnum):
    """The ground in the GDPR: article, paragraph, letter."""

    CONSENT = "6-1-a"
    CONTRACT = "6-1-b"
    LEGAL_OBLIGATION = "6-1-c"
    LEGITIMATE_INTEREST = "6-1-f"
    HEALTH_CONSENT = "9-2-a"


# The grounds that need the text of a consent, and end with its withdrawal.
CONSENTS = frozenset({LegalBasis.CONSENT, LegalBasis.HEALTH_CONSENT})


class Storage(StrEnum):
    """Where the data lie. Which columns are encrypted is read from their types."""

    DATABASE = "database"
    LOGS = "logs"
    MEMORY = "memory"
    NOWHERE = "nowhere"


class Anchor(StrEnum):
    """From when a retention period is counted."""

    IMMEDIATE = "immediate"
    CALL_END = "call_end"
    CREATED = "created"
    CONTRACT_END = "contract_end"
    UNTIL_DELETED_BY_CUSTOMER = "until_deleted_by_customer"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    STATUTORY = "statutory"


@dataclass(frozen=True)
class Event:
    """An anchor of one's own; written ``event:<name>``.

    :param clause: what must have happened, as a clause after *sobald* and *as soon as*:
        ``Text("der Versanddienst geantwortet hat", "the provider has answered")``.
    """

    name: str
    clause: Text

    def __str__(self) -> str:
        return f"event:{self.name}"


class Then(StrEnum):
    """What becomes of the data when their time is over."""

    DELETE = "delete"
    ANONYMISE = "anonymise"
    AGGREGATE = "aggregate"


@dataclass(frozen=True)
class Period:
    """How long after the anchor; nothing means at once.

    :param year_end: counted from the end of the calendar year, as statutory periods are.
    """

    days: int = 0
    months: int = 0
    years: int = 0
    year_end: bool = False

    def after(self, moment: datetime) -> datetime:
        """Return the end of the period. The 31st becomes the last day of a shorter month."""
        if self.year_end:
            moment = moment.replace(
                year=moment.year + 1, month=1, day=1, hour=0, minute=0, second=0, microsecond=0
            )
        total = moment.month - 1 + self.months + self.years * MONTHS_A_YEAR
        year, month = moment.year + total // MONTHS_A_YEAR, total % MONTHS_A_YEAR + 1
        last = calendar.monthrange(year, month)[1]
        moved = moment.replace(year=year, month=month, day=min(moment.day, last))
        return moved + timedelta(days=self.days)

    def __bool__(self) -> bool:
        return bool(self.days or self.months or self.years)


@dataclass(frozen=True)
class Retention:
    """One rule of deletion: so long after this, then that.

    :param rule: the law that keeps the data; needed by, and only by, ``Anchor.STATUTORY``.
    :param begins: columns (``table.column``) that hold the moment of the anchor. The deletion
        runner deletes a row once the period after one of them is over.
    :param ends: columns that hold the end of the period itself, for periods in months: where one
        ends cannot be asked backwards, as months differ in length.
    """

    anchor: Anchor | Event
    period: Period = Period()
    then: Then = Then.DELETE
    rule: Text | None = None
    begins: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()


@dataclass(frozen=True)
class Field:
    """One kind of data in words, and the columns (``table.column``) that hold it."""

    label: Text
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Recipient:
    """Somebody outside who gets the data.

    :param country: two letters, ISO 3166.
    :param role: what they do with the data.
    """

    name: str
    address: str
    country: str
    role: Text


@dataclass(frozen=True)
class ThirdCountry:
    """A country outside the EU and EEA that data go to, and what protects them there."""

    country: str
    safeguard: Text


@dataclass(frozen=True)
class DataUse:
    """One use of personal data.

    :param id: ``room.use`` or ``plugin.use``; stable, as consents and protocols name it.
    :param consent_id: the text that was agreed to; needed where the ground is a consent.
    :param retention: of several rules the one that comes true first holds.
    :param interest: which interest it is; needed where the ground is a legitimate interest.
    """

    id: str
    title: Text
    purpose: Text
    subjects: tuple[Subject, ...]
    fields: tuple[Field, ...]
    legal_basis: tuple[LegalBasis, ...]
    source: Text
    retention: Retention | tuple[Retention, ...]
    consent_id: str | None = None
    recipients: tuple[Recipient, ...] = ()
    third_country: ThirdCountry | None = None
    storage: Storage = Storage.DATABASE
    interest: Text | None = None

    @property
    def rules(self) -> tuple[Retention, ...]:
        """Return the rules of deletion, one or several."""
        return (self.retention,) if isinstance(self.retention, Retention) else self.retention

    @property
    def columns(self) -> tuple[str, ...]:
        """Return all columns (``table.column``) of this use."""
        return tuple(column for field in self.fields for column in field.columns)


@dataclass(frozen=True)
class NotPersonal:
    """Columns of one table that say nothing about a person, and why."""

    table: str
    columns: tuple[str, ...]
    reason: str


@dataclass(frozen=True)
class NoPersonalData:
    """A plugin's statement that it processes no personal data, and why."""

    reason: str


Declaration = DataUse | NotPersonal | NoPersonalData
