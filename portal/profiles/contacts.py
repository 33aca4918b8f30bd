"""Contacts: asked for, accepted, removed, blocked; each side is a row of its own organisation.

    ========  ==========  =====================================================
    own side  other side  meaning
    ========  ==========  =====================================================
    asked     asking      this doctor asked and waits for the answer
    asking    asked       the other one asked
    accepted  accepted    both see each other's card, and may call
    blocked   barred      this doctor wants to hear nothing of the other
    barred    blocked     the same from the other's side: as if nobody were there
    ========  ==========  =====================================================

The two sides are written in one transaction, each statement in the organisation that owns the row.
A refusal and a removal delete both; the key of the mirror does that in the database.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, exists, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from portal import audit, erasures
from portal.accounts import service as accounts
from portal.database import changed
from portal.errors import NotFoundHereError, PortalError
from portal.extensions import db
from portal.happenings import Happened, Happening, happened
from portal.profiles import cards
from portal.profiles.models import Card, Contact
from portal.tenants.models import Organisation
from portal.tenants.scope import across_tenants, current_tenant, new_id, tenant_scope

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from sqlalchemy import ColumnElement, Executable, Select

ASKED, ASKING, ACCEPTED = "asked", "asking", "accepted"
BLOCKED, BARRED = "blocked", "barred"
MIRRORED = {ASKED: ASKING, ASKING: ASKED, ACCEPTED: ACCEPTED, BLOCKED: BARRED}
# A page reports every 15 s; two reports may be lost.
SIGNED_IN = timedelta(seconds=45)
# Whoever closed the last page may be reloading it, and is not away for that.
RELOADS_WITHIN = timedelta(seconds=10)
OPEN_REQUESTS = 50
SHOWN = 50
# Told which two accounts are about to be contacts no more: what stands above ends their rings.
PARTING: set[Callable[[str, str], None]] = set()

audit.words(
    {
        "profiles.contact.requested": _l("Kontakt angefragt"),
        "profiles.contact.accepted": _l("Kontakt angenommen"),
        "profiles.contact.removed": _l("Kontakt oder Anfrage entfernt"),
        "profiles.contact.blocked": _l("Kontakt blockiert"),
    }
)


class NotVerifiedYetError(PortalError):
    """Staff have not verified the doctor yet; so nobody is asked or called."""

    code = "not_verified_yet"
    status = 403
    sentence = _l("Ihre Angaben werden noch geprüft.")
    cure = _l("Danach können Sie Kontakte anfragen und anrufen.")


class TooManyRequestsError(PortalError):
    """So many requests of this doctor wait for an answer that no further one is sent."""

    code = "too_many_requests"
    status = 409
    sentence = _l("Sehr viele Ihrer Anfragen warten noch auf eine Antwort.")
    cure = _l("Ziehen Sie einige zurück, bevor Sie weitere stellen.")


@dataclass(frozen=True)
class Entry:
    """A contact as its doctor sees it: the other's card, and whether they are signed in."""

    id: str
    state: str
    card: Card
    is_signed_in: bool
    changed_at: datetime


def request(account_id: str, card_id: str, *, now: datetime) -> Card:
    """Ask somebody findable to become a contact; asking who has asked already is accepting.

    Asking twice changes nothing.

    :raise NotFoundHereError: nobody findable has this card, or its owner blocked this doctor.
    :raise NotVerifiedYetError: the asking doctor is not verified.
    :raise TooManyRequestsError: too many requests are open.
    """
    account = accounts.get_account(account_id)
    if not accounts.may_admit(account):
        raise NotVerifiedYetError
    card = findable_card(card_id, account_id)
    row = _with(account_id, card_id)
    if row is not None:
        if row.state == ASKING:
            accept(row.id, account_id, now=now)
        return card
    _refuse_too_many(account_id)
    own = cards.publish(account, wanted=True)
    assert own is not None  # noqa: S101  wanted
    try:
        with db.session.begin_nested():
            _insert(account, own, card, now)
    except IntegrityError:  # both asked in the same moment
        row = _with(account_id, card_id)
        if row is not None and row.state == ASKING:
            accept(row.id, account_id, now=now)
        return card
    audit.record("profiles.contact.requested", "card", card.id, now=now)
    return card


def findable_card(card_id: str, account_id: str) -> Card:
    """Return the card of somebody else who is findable and has not blocked this doctor.

    :raise NotFoundHereError: there is none; who is hidden is answered like nobody.
    """
    card = db.session.scalar(select(Card).where(Card.id == card_id, Card.findable, in_contract()))
    if card is None or card.account_id == account_id or card_id in barred(account_id):
        raise NotFoundHereError
    return card


