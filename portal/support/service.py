"""Sessions of remote support: opened by the customer, entered once, ended at any moment (SUP).

Closed is the default. A session has scopes and an end; a one-time password leads into it, once, and
into nothing else. The supporter works in pages of their own (``acts``), never as the customer.
The project administration opens what is the organisation's, a doctor the own area and nothing else;
each has one session at a time, so that nobody holds up the others.
Whatever is done touches the session's row first, in the same transaction: so an end that comes in
the middle waits for one step at most, and no step begins after it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update

from portal import audit, ratelimit
from portal.accounts import states
from portal.accounts.models import Account
from portal.accounts.service import get_account
from portal.columns import blind_index
from portal.errors import NotFoundHereError
from portal.extensions import db
from portal.permissions import Role
from portal.ratelimit import Limit
from portal.support.errors import AlreadyOpenError, SessionOverError, WrongPasswordError
from portal.support.models import SupportAct, SupportSession
from portal.tenants.models import Organisation
from portal.tenants.scope import across_tenants, current_tenant, tenant_scope
from portal.tenants.service import check_running
from portal.waitingroom import codes

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, timedelta

    from sqlalchemy import Update

    from portal.accounts.models import Staff
    from portal.accounts.tokens import Principal

KIND = "support_session"
MEDIUM = "portal"
GUESSES = Limit("support.password", attempts=5, seconds=300)
SHOWN = 50
LONGEST_TARGET = 200
OPENED, ENTERED = "support.session.opened", "support.session.entered"
ENDED = "support.session.ended"
audit.words(
    {
        OPENED: _l("Fernwartung geöffnet"),
        ENTERED: _l("Fernwartung begonnen"),
        ENDED: _l("Fernwartung beendet"),
    }
)


@dataclass(frozen=True)
class Opening:
    """What a customer opens.

    :param account_id: the doctor whose own area it is for; nothing for the organisation's.
    """

    opened_by: str
    scopes: Sequence[str]
    span: timedelta
    account_id: str | None = None


def open_session(wanted: Opening, *, now: datetime) -> tuple[SupportSession, str]:
    """Open a session; return it with its one-time password, the only time that it is known.

    :raise AlreadyOpenError: there is one for the same area already.
    """
    # Held until the end of the transaction: of two at once the second sees the first one's row.
    organisation = db.session.get_one(Organisation, current_tenant(), with_for_update=True)
    if any(each.is_live(now) for each in sessions(wanted.account_id)):
        raise AlreadyOpenError
    target = organisation.name
    if wanted.account_id is not None:
        target = f"{target}, {get_account(wanted.account_id).full_name}"
    password = codes.make()
    row = SupportSession(
        opened_by=wanted.opened_by,
        account_id=wanted.account_id,
        scopes=" ".join(wanted.scopes),
        opened_at=now,
        expires_at=now + wanted.span,
        password_hash=_hash(password),
        target=target[:LONGEST_TARGET],
    )
    db.session.add(row)
    db.session.flush()
    audit.record(OPENED, KIND, row.id, now=now, fields=wanted.scopes)
    return row, codes.written(password)


def _hash(password: str) -> str:
    return blind_index(password, "support.password")


def sessions(account_id: str | None = None) -> Sequence[SupportSession]:
    """Return the newest sessions for the organisation's area, or for one doctor's own."""
    mine = SupportSession.account_id.is_not_distinct_from(account_id)
    query = select(SupportSession).where(mine)
    newest = query.order_by(SupportSession.opened_at.desc(), SupportSession.id)
    return db.session.scalars(newest.limit(SHOWN)).all()


def customers_session(session_id: str, account_id: str | None = None) -> SupportSession:
    """Return a session for the organisation's area, or for one doctor's own.

    :raise NotFoundHereError: it does not exist, or is for another area.
    """
    row = get_session(session_id)
    if row.account_id != account_id:
        raise NotFoundHereError
    return row


def get_session(session_id: str) -> SupportSession:
    """Return a session of the current organisation.

    :raise NotFoundHereError: it does not exist, or is another organisation's.
    """
    row = db.session.get(SupportSession, (current_tenant(), session_id))
    if row is None:
        raise NotFoundHereError
    return row


def acts(session_id: str) -> Sequence[SupportAct]:
    """Return what was done in a session, newest first."""
    query = select(SupportAct).where(SupportAct.session_id == session_id)
    return db.session.scalars(query.order_by(SupportAct.at.desc(), SupportAct.id)).all()


def mark(row: SupportSession, done: Sequence[SupportAct], *, now: datetime) -> str:
    """Return what changes whenever a page that shows a session has something new to show."""
    decided = sum(act.decided_at is not None for act in done)
    return f"{len(done)}.{decided}.{row.begun_at is not None:d}.{row.is_live(now):d}"


def enter(person: Staff, token_id: str, typed: str, description: str, *, now: datetime) -> str:
    """Let a supporter into the session of a one-time password, once; return its id.

    :raise TooManyError: too many wrong ones.
    :raise WrongPasswordError: no session of this person's company is open under it.
    :raise ContractEndedError: the customer's contract is terminated.
    :raise SessionOverError: the doctor whose area it is for can no longer watch.
    """
    me, name, company_id = person.id, person.full_name, str(person.provider_company_id)
    ratelimit.check(GUESSES, me)
    try:
        hashed = _hash(codes.read(typed))
    except codes.CodeSlipError:
        hashed = ""
    found = _waiting(hashed, company_id)
    if found is None:
        ratelimit.spend(GUESSES, me)
        raise WrongPasswordError
    organisation_id, session_id = found
    with tenant_scope(organisation_id):
        check_running(organisation_id)
        mine = (
            _live(session_id, now)
            .where(SupportSession.password_hash == hashed)
            .values(
                password_hash=None,
                supporter_id=me,
                supporter_name=name,
                token_id=token_id,
                begun_at=now,
                medium=MEDIUM,
                description=description,
            )
        )
        if db.session.execute(mine.returning(SupportSession.id)).first() is None:
            raise WrongPasswordError
        _check_watched(get_session(session_id))
        audit.record(ENTERED, KIND, session_id, now=now)
        db.session.commit()
    return session_id


def _waiting(hashed: str, company_id: str) -> tuple[str, str] | None:
    query = (
        select(SupportSession.organisation_id, SupportSession.id)
        .join(Organisation, Organisation.id == SupportSession.organisation_id)
        .where(
            SupportSession.password_hash == hashed, Organisation.provider_company_id == company_id
        )
    )
    with across_tenants("A one-time password names the session, whoever's it is."):
        row = db.session.execute(query).first()
    # An attempt is counted in a transaction of its own, which this one must not keep waiting.
    db.session.rollback()
    return (row[0], row[1]) if row else None


def whose(session_id: str, me: Principal) -> str:
    """Return the organisation of a session that this sign-in has entered.

    :raise NotFoundHereError: it does not exist, or somebody else is in it.
    """
    query = select(SupportSession.organisation_id).where(
        SupportSession.id == session_id,
        SupportSession.supporter_id == me.subject_id,
        SupportSession.token_id == me.token_id,
    )
    with across_tenants("A supporter works in the session that a customer opened to them."):
        found = db.session.scalar(query)
    db.session.rollback()
    if found is None:
        raise NotFoundHereError
    return found


def of_supporter(me: Principal, *, now: datetime) -> Sequence[SupportSession]:
    """Return the sessions that this sign-in is in now."""
    query = select(SupportSession).where(
        SupportSession.supporter_id == me.subject_id,
        SupportSession.token_id == me.token_id,
        SupportSession.ended_at.is_(None),
        SupportSession.expires_at > now,
    )
    with across_tenants("A supporter sees the sessions that they are in."):
        found = db.session.scalars(query.order_by(SupportSession.begun_at)).all()
        db.session.expunge_all()
    db.session.rollback()
    return found


def touch(session_id: str, *, now: datetime) -> SupportSession:
    """Hold a session until the end of the transaction, so that it does not end in between.

    :raise SessionOverError: it has ended, or its doctor can no longer watch or end it.
    :raise ContractEndedError: nobody of the customer could watch or end it any more.
    """
    check_running(current_tenant())
    held = _live(session_id, now).values(medium=SupportSession.medium)
    if db.session.execute(held.returning(SupportSession.id)).first() is None:
        raise SessionOverError
    row = get_session(session_id)
    _check_watched(row)
    return row


def _check_watched(row: SupportSession) -> None:
    """Let nothing be done in the area of a doctor who could not sign in to watch and end it."""
    if row.account_id is None:
        return
    owner = db.session.get(Account, (current_tenant(), row.account_id), populate_existing=True)
    if (
        owner is None
        or owner.role != Role.DOCTOR
        or owner.state == states.SUSPENDED
        or owner.restricted_at is not None
    ):
        raise SessionOverError


def end(session_id: str, by: str, *, now: datetime) -> None:
    """End a session of the current organisation at once; twice does nothing new."""
    over = _live(session_id, now).values(ended_at=now, ended_by=by, password_hash=None)
    if db.session.execute(over.returning(SupportSession.id)).first() is not None:
        audit.record(ENDED, KIND, session_id, now=now)
    db.session.expire_all()


def _live(session_id: str, now: datetime) -> Update:
    return (
        update(SupportSession)
        .where(
            SupportSession.organisation_id == current_tenant(),
            SupportSession.id == session_id,
            SupportSession.ended_at.is_(None),
            SupportSession.expires_at > now,
        )
        .execution_options(synchronize_session=False)
    )
