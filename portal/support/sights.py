"""What a supporter sees in a session, part by part: as little as helps, and of its area alone.

No number, no address, no text, no code and no name of a guest or contact leaves the database.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import defer

from portal import audit
from portal.accounts import credentials, factors
from portal.accounts.models import Account
from portal.accounts.service import get_account
from portal.extensions import db
from portal.messages import service as sent
from portal.messages.models import Message
from portal.pluginhost import service as pluginhost
from portal.pluginhost import showing, switches
from portal.pluginhost.manifest import Level
from portal.profiles import cards
from portal.profiles import service as profiles
from portal.profiles.contacts import BARRED
from portal.profiles.models import Contact
from portal.waitingroom import access, rooms
from portal.waitingroom.models import AccessCode

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from portal.support.models import SupportSession

SHOWN = 50


def of_scope(scope: str, row: SupportSession, q: str, *, now: datetime) -> dict[str, Any]:
    """Return what the page shows of a scope that a session was opened for."""
    if row.account_id is not None:
        return _of_own(scope, row.account_id, now)
    if scope == "accounts":
        return {"section": scope, "q": q, "accounts": accounts(q)}
    if scope == "messages":
        return {"section": scope, "messages": messages()}
    return {"section": scope, "extensions": extensions(), "check": "check_extension"}


def _of_own(scope: str, account_id: str, now: datetime) -> dict[str, Any]:
    if scope == "codes":
        return {"section": scope, "codes": codes(account_id, now=now)}
    if scope == "contacts":
        return {"section": scope, "contacts": contacts(account_id)}
    if scope == "profile":
        return {"section": scope, **profile(account_id)}
    own = own_extensions(account_id)
    return {"section": "extensions", "extensions": own, "check": "check_own_extension"}


# Of the organisation.


def accounts(q: str) -> Sequence[Account]:
    """Return accounts of the current organisation by name, at most fifty."""
    query = select(Account).order_by(Account.last_name, Account.first_name, Account.id)
    for word in q.split()[:5]:
        query = query.where(
            Account.last_name.icontains(word, autoescape=True)
            | Account.first_name.icontains(word, autoescape=True)
        )
    return db.session.scalars(query.limit(SHOWN)).all()


def messages() -> Sequence[Message]:
    """Return the newest messages of the current organisation; the pages show no number."""
    query = select(Message).order_by(Message.created_at.desc(), Message.id)
    return db.session.scalars(query.limit(SHOWN)).all()


def extensions() -> list[dict[str, Any]]:
    """Return the extensions with whether they are on here, and whether they can be checked."""
    here = switches.here()
    return [
        {
            **each,
            "on": here.get(each["name"], switches.NEVER_SET).is_on,
            "can_check": pluginhost.can_check(each["name"]),
        }
        for each in pluginhost.known()
    ]


# Of one doctor.


def codes(account_id: str, *, now: datetime) -> list[dict[str, Any]]:
    """Return the newest codes that a doctor made: how far each is, never code or guest."""
    query = (
        select(AccessCode)
        .where(AccessCode.made_by == account_id, AccessCode.delete_after > now)
        .order_by(AccessCode.created_at.desc(), AccessCode.id)
        .options(
            defer(AccessCode.code, raiseload=True), defer(AccessCode.guest_name, raiseload=True)
        )
    )
    found = db.session.scalars(query.limit(SHOWN)).all()
    states, names = sent.states([row.id for row in found]), rooms.names(r.room_id for r in found)
    return [
        {
            "room_name": names[row.room_id],
            "created_at": row.created_at,
            "starts_at": row.starts_at,
            "valid_on": row.valid_on,
            "valid_until": row.valid_until,
            "state": access.state_of(row, now=now),
            "message_state": states.get(row.id),
        }
        for row in found
    ]


def contacts(account_id: str) -> Sequence[Contact]:
    """Return a doctor's contacts and requests; who blocked them stays as hidden as to them."""
    mine = (Contact.account_id == account_id, Contact.state != BARRED)
    query = select(Contact).where(*mine).order_by(Contact.changed_at.desc(), Contact.id)
    return db.session.scalars(query.limit(SHOWN)).all()


def profile(account_id: str) -> dict[str, Any]:
    """Return which details a doctor states and shows, not what they say; and how they sign in."""
    account = get_account(account_id)
    values, credential = profiles.values(account), credentials.of(account)
    return {
        "account": account,
        "findable": cards.get_profile(account_id).findable,
        "factors": len(factors.confirmed(credential.id)) if credential else 0,
        "details": [
            {
                "label": audit.word_for_field(name),
                "stated": bool(values[name]),
                "shown": bool(values.get(f"show_{name}")),
            }
            for name in profiles.STATED
        ],
    }


def own_extensions(account_id: str) -> list[dict[str, Any]]:
    """Return what a doctor can switch on or set up for themself, and what of it can be checked."""
    return [
        {
            "name": each.name,
            "label": each.label,
            "on": each.is_on is not False,
            "can_check": each.has_settings and pluginhost.can_check(each.name, Level.ACCOUNT),
        }
        for each in showing.own(account_id)
    ]