def in_contract() -> ColumnElement[bool]:
    """Return the condition that a card's organisation has not terminated its contract (TEN-5)."""
    ended = exists().where(
        Organisation.id == Card.organisation_id, Organisation.terminated_at.is_not(None)
    )
    return ~ended


def _refuse_too_many(account_id: str) -> None:
    waiting = select(func.count()).select_from(Contact)
    asked = waiting.where(Contact.account_id == account_id, Contact.state == ASKED)
    if (db.session.scalar(asked) or 0) >= OPEN_REQUESTS:
        raise TooManyRequestsError


def _insert(account: Any, own: Card, other: Card, now: datetime) -> None:  # noqa: ANN401
    mine = {"account_id": account.id, "own_card_id": own.id, "card_id": other.id, "state": ASKED}
    theirs = {
        "account_id": other.account_id,
        "own_card_id": other.id,
        "card_id": own.id,
        "state": ASKING,
    }
    _write(own.organisation_id, insert(Contact), {**mine, "changed_at": now})
    _write(other.organisation_id, insert(Contact), {**theirs, "changed_at": now})


def _write(organisation_id: str, statement: Any, values: dict[str, Any]) -> None:  # noqa: ANN401
    """Run one statement on the rows of one organisation, in the transaction of this request.

    It goes past the session, which serves the caller's organisation, but not past the fence: the
    statement names the organisation that owns the row, and the database is told the same.
    """
    with tenant_scope(organisation_id):
        _run(statement.values(organisation_id=organisation_id, id=new_id(), **values))


def _run(statement: Executable) -> None:
    db.session.connection().execute(statement)


def _with(account_id: str, card_id: str) -> Contact | None:
    query = select(Contact).where(Contact.account_id == account_id, Contact.card_id == card_id)
    return db.session.scalar(query.execution_options(populate_existing=True))


def get_contact(contact_id: str, account_id: str) -> Contact:
    """Return one of a doctor's contacts or requests.

    :raise NotFoundHereError: it does not exist, is not theirs, or the other one blocked them.
    """
    row = db.session.get(Contact, (current_tenant(), contact_id), populate_existing=True)
    if row is None or row.account_id != account_id or row.state == BARRED:
        raise NotFoundHereError
    return row


def state_with(account_id: str, other_id: str) -> str:
    """Return how a doctor of the current organisation stands to an account; empty without words."""
    query = select(Contact.state).where(
        Contact.organisation_id == current_tenant(),
        Contact.account_id == account_id,
        Contact.card_id == Card.id,
        Card.account_id == other_id,
    )
    return db.session.scalar(query) or ""


def card_of(contact: Contact) -> Card:
    """Return the other's card."""
    return db.session.get_one(Card, contact.card_id)


def accept(contact_id: str, account_id: str, *, now: datetime) -> Card:
    """Accept a request, once; from then on both sides see each other and may call.

    :raise NotFoundHereError: it is gone: withdrawn by the other, or answered before.
    """
    row = get_contact(contact_id, account_id)
    if row.state == ACCEPTED:
        return card_of(row)
    if row.state != ASKING:
        raise NotFoundHereError
    _move(row, ACCEPTED, now)
    audit.record("profiles.contact.accepted", "contact", row.id, now=now)
    _count(Happening.CONTACT_ADDED, account_id, row.card_id, now)
    return card_of(row)


def _count(kind: Happening, account_id: str, card_id: str, now: datetime) -> None:
    happened(Happened(kind, now, current_tenant(), who=account_id, other=card_id))


def _count_end(row: Contact, account_id: str, now: datetime) -> None:
    """Count the end of what was a contact; a request that is refused or withdrawn was none."""
    if row.state == ACCEPTED:
        _count(Happening.CONTACT_REMOVED, account_id, row.card_id, now)


def remove(contact_id: str, account_id: str, *, now: datetime) -> Card:
    """Delete both sides: a refusal, a withdrawal, a removal, or the end of a block."""
    row = get_contact(contact_id, account_id)
    card = card_of(row)
    _run(delete(Contact).where(Contact.organisation_id == current_tenant(), Contact.id == row.id))
    erasures.note(db.session(), "contact", organisation_id=row.organisation_id, id=row.id)
    db.session.expunge(row)
    cards.publish(accounts.get_account(account_id))
    audit.record("profiles.contact.removed", "contact", contact_id, now=now)
    _count_end(row, account_id, now)
    return card


