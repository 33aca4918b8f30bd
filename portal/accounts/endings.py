"""A changed role, a suspension or a removal ends the sessions it concerns, whoever causes it.

It happens where rows are written, so that no page can forget it; ``states.suspend``, which writes
many at once, does it itself. The watch over sockets looks each second for tokens that ended, so an
open page is out within two seconds. Another e-mail address ends the links that were mailed to the
one before, which may be a stranger's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import event, update
from sqlalchemy.orm.attributes import get_history

from portal import clock
from portal.accounts.models import Account, Link, Staff, Token
from portal.database import TenantSession

if TYPE_CHECKING:
    from collections.abc import Iterator

ACTIVE = "active"
SUSPENDED = "suspended"


def _concerned(session: TenantSession) -> Iterator[Account | Staff]:
    """Yield whose sessions may not go on as they are."""
    for row in session.dirty:
        if isinstance(row, Account | Staff) and _is_out(row):
            yield row
    for row in session.deleted:
        if isinstance(row, Account | Staff):
            yield row


def _is_out(row: Account | Staff) -> bool:
    changed = {name for name in ("role", "state") if get_history(row, name).has_changes()}
    if "role" in changed:
        return True
    barred = row.state == SUSPENDED if isinstance(row, Account) else row.state != ACTIVE
    return "state" in changed and barred


@event.listens_for(TenantSession, "before_flush")
def _end(session: TenantSession, *_: object) -> None:
    for row in _concerned(session):
        organisation_id = row.organisation_id if isinstance(row, Account) else None
        mine = update(Token).where(
            Token.organisation_id.is_not_distinct_from(organisation_id),
            Token.subject_id == row.id,
            Token.ended_at.is_(None),
        )
        session.connection().execute(mine.values(ended_at=clock.now()))


@event.listens_for(TenantSession, "before_flush")
def _end_links(session: TenantSession, *_: object) -> None:
    for row in session.dirty:
        if isinstance(row, Account) and get_history(row, "email").has_changes():
            mine = update(Link).where(
                Link.organisation_id == row.organisation_id,
                Link.account_id == row.id,
                Link.used_at.is_(None),
            )
            session.connection().execute(mine.values(used_at=clock.now()))
