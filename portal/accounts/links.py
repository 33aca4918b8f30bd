"""Single-use links: invitation, reset of the password, change of the e-mail address (ACC-6).

The secret stands behind the # of the address, which no browser sends and no log sees; the page
takes it from there and posts it. Looking at a link uses nothing up: mail scanners open links too.
One conditional statement spends it together with what it is for, so of two at once one wins.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from hashlib import sha256
from typing import TYPE_CHECKING

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, select, update

from portal import audit
from portal.accounts import credentials, passwords, service, sources, states, texts, tokens
from portal.accounts.link_errors import (
    ForeignLinkError,
    LateLinkError,
    SuspendedError,
    UnknownLinkError,
    UsedLinkError,
)
from portal.accounts.models import Account, Link, Staff
from portal.database import glance
from portal.extensions import db
from portal.language import clock_time, written_date
from portal.messages.service import queue_mail
from portal.tenants.scope import tenant_scope
from portal.tenants.service import check_running, get_organisation

if TYPE_CHECKING:
    from datetime import datetime

    from portal.accounts.tokens import Principal

SECRET_BYTES = 32
CHOSEN = "accounts.password.set"
audit.words(
    {
        "accounts.account.invited": _l("Einladung verschickt"),
        "accounts.password.link_sent": _l("Link für ein neues Passwort verschickt"),
        "accounts.password.link_shown": _l("Link für ein Passwort gezeigt"),
        CHOSEN: _l("Passwort festgelegt"),
        "accounts.email.link_sent": _l("Wechsel der E-Mail-Adresse angefragt"),
        "accounts.email.changed": _l("E-Mail-Adresse gewechselt"),
    },
    {"password": _l("Passwort"), "email": _l("E-Mail-Adresse")},
)


class Purpose(StrEnum):
    """What a link is for."""

    INVITE = "invite"
    RESET = "reset"
    EMAIL = "email"


# A doctor may be on duty for some days; a reset is wanted now.
LIVES = {
    Purpose.INVITE: timedelta(days=7),
    Purpose.RESET: timedelta(hours=1),
    Purpose.EMAIL: timedelta(hours=24),
}


@dataclass(frozen=True)
class Opened:
    """What the page shows of a link that still holds."""

    purpose: Purpose
    name: str
    organisation: str
    login_name: str
    new_email: str


def invite(account: Account, *, now: datetime) -> None:
    """Mail a link for the first password, in the account's organisation and language.

    Works again at any time: the newest link replaces those before it. Nothing is committed here.

    :raise DirectoryDecidesError: the organisation's passwords are not the portal's.
    """
    url, until = _make(Purpose.INVITE, account, now=now)
    organisation = get_organisation(account.organisation_id).name
    with force_locale(account.language):
        words = texts.invitation(account.full_name, organisation, url, _until(until))
    queue_mail(account.email, "invitation", words, subject_id=account.id, now=now)
    audit.record("accounts.account.invited", "account", account.id, now=now)


def reset(account: Account, *, now: datetime) -> None:
    """Mail a link for a new password; second factors and the old password stay until it is used.

    :raise DirectoryDecidesError: the organisation's passwords are not the portal's.
    """
    url, until = _make(Purpose.RESET, account, now=now)
    with force_locale(account.language):
        words = texts.reset(account.full_name, url, _until(until))
    queue_mail(account.email, "password_reset", words, subject_id=account.id, now=now)
    audit.record("accounts.password.link_sent", "account", account.id, now=now)


def change_email(account: Account, new_email: str, *, now: datetime) -> None:
    """Mail a link to a new address, which confirms it, and tell the old one."""
    url, until = _make(Purpose.EMAIL, account, now=now, new_email=new_email)
    with force_locale(account.language):
        words = texts.new_address(account.full_name, url, _until(until))
        told = texts.change_asked(account.full_name)
    queue_mail(new_email, "email_change", words, subject_id=account.id, now=now)
    queue_mail(account.email, "email_change", told, subject_id=account.id, now=now)
    audit.record("accounts.email.link_sent", "account", account.id, fields=("email",), now=now)


def tell_factors_reset(account: Account, *, now: datetime) -> None:
    """Mail somebody that their second factors were reset; it carries no link."""
    with force_locale(account.language):
        words = texts.factors_reset(account.full_name)
    queue_mail(account.email, "factors_reset", words, subject_id=account.id, now=now)


def for_staff(staff: Staff, purpose: Purpose, *, now: datetime) -> str:
    """Return a link for a member of staff, to be shown once and handed over in person.

    Staff belong to no organisation, and the outbox to organisations only.
    """
    audit.record("accounts.password.link_shown", "staff", staff.id, now=now)
    return _make(purpose, staff, now=now)[0]


def look(secret: str, *, caller: Principal | None, now: datetime) -> Opened:
    """Return what a link is for; it stays unused.

    :raise UnknownLinkError: nobody was sent it, or it is long over.
    :raise UsedLinkError: it was used, or a newer one replaced it.
    :raise LateLinkError: it was not used in time.
    :raise ForeignLinkError: somebody else is signed in on this page.
    :raise SuspendedError: the account may not sign in.
    :raise ContractEndedError: nor may anybody of its organisation.
    :raise DirectoryDecidesError: the organisation's passwords are not the portal's.
    """
    return _holding(_hash(secret), caller, now)[1]


def set_password(secret: str, password: str, *, caller: Principal | None, now: datetime) -> str:
    """Set the password that a link is for, once; return the login name.

    All sessions and open links of the account end. Second factors stay: a mailbox alone opens no
    account that has one. Raises what ``look`` raises, and:

    :raise WeakPasswordError: the password breaks a rule; the link stays unused.
    """
    link, opened = _holding(_hash(secret), caller, now)
    if opened.purpose is Purpose.EMAIL:
        raise UnknownLinkError
    credentials.check(password, opened.name, opened.login_name, opened.organisation)
    # Hashing takes a while, and no lock may be held meanwhile.
    db.session.rollback()
    hashed = passwords.hash_password(password)
    _spend(link, now)
    if link.staff_id is not None:
        staff = db.session.get_one(Staff, link.staff_id)
        login_name = credentials.store(staff, hashed)
        tokens.end_all(None, staff.id, now=now)
        end_open(staff, now=now)
        audit.record(CHOSEN, "staff", staff.id, fields=("password",), now=now)
        return login_name
    with tenant_scope(_organisation(link)):
        account = service.get_account(str(link.account_id))
        login_name = credentials.store(account, hashed)
        end_open(account, now=now)
        # Whoever holds the link has read the mail.
        account.email_confirmed_at = account.email_confirmed_at or now
        audit.record(CHOSEN, "account", account.id, fields=("password",), now=now)
        db.session.flush()
        states.confirm([account.id], now=now)
    tokens.end_all(link.organisation_id, str(link.account_id), now=now)
    return login_name


def confirm_email(secret: str, *, caller: Principal | None, now: datetime) -> str:
    """Make the new address that of the account, once, and tell the old one; return the new one.

    Raises what ``look`` raises.
    """
    link, opened = _holding(_hash(secret), caller, now)
    if opened.purpose is not Purpose.EMAIL:
        raise UnknownLinkError
    _spend(link, now)
    with tenant_scope(_organisation(link)):
        account = service.get_account(str(link.account_id))
        with force_locale(account.language):
            told = texts.changed(account.full_name)
        queue_mail(account.email, "email_change", told, subject_id=account.id, now=now)
        credentials.follow_email(account, opened.new_email)
        account.email, account.email_confirmed_at = opened.new_email, now
        audit.record("accounts.email.changed", "account", account.id, fields=("email",), now=now)
        db.session.flush()
        states.confirm([account.id], now=now)
    return opened.new_email


def end_open(owner: Account | Staff, *, now: datetime) -> None:
    """End what links somebody has, as their password is another now.

    Somebody else who knew the old one may have asked for a change of the address.
    """
    _end_open(owner, list(Purpose), now)


def _end_open(owner: Account | Staff, purposes: list[Purpose], now: datetime) -> None:
    earlier = update(Link).where(_of(owner), Link.purpose.in_(purposes), Link.used_at.is_(None))
    db.session.execute(earlier.values(used_at=now))


def _of(owner: Account | Staff) -> ColumnElement[bool]:
    if isinstance(owner, Staff):
        return Link.staff_id == owner.id
    return (Link.organisation_id == owner.organisation_id) & (Link.account_id == owner.id)


def _hash(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()


def _until(moment: datetime) -> str:
    return _("%(date)s um %(time)s", date=written_date(moment), time=clock_time(moment))


def _make(
    purpose: Purpose, owner: Account | Staff, *, now: datetime, new_email: str | None = None
) -> tuple[str, datetime]:
    """Write a link that replaces the earlier ones of its kind; return its address and its end."""
    secret = secrets.token_urlsafe(SECRET_BYTES)
    link = Link(
        hash=_hash(secret),
        purpose=purpose,
        new_email=new_email,
        created_at=now,
        expires_at=now + LIVES[purpose],
    )
    if isinstance(owner, Account):
        sources.check_portal(owner.organisation_id)
        link.organisation_id, link.account_id = owner.organisation_id, owner.id
    else:
        link.staff_id = owner.id
    # An invitation and a reset both set the password: the newest of either holds alone.
    kinds = [Purpose.EMAIL] if purpose is Purpose.EMAIL else [Purpose.INVITE, Purpose.RESET]
    _end_open(owner, kinds, now)
    db.session.add(link)
    db.session.flush()
    return f"{current_app.config['BASE_URL']}/link#{secret}", link.expires_at


@dataclass(frozen=True)
class _Held:
    """The row of a link, read beside the request's own session."""

    hash: str
    organisation_id: str | None
    account_id: str | None
    staff_id: str | None


