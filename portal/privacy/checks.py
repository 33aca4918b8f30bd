"""What a declaration must say to be true and complete; a test asks this of every table there is."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any

from portal.personaldata import CONSENTS, Anchor, DataUse, LegalBasis, Storage, Text
from portal.privacy.registry import declared_columns

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from sqlalchemy import Table

    from portal.personaldata import Declaration

# Alembic's own: which migrations have run.
NOT_OURS = frozenset({"alembic_version"})
COUNTRY_LETTERS = 2


def problems(
    tables: Iterable[Table], declarations: Collection[Declaration], consents: Collection[str]
) -> list[str]:
    """Return a sentence for each gap between tables and declarations, and in a declaration."""
    found = list(_columns(tables, declarations))
    uses = [each for each in declarations if isinstance(each, DataUse)]
    for use_id, times in Counter(use.id for use in uses).items():
        if times > 1:
            found.append(f"{use_id} is declared {times} times.")
    for use in uses:
        found += [f"{use.id} {problem}" for problem in _of_use(use, consents)]
    for each in declarations:
        found += [f"{each!r:.60} lacks a text in one language." for _ in _half_texts(each)]
    return found


def _columns(tables: Iterable[Table], declarations: Collection[Declaration]) -> Iterator[str]:
    there = {
        f"{table.name}.{column.name}"
        for table in tables
        if table.name not in NOT_OURS
        for column in table.columns
    }
    declared = Counter(declared_columns(declarations))
    for column in sorted(set(_dating(declarations)) - there):
        yield f"{column} dates a deletion and does not exist."
    for column in sorted(there - declared.keys()):
        yield f"{column} is declared neither as personal nor as not personal."
    for column in sorted(declared.keys() - there):
        yield f"{column} is declared and does not exist."
    for column, times in sorted(declared.items()):
        if times > 1:
            yield f"{column} is declared {times} times."


def _dating(declarations: Iterable[Declaration]) -> Iterator[str]:
    """Yield the columns by which declarations date a deletion."""
    for use in declarations:
        for rule in use.rules if isinstance(use, DataUse) else ():
            yield from (*rule.begins, *rule.ends)


def _of_use(use: DataUse, consents: Collection[str]) -> Iterator[str]:
    yield from _ground(use, consents)
    if not use.legal_basis or not use.subjects or not use.fields or not use.rules:
        yield "leaves out ground, subjects, data or retention."
    if bool(use.columns) != (use.storage is Storage.DATABASE):
        yield "names columns if, and only if, it is stored in the database."
    for who in use.recipients:
        if not who.name or not who.address or len(who.country) != COUNTRY_LETTERS:
            yield f"names the recipient {who.name!r} without address or country."
    yield from _dates(use)
    for rule in use.rules:
        if (rule.anchor is Anchor.STATUTORY) != (rule.rule is not None):
            yield "names a law if, and only if, a law keeps the data."


def _dates(use: DataUse) -> Iterator[str]:
    own = {column.partition(".")[0] for column in use.columns}
    for rule in use.rules:
        for place in (*rule.begins, *rule.ends):
            if place.partition(".")[0] not in own:
                yield f"dates its deletion by {place}, and declares nothing of that table."
        if rule.begins and rule.period.months:
            yield "counts months from a beginning: name a column that holds the end (ends)."


def _ground(use: DataUse, consents: Collection[str]) -> Iterator[str]:
    agreed = not CONSENTS.isdisjoint(use.legal_basis)
    if agreed != (use.consent_id is not None):
        yield "names a consent if, and only if, its ground is one."
    elif agreed and use.consent_id not in consents:
        yield f"names the consent {use.consent_id}, whose text does not exist."
    if (use.interest is not None) != (LegalBasis.LEGITIMATE_INTEREST in use.legal_basis):
        yield "names an interest if, and only if, its ground is one."


def _half_texts(value: Any) -> Iterator[Text]:  # noqa: ANN401  walks whatever a declaration holds
    if isinstance(value, Text):
        if not (value.de.strip() and value.en.strip()):
            yield value
    elif is_dataclass(value):
        for field in fields(value):
            yield from _half_texts(getattr(value, field.name))
    elif isinstance(value, tuple):
        for each in value:
            yield from _half_texts(each)
