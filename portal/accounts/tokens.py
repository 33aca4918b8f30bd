"""Opaque tokens in place of cookies: 256 random bits, of which only the hash is kept."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, select, update

from portal.accounts.models import Ticket, Token
from portal.database import glance, writing
from portal.errors import NotFoundHereError
from portal.extensions import db
from portal.permissions import STAFF, Role

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Row

TOKEN_BYTES = 32
UNFINISHED = timedelta(minutes=10)
TICKET_SECONDS = 30
TOUCH_SECONDS = 60
# Idle and absolute limit by role (DESIGN, sign-in without cookies).
_SHORT = (timedelta(minutes=15), timedelta(hours=8))
_CLINIC = (timedelta(minutes=30), timedelta(hours=12))
LIMITS = {
    Role.DOCTOR: _CLINIC,
    Role.ASSISTANT: _CLINIC,
    Role.PROJECTADMIN: _SHORT,
    Role.OPERATOR: _SHORT,
    Role.SALES: _SHORT,
    Role.SUPPORT: _SHORT,
    Role.GUEST: (timedelta(minutes=10), timedelta(hours=6)),
}


class Pending(StrEnum):
    """What is missing before a token opens anything."""

    FACTOR = "factor"
    ENROL = "enrol"
    # Nothing is missing: the data may only be kept, so the pages of rights alone are open.
    RESTRICTED = "restricted"


@dataclass(frozen=True)
class Principal:
    """Who calls: what the token says, and nothing that a request could say."""

    token_id: str
    role: Role
    organisation_id: str | None
    provider_company_id: str | None
    subject_id: str
    factor_at: datetime | None = None
    pending: str = ""
    is_active: bool = True
    is_anonymous: bool = False

    def get_id(self) -> str:
        """Return the id that Flask-Login asks for."""
        return self.token_id

    @property
    def is_authenticated(self) -> bool:
        """Tell whether the sign-in is finished; until then this is nobody (ACC-3)."""
        return not self.pending

    @property
    def is_staff(self) -> bool:
        """Tell whether this is staff, who have no organisation of their own."""
        return self.role in STAFF


def _hash(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()


@dataclass(frozen=True)
class Owner:
    """For whom a token is made."""

    role: Role
    subject_id: str
    organisation_id: str | None = None
    provider_company_id: str | None = None


def issue(owner: Owner, *, now: datetime, pending: str = "") -> str:
    """Make a token and return it, the only time that it is known in clear.

    :param pending: what is missing before it opens anything; such a token lives ten minutes, and
        one of an account whose data are restricted as long as any other.
    """
    short = pending not in {"", Pending.RESTRICTED}
    secret = secrets.token_urlsafe(TOKEN_BYTES)
    row = Token(
        hash=_hash(secret),
        role=owner.role,
        organisation_id=owner.organisation_id,
        provider_company_id=owner.provider_company_id,
        subject_id=owner.subject_id,
        created_at=now,
        last_seen_at=now,
        factor_at=now,
        expires_at=now + (UNFINISHED if short else LIMITS[owner.role][1]),
        pending=pending,
    )
    db.session.add(row)
    return secret


_BY_TOKEN = select(
    Token.id,
    Token.role,
    Token.organisation_id,
    Token.provider_company_id,
    Token.subject_id,
    Token.last_seen_at,
    Token.expires_at,
    Token.ended_at,
    Token.factor_at,
    Token.pending,
)
_BY_HASH = _BY_TOKEN.where(Token.hash == bindparam("key"))
_BY_ID = _BY_TOKEN.where(Token.id == bindparam("key"))


def _principal(rows: Sequence[Row[Any]], now: datetime) -> Principal | None:
    """Return whom a row names, unless it ended, was idle or is too old."""
    if not rows:
        return None
    row = rows[0]
    role = Role(row.role)
    idle = now - row.last_seen_at >= LIMITS[role][0]
    if row.ended_at is not None or now >= row.expires_at or idle:
        return None
    return Principal(
        row.id,
        role,
        row.organisation_id,
        row.provider_company_id,
        row.subject_id,
        row.factor_at,
        row.pending,
    )


def who(secret: str, *, now: datetime, unfinished: bool = False) -> Principal | None:
    """Return whom a token names, or None when it is unknown, ended, idle or too old.

    :param unfinished: whether one whose sign-in is not finished is named too; only a request may
        ask so, whose policy then decides.
    """
    rows = glance(_BY_HASH, key=_hash(secret))
    principal = _principal(rows, now)
    if principal and principal.pending and not unfinished:
        return None
    if principal and (now - rows[0].last_seen_at).total_seconds() >= TOUCH_SECONDS:
        touch([principal.token_id], now=now)
    return principal


def still(token_id: str, *, now: datetime) -> Principal | None:
    """Return whom an open socket's token still names, or None."""
    principal = _principal(glance(_BY_ID, key=token_id), now)
    return principal if principal and principal.is_authenticated else None


