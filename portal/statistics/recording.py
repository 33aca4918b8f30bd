"""Keeps what happened: under a pseudonym, in the transaction of its cause, and nothing else."""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime
from functools import cache, partial
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select

from portal.database import inserting, reading, writing
from portal.extensions import db
from portal.language import ZONE
from portal.statistics.declarations import KEPT
from portal.statistics.models import StatisticEvent, StatisticKey
from portal.tenants.scope import new_id, tenant_scope

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from sqlalchemy import Connection

    from portal.happenings import Happened

CUSTOMER, GUEST = "customer", "guest"
PSEUDONYM = 32


def keep(what: Happened) -> None:
    """Keep an event in the transaction of the session; the listener of ``portal.happenings``."""
    keep_all([what])


def keep_all(happenings: Iterable[Happened]) -> None:
    """Keep events of one organisation in the transaction of the session."""
    _keep(db.session.connection(), list(happenings))


def keep_reading(what: Happened) -> None:
    """Keep an event in a transaction of its own: requests that read may not write."""
    with writing(), db.engine.begin() as connection:
        _keep(connection, [what])


def _keep(connection: Connection, happenings: Sequence[Happened]) -> None:
    key = cache(partial(_key, connection))
    rows = [_row(what, key) for what in happenings]
    with tenant_scope(happenings[0].organisation_id):
        connection.execute(insert(StatisticEvent), rows)


def _row(what: Happened, key: Callable[[str, str], str]) -> dict[str, Any]:
    values = {
        "organisation_id": what.organisation_id,
        "id": new_id(),
        "kind": what.kind,
        "at": what.at,
        "who": "",
        "other": "",
        "facts": dict(what.facts),
        "delete_after": KEPT.after(what.at),
    }
    if what.who:
        whose = GUEST if what.is_guest else CUSTOMER
        values["who"] = pseudonym(key(month_of(what.at), whose), what.who)
    if what.other:
        # What it is about is never looked up again, so its key goes with the month.
        values["other"] = pseudonym(key(month_of(what.at), GUEST), what.other)
    return values


def pseudonym(key: str, subject_id: str) -> str:
    """Return the pseudonym of an id under a month's key (HMAC-SHA256, 128 bits of it)."""
    return hmac.new(bytes.fromhex(key), subject_id.encode(), sha256).hexdigest()[:PSEUDONYM]


def month_of(moment: datetime) -> str:
    """Return the month of a moment as the practice's calendar has it: 2026-11."""
    return f"{moment.astimezone(ZONE):%Y-%m}"


def _key(connection: Connection, month: str, whose: str) -> str:
    """Return the key of a month; the first event of a month makes it."""
    query = select(StatisticKey.key).where(StatisticKey.month == month, StatisticKey.whose == whose)
    found = connection.execute(query).scalar()
    if found is None:
        fresh = {
            "month": month,
            "whose": whose,
            "key": secrets.token_hex(32),
            "delete_after": _ends(month, whose),
        }
        connection.execute(inserting(StatisticKey).values(fresh).on_conflict_do_nothing())
        found = connection.execute(query).scalar_one()
    return str(found)


def _ends(month: str, whose: str) -> datetime:
    """Return when a key is deleted: with the month, or with the last event of it."""
    year, number = map(int, month.split("-"))
    over = datetime(year + number // 12, number % 12 + 1, 1, tzinfo=ZONE)
    return over if whose == GUEST else KEPT.after(over)


def pseudonyms(account_id: str, months: Iterable[str]) -> list[str]:
    """Return an account's pseudonyms of some months, as far as their keys are still there."""
    query = select(StatisticKey.key).where(
        StatisticKey.month.in_(list(months)), StatisticKey.whose == CUSTOMER
    )
    with reading():
        return [pseudonym(key, account_id) for key in db.session.scalars(query)]
