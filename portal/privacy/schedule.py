"""What goes when: each rule of deletion with the date that it would have for a given day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from portal.language import ZONE
from portal.personaldata import Anchor, Storage
from portal.privacy import deletion, registry, wording

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from portal.personaldata import DataUse, Retention


@dataclass(frozen=True)
class Step:
    """One rule in words, and the day on which the data are gone if it begins on a given day.

    ``gone_on`` is None where nothing can be reckoned: a page deletes the data when somebody says
    so, or they are never stored.
    """

    words: str
    gone_on: date | None


@dataclass(frozen=True)
class Entry:
    """One use of personal data and all its rules; the first that comes true holds."""

    id: str
    title: str
    sentence: str
    steps: tuple[Step, ...]


def of(plugins: Iterable[str], day: date, lang: str) -> list[Entry]:
    """Return what goes when, if all that a rule counts from happens on one day."""
    return [_entry(use, day, lang) for use in registry.uses(plugins)]


def _gone(rule: Retention, moment: datetime) -> date:
    """Return the first day on which the data are gone, as the runner reckons it."""
    end = rule.period.after(moment).date()
    # A column that holds days counts from the end of its day.
    return end + timedelta(days=1) if deletion.counts_days(rule) else end


def _entry(use: DataUse, day: date, lang: str) -> Entry:
    moment = datetime.combine(day, time(12), tzinfo=ZONE)
    steps = tuple(
        Step(
            wording.NOT_STORED.in_language(lang)
            if use.storage is Storage.NOWHERE
            else wording.rule_clause(rule, lang),
            None
            if use.storage is Storage.NOWHERE or rule.anchor is Anchor.UNTIL_DELETED_BY_CUSTOMER
            else _gone(rule, moment),
        )
        for rule in use.rules
    )
    title, sentence = use.title.in_language(lang), wording.retention_sentence(use, lang)
    return Entry(use.id, title, sentence, steps)
