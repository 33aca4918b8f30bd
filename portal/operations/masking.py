"""Takes out of a line of the log what is about a person, before it is written (OPS-3).

Two nets. What the portal holds at this moment in columns that are declared as personal, and what
the request brought along, is taken out by its value, whatever it is called. What looks like an
address, a number, a code or a token is taken out by its form, wherever it comes from.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from flask import has_app_context, has_request_context, request
from sqlalchemy import String, inspect

from portal.columns import Encrypted
from portal.extensions import db
from portal.personaldata import DataUse
from portal.privacy import registry
from portal.ratelimit import shortened
from portal.waitingroom.codes import ALPHABET

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Mapper

MASK = "***"
# Shorter columns hold a kind, a state or a language, which are no secret and words of every line.
LONG = 30
# A random key, or a word of the program: lines must name both, and neither is anybody's.
OURS = re.compile(r"[0-9a-f]{32}|[a-z_]*")
_GROUP = f"[{ALPHABET}]{{4}}"
# What is found by its form, each with what stands in its place.
FORMS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?<=://)[^/\s@]+@"), f"{MASK}@"),
    (re.compile(r"(?<=[\w/])\?[^\s\"'?]*=[^\s\"']*"), f"?{MASK}"),
    (re.compile(r"[^\s@<>\"'(),;:=\[\]]+@[^\s@<>\"'(),;:\[\]]+\.\w+"), MASK),
    (re.compile(rf"(?<![\w-])(?:{_GROUP}-{_GROUP}-{_GROUP}|[{ALPHABET}]{{12}})(?![\w-])"), MASK),
    (re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?(?!\w)"), MASK),
    (re.compile(r"(?<![\w.:-])(?:\+|0)[1-9][\d /()-]{5,}\d(?!\w)"), MASK),
    # Numbers of physicians and cards; no count of ours is so long.
    (re.compile(r"(?<![\w.-])\d{9,15}(?![\w.])"), MASK),
    (re.compile(r"(?<![\w-])(?=[\w-]*[A-Z0-9])[\w-]{40,}(?![\w-])"), MASK),
)
ADDRESS = re.compile(
    r"(?<![\w.:])(?:\d{1,3}(?:\.\d{1,3}){3}|(?:[0-9a-fA-F]{0,4}:){3,7}[0-9a-fA-F]{0,4})(?![\w.:/])"
)
# An error's own words: what PostgreSQL tells of the row, and what stands in quotation marks.
DETAIL = re.compile(r"(?m)^(DETAIL|CONTEXT|HINT):.*$")
QUOTED = re.compile(r"(['\"])(?![a-z_.]{1,60}\1)(?:(?!\1).)*\1")


def masked(text: str) -> str:
    """Return a text without what is about a person."""
    held = [value for value in _held() if value in text]
    if held:
        longest_first = sorted(map(re.escape, held), key=len, reverse=True)
        text = re.sub(rf"(?<!\w)(?:{'|'.join(longest_first)})(?!\w)", MASK, text)
    return by_form(text)


def by_form(text: str) -> str:
    """Return a text without what looks like an address, a number, a code or a token."""
    for form, instead in FORMS:
        text = form.sub(instead, text)
    return ADDRESS.sub(lambda found: shortened(found[0]), text)


def masked_words(error: BaseException) -> str:
    """Return what an error says; a value that it quotes could be anybody's, and is left out."""
    words = DETAIL.sub(rf"\1: {MASK}", str(error))
    return masked(QUOTED.sub(rf"\1{MASK}\1", words))


def _held() -> set[str]:
    """Return the personal values at hand: of the rows that were read, and of the request."""
    found: set[str] = set()
    if has_request_context():
        found.update(_sent())
    if has_app_context() and db.session.registry.has():
        session = db.session()
        for row in (*session.identity_map.values(), *session.new):
            state = inspect(row)
            for name in _personal(state.mapper):
                found.update(_texts(state.dict.get(name)))
    return {each for each in found if len(each) > 1 and not OURS.fullmatch(each)}


def _sent() -> Iterator[str]:
    """Yield what the request brought, as far as it was read: logging must not read a body."""
    read = vars(request._get_current_object())  # type: ignore[attr-defined]  # noqa: SLF001  Werkzeug's own way
    for part in ("form", "args"):
        for value in getattr(read.get(part), "values", tuple)():
            yield from _texts(value)
    yield from _texts((read.get("_cached_json") or (None,))[0])


def _texts(value: Any) -> Iterator[str]:  # noqa: ANN401  what a column or JSON holds
    if isinstance(value, str):
        yield value.strip()
        if value[:1] in {"{", "["}:
            yield from _within(value)
    elif isinstance(value, dict):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _texts(each)


def _within(text: str) -> Iterator[str]:
    """Yield the texts in JSON that a column holds as a text: what the outbox is to send."""
    try:
        found = json.loads(text)
    except ValueError:
        return
    yield from _texts(found)


_columns: dict[Mapper[Any], tuple[str, ...]] = {}


def _personal(mapper: Mapper[Any]) -> tuple[str, ...]:
    """Return the attributes of a model that hold personal texts, by the declarations."""
    if mapper not in _columns:
        declared = {
            place
            for use in registry.everything()
            if isinstance(use, DataUse)
            for place in use.columns
        }
        _columns[mapper] = tuple(
            each.key
            for each in mapper.column_attrs
            for column in each.columns
            if f"{getattr(column.table, 'name', '')}.{column.name}" in declared
            and (isinstance(column.type, Encrypted) or _is_long(column.type))
        )
    return _columns[mapper]


def _is_long(kind: object) -> bool:
    return isinstance(kind, String) and (kind.length is None or kind.length >= LONG)