def touch(token_ids: Iterable[str], *, now: datetime) -> None:
    """Note that tokens were used; in a transaction of its own."""
    ids = list(token_ids)
    if ids:
        with writing(), db.engine.begin() as connection:
            connection.execute(update(Token).where(Token.id.in_(ids)).values(last_seen_at=now))


def prove(token_id: str, *, now: datetime) -> None:
    """Note that whoever holds a token has proved again who they are."""
    db.session.execute(update(Token).where(Token.id == token_id).values(factor_at=now))


def end_others(principal: Principal, *, now: datetime) -> None:
    """End every token of the caller but the one that is used here."""
    organisation = Token.organisation_id.is_not_distinct_from(principal.organisation_id)
    mine = organisation & (Token.subject_id == principal.subject_id)
    _end(mine & (Token.id != principal.token_id), now)


def end(token_id: str, *, now: datetime) -> None:
    """End one token for good."""
    _end(Token.id == token_id, now)


def end_all(organisation_id: str | None, subject_id: str, *, now: datetime) -> None:
    """End every token of one account, member of staff or visit."""
    _end(
        Token.organisation_id.is_not_distinct_from(organisation_id)
        & (Token.subject_id == subject_id),
        now,
    )


def _end(condition: object, now: datetime) -> None:
    ended = update(Token).where(condition, Token.ended_at.is_(None))  # type: ignore[arg-type]
    db.session.execute(ended.values(ended_at=now))


def ended_since(moment: datetime) -> list[str]:
    """Return the ids of tokens that were ended at or after a moment."""
    return [row.id for row in glance(select(Token.id).where(Token.ended_at >= moment))]


def own_sessions(principal: Principal, *, now: datetime) -> Sequence[Token]:
    """Return the tokens of the caller that are in force, the newest first."""
    query = select(Token).where(
        Token.subject_id == principal.subject_id,
        Token.organisation_id == principal.organisation_id
        if principal.organisation_id
        else Token.organisation_id.is_(None),
        Token.ended_at.is_(None),
        Token.pending == "",
        Token.expires_at > now,
        Token.last_seen_at > now - LIMITS[principal.role][0],
    )
    return db.session.scalars(query.order_by(Token.created_at.desc(), Token.id)).all()


def end_own(principal: Principal, token_id: str, *, now: datetime) -> None:
    """End one of the caller's own sessions.

    :raise NotFoundHereError: it is not one of theirs, or has ended.
    """
    if token_id not in {row.id for row in own_sessions(principal, now=now)}:
        raise NotFoundHereError
    end(token_id, now=now)


def make_ticket(principal: Principal, path: str, *, now: datetime) -> str:
    """Return a single-use key to one download path."""
    secret = secrets.token_urlsafe(16)
    db.session.add(
        Ticket(
            hash=_hash(secret),
            token_id=principal.token_id,
            path=path,
            expires_at=now + timedelta(seconds=TICKET_SECONDS),
        )
    )
    return secret


def redeem_ticket(secret: str, path: str, *, now: datetime) -> Principal | None:
    """Return whose ticket this is, once; None when it is used, late or for another path."""
    spent = delete(Ticket).where(Ticket.hash == _hash(secret), Ticket.path == path)
    with writing(), db.engine.begin() as connection:
        row = connection.execute(spent.returning(Ticket.token_id, Ticket.expires_at)).first()
    if row is None or now >= row.expires_at:
        return None
    return still(row.token_id, now=now)
