"""Proves what a plugin declares about deletion: makes rows, moves the clock, and counts.

Rows are made of plausible values. A plugin whose rows need more brings ``trial.py`` beside its
``__init__.py``, with ``rows(ctx, account_id)`` that returns some of each table, and ``EVENTS``,
which says for each anchor ``event:<name>`` how it comes about: a function of ``ctx`` by its name.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from sqlalchemy import TypeDecorator, func, select
from sqlalchemy.exc import SQLAlchemyError

from portal import clock
from portal.kit.tables import mappers
from portal.permissions import Role
from portal.personaldata import Anchor, DataUse, Event, Storage, Then
from portal.tenants.scope import new_id

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Column
    from sqlalchemy.orm import Mapper

    from portal.api import PluginContext
    from portal.kit.findings import Subject
    from portal.kit.practice import Practice
    from portal.personaldata import Retention

# From when a row counts that was made this moment.
AT_ONCE = frozenset({Anchor.IMMEDIATE, Anchor.CREATED, Anchor.CALL_END, Anchor.STATUTORY})
# The portal itself sees to these, by deleting the account, the visit or the whole organisation.
THE_PORTALS = frozenset({Anchor.CONTRACT_END, Anchor.UNTIL_DELETED_BY_CUSTOMER})
A_DAY = timedelta(days=1)
TOLD = "bring trial.py (see docs/plugins/index.md, What the check proves)"


class CannotProveError(Exception):
    """Something stands in the way of the proof; the text says what to do."""


@dataclass(frozen=True)
class Case:
    """One use of data that is to be proven, and what holds it."""

    use: DataUse
    rule: Retention
    tables: tuple[Mapper[object], ...]


def deletion(plugin: Subject) -> Iterator[str]:
    """Prove each use of data in tables, where the plugin stays on and where it is off by then."""
    for case in _cases(plugin):
        for stays_on in (True, False):
            plugin.trial.begin()
            try:
                yield from _prove(plugin, case, stays_on=stays_on)
            except CannotProveError as error:
                yield f"{case.use.id}: {error}"
                break
    plugin.trial.begin()


def _cases(plugin: Subject) -> Iterator[Case]:
    """Yield each use with the rule that comes true first, as far as one can be brought about."""
    by_name = {each.local_table.name: each for each in mappers(plugin)}  # type: ignore[attr-defined]
    for use in plugin.loaded.declarations:
        if not isinstance(use, DataUse) or use.storage is not Storage.DATABASE:
            continue
        rules = [rule for rule in use.rules if rule.anchor not in THE_PORTALS]
        tables = {column.partition(".")[0] for column in use.columns} & by_name.keys()
        if rules and tables:
            moment = clock.now()
            first = min(
                rules, key=lambda rule: (rule.anchor not in AT_ONCE, rule.period.after(moment))
            )
            yield Case(use, first, tuple(by_name[name] for name in sorted(tables)))


def _prove(plugin: Subject, case: Case, *, stays_on: bool) -> Iterator[str]:
    practice = plugin.trial.practice
    made = fill(plugin, practice)
    anchor = case.rule.anchor
    _must_hold(practice, case, made)
    if not stays_on:
        practice.switch(on=False)
    if anchor not in AT_ONCE:
        _bring_about(plugin, practice, anchor)
        plugin.trial.clean(clock.now())
    for moment in (case.rule.period.after(clock.now()), clock.now() + A_DAY):
        clock.move(max(moment - clock.now(), timedelta()))
        plugin.trial.clean(clock.now())
    where = "" if stays_on else ", where the plugin is switched off by then"
    for mapper in case.tables:
        if _left(practice, case, mapper):
            table = mapper.local_table.name  # type: ignore[attr-defined]
            yield (
                f"{table} still holds {case.use.id} a day after it should be gone "
                f"({anchor} + {_span(case.rule)}){where}: name the column that dates it in the "
                f"rule's begins, or let the hook forget delete it."
            )


def _must_hold(practice: Practice, case: Case, made: set[str]) -> None:
    """Refuse a proof in which there is nothing to delete."""
    for mapper in case.tables:
        name = mapper.local_table.name  # type: ignore[attr-defined]
        if name not in made or not _left(practice, case, mapper):
            raise CannotProveError(f"{name} got no row with data in it: {TOLD} with rows().")


def _bring_about(plugin: Subject, practice: Practice, anchor: Anchor | Event) -> None:
    """Let what starts the period happen; without a word from the plugin, it is switched off."""
    events = getattr(_trial_module(plugin), "EVENTS", {})
    happen = events.get(anchor.name if isinstance(anchor, Event) else str(anchor))
    if happen is not None:
        with practice.open(plugin.name) as ctx:
            _theirs(lambda: happen(ctx))
    elif isinstance(anchor, Event):
        practice.switch(on=False)
    else:
        raise CannotProveError(f"nobody says how {anchor} comes about: {TOLD} with EVENTS.")


def _left(practice: Practice, case: Case, mapper: Mapper[object]) -> bool:
    """Tell whether a table still holds what the use speaks of."""
    table = mapper.local_table
    with practice.open() as ctx:
        if case.rule.then is Then.DELETE or case.rule.then is Then.AGGREGATE:
            counted = select(func.count()).select_from(mapper.class_)
            return bool(ctx.session.scalar(counted))
        speaks_of = {column.partition(".")[2] for column in case.use.columns}
        keys = {column.name for column in table.primary_key.columns}  # type: ignore[attr-defined]
        rows = ctx.session.scalars(select(mapper.class_)).all()
        return any(
            getattr(row, name) not in {None, ""} for row in rows for name in speaks_of - keys
        )


def _span(rule: Retention) -> str:
    period = rule.period
    parts = {"years": period.years, "months": period.months, "days": period.days}
    return " ".join(f"{number} {unit}" for unit, number in parts.items() if number) or "nothing"


def fill(plugin: Subject, practice: Practice) -> set[str]:
    """Put a row into each table, and return the names of the tables that got one.

    :raise CannotProveError: plausible values are not enough.
    """
    account_id = practice.account_ids(Role.DOCTOR)[0]
    own = getattr(_trial_module(plugin), "rows", None)
    with practice.open(plugin.name) as ctx:
        rows = list(_theirs(lambda: own(ctx, account_id))) if own else []
        there = {type(row) for row in rows}
        made: dict[str, Any] = {row.__table__.name: row for row in rows}
        with _explained():
            for row in rows:
                _add(ctx, row)
            for mapper in mappers(plugin):
                if mapper.class_ not in there:
                    row = _plausible(mapper, account_id, made)
                    _add(ctx, row)
                    made[mapper.local_table.name] = row  # type: ignore[attr-defined]
    return set(made)


def _add(ctx: PluginContext, row: object) -> None:
    ctx.session.add(row)
    ctx.session.flush()


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except (SQLAlchemyError, TypeError, ValueError) as error:
        reason = " ".join(str(error).split())[:160]
        raise CannotProveError(f"rows could not be made ({reason}): {TOLD} with rows().") from error


def _theirs(act: Any) -> Any:  # noqa: ANN401  the author's own function
    try:
        return act()
    except Exception as error:
        message = f"trial.py raises {type(error).__name__}: {error}. Mend it."
        raise CannotProveError(message) from error


def _trial_module(plugin: Subject) -> object:
    name = f"{plugin.package}.trial"
    return import_module(name) if find_spec(name) else None


def _plausible(mapper: Mapper[object], account_id: str, made: dict[str, Any]) -> object:
    """Return a row whose every column holds something, dates that may be empty left out."""
    values = {}
    for attribute in mapper.column_attrs:
        column = attribute.columns[0]
        if column.name in {"organisation_id", "id"}:
            continue
        value = _value(column, account_id, made)  # type: ignore[arg-type]
        if value is not None:
            values[attribute.key] = value
    return mapper.class_(**values)


def _value(column: Column[Any], account_id: str, made: dict[str, Any]) -> Any:  # noqa: ANN401  of its type
    for key in column.foreign_keys:
        table, name = key.target_fullname.split(".")
        if table == "account":
            return account_id
        if table in made:
            return getattr(made[table], name)
        return None
    inner = column.type.impl_instance if isinstance(column.type, TypeDecorator) else column.type
    kind = inner.python_type
    if kind in {datetime, date} and column.nullable:
        return None
    values: dict[type, Any] = {
        str: new_id()[: getattr(column.type, "length", None) or 32],
        datetime: clock.now(),
        date: clock.now().date(),
        bool: False,
        dict: {},
        list: [],
        bytes: b"x",
    }
    return values.get(kind, kind(1) if kind in {int, float} else None)