def _holding(key: str, caller: Principal | None, now: datetime) -> tuple[_Held, Opened]:
    """Return a link that holds, and what it shows; raise what ``look`` names."""
    rows = glance(select(Link).where(Link.hash == key))
    if not rows:
        raise UnknownLinkError
    row = rows[0]
    if row.used_at is not None:
        raise UsedLinkError
    if now >= row.expires_at:
        raise LateLinkError
    if caller is not None and caller.subject_id != (row.account_id or row.staff_id):
        raise ForeignLinkError
    held = _Held(row.hash, row.organisation_id, row.account_id, row.staff_id)
    return held, _shown(held, Purpose(row.purpose), row.new_email or "")


def _shown(link: _Held, purpose: Purpose, new_email: str) -> Opened:
    if link.staff_id is not None:
        staff = db.session.get(Staff, link.staff_id)
        if staff is None or staff.state != "active":
            raise SuspendedError
        return Opened(purpose, staff.full_name, "", credentials.login_name(staff), new_email)
    with tenant_scope(_organisation(link)):
        account = service.get_account(str(link.account_id))
        if account.state == "suspended":
            raise SuspendedError
        check_running(account.organisation_id)
        sources.check_portal(account.organisation_id)
        organisation = get_organisation(account.organisation_id).name
        login_name = credentials.login_name(account)
        return Opened(purpose, account.full_name, organisation, login_name, new_email)


def _organisation(link: _Held) -> str:
    if link.organisation_id is None:
        raise UnknownLinkError
    return link.organisation_id


def _spend(link: _Held, now: datetime) -> None:
    """Use a link up, in one statement.

    :raise UsedLinkError: somebody was faster.
    """
    mine = update(Link).where(Link.hash == link.hash, Link.used_at.is_(None), Link.expires_at > now)
    spent = mine.values(used_at=now).returning(Link.hash)
    if db.session.execute(spent.execution_options(synchronize_session=False)).first() is None:
        raise UsedLinkError
