"""Questions that a page must answer soon: kept in a row, as there is no session to keep them in."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, update

from portal.accounts.models import Challenge
from portal.extensions import db

if TYPE_CHECKING:
    from datetime import datetime

LIFE = timedelta(minutes=10)
TRIES = 5


def ask(token_id: str, kind: str, value: str, *, now: datetime) -> None:
    """Keep a question for one session; a newer one of the same kind replaces it."""
    db.session.execute(
        delete(Challenge).where(Challenge.token_id == token_id, Challenge.kind == kind)
    )
    db.session.add(Challenge(token_id=token_id, kind=kind, value=value, expires_at=now + LIFE))
    db.session.flush()


def tried(token_id: str, kind: str, *, now: datetime) -> str | None:
    """Count one try and return what was asked; None when it is late or was tried too often.

    Committed at once, so that a try counts whatever becomes of the request.
    """
    mine = update(Challenge).where(
        Challenge.token_id == token_id,
        Challenge.kind == kind,
        Challenge.expires_at > now,
        Challenge.tries < TRIES,
    )
    counted = mine.values(tries=Challenge.tries + 1).returning(Challenge.value)
    value = db.session.execute(
        counted.execution_options(synchronize_session=False)
    ).scalar_one_or_none()
    db.session.commit()
    return value


def answered(token_id: str, kind: str) -> bool:
    """Use a question up; tell whether it was still there."""
    gone = delete(Challenge).where(Challenge.token_id == token_id, Challenge.kind == kind)
    return db.session.execute(gone.returning(Challenge.kind)).first() is not None