def block(contact_id: str, account_id: str, *, now: datetime) -> Card:
    """Hear nothing of the other any more; to them it is as if this doctor were not there."""
    row = get_contact(contact_id, account_id)
    if row.state != BLOCKED:
        _count_end(row, account_id, now)
        _move(row, BLOCKED, now)
        audit.record("profiles.contact.blocked", "contact", row.id, now=now)
    return card_of(row)


def _move(row: Contact, state: str, now: datetime) -> None:
    """Bring both sides into a state, unless the row changed meanwhile."""
    card = card_of(row)
    sides = (
        (current_tenant(), row.own_card_id, row.card_id, row.state, state),
        (card.organisation_id, row.card_id, row.own_card_id, MIRRORED[row.state], MIRRORED[state]),
    )
    for organisation_id, own, other, before, after in sides:
        statement = update(Contact).where(
            Contact.organisation_id == organisation_id,
            Contact.own_card_id == own,
            Contact.card_id == other,
            Contact.state == before,
        )
        with tenant_scope(organisation_id):
            done = db.session.connection().execute(statement.values(state=after, changed_at=now))
        if not changed(done):
            raise NotFoundHereError
    db.session.refresh(row)


def barred(account_id: str) -> frozenset[str]:
    """Return the cards of those who blocked a doctor: to this one they do not exist."""
    query = select(Contact.card_id).where(Contact.account_id == account_id, Contact.state == BARRED)
    return frozenset(db.session.scalars(query))


def apart(account_id: str) -> frozenset[str]:
    """Return the cards of those who blocked a doctor, and of those whom this one blocked."""
    query = select(Contact.card_id).where(
        Contact.account_id == account_id, Contact.state.in_((BLOCKED, BARRED))
    )
    return frozenset(db.session.scalars(query))


def states(account_id: str, card_ids: Iterable[str]) -> dict[str, str]:
    """Return how a doctor stands to the owners of cards, by card."""
    query = select(Contact.card_id, Contact.state).where(
        Contact.account_id == account_id, Contact.card_id.in_(list(card_ids))
    )
    return {row.card_id: row.state for row in db.session.execute(query)}


def contact_query(account_id: str, states: Sequence[str], q: str = "") -> Select[Contact, Card]:
    """Return the query of a doctor's contacts in these states whose name holds a text, by name."""
    query = (
        select(Contact, Card)
        .join(Card, Card.id == Contact.card_id)
        .where(Contact.account_id == account_id, Contact.state.in_(states))
        .order_by(Card.name, Contact.id)
    )
    for word in q.split():
        query = query.where(Card.name.icontains(word, autoescape=True))
    return query


def entries(query: Select[Contact, Card], *, now: datetime) -> list[Entry]:
    """Return the rows of a query of contacts as pages show them."""
    return [
        Entry(contact.id, contact.state, card, _signed_in(contact, card, now), contact.changed_at)
        for contact, card in db.session.execute(query)
    ]


def signed_in(account_id: str, *, now: datetime) -> list[Entry]:
    """Return the first fifty of a doctor's contacts who are signed in, by name."""
    query = contact_query(account_id, (ACCEPTED,)).where(Card.seen_at > now - SIGNED_IN)
    return entries(query.limit(SHOWN), now=now)


def _signed_in(contact: Contact, card: Card, now: datetime) -> bool:
    return contact.state == ACCEPTED and is_signed_in(card, now=now)


def is_signed_in(card: Card, *, now: datetime) -> bool:
    """Tell whether a page of theirs is open; only their contacts may learn it."""
    return card.seen_at is not None and now - card.seen_at < SIGNED_IN


def count_requests(account_id: str) -> int:
    """Return how many requests wait for a doctor's answer."""
    query = select(func.count()).select_from(Contact)
    asking = query.where(Contact.account_id == account_id, Contact.state == ASKING)
    return db.session.scalar(asking) or 0


def forget(_now: datetime) -> int:
    """Delete the cards of those who are hidden and have no contact; return how many."""
    needed = exists().where(Contact.own_card_id == Card.id)
    unneeded = delete(Card).where(~Card.findable, ~needed)
    with across_tenants("The deletion job drops the cards that no contact needs, everywhere."):
        gone = db.session.execute(unneeded.execution_options(synchronize_session=False))
    return changed(gone)
