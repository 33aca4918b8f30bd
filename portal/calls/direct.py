"""Calls between doctors: one rings a contact, who answers or declines.

Whoever leads a call may ring a contact into it as well, or a colleague of their organisation.

The call belongs to the caller's organisation, and the caller is its host. The colleague gets a
membership there and nothing else: each message of theirs is answered in a session of its own, in
which the caller's organisation is in force, and reaches only the rows of this one call. Their own
organisation's rows are out of reach meanwhile.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal import clock
from portal.accounts import service as accounts
from portal.calls import group, rings, service
from portal.calls.models import Call
from portal.calls.service import COLLEAGUE, HOST, InCallError
from portal.database import reading
from portal.errors import NotFoundHereError, PortalError
from portal.extensions import db
from portal.permissions import Role
from portal.profiles import cards, colleagues, contacts
from portal.tenants.scope import tenant_scope

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from portal.accounts.tokens import Principal
    from portal.calls.rings import Ringing
    from portal.profiles.models import Card


# So many calls does a page remember; an attacker can make up more.
MOST_KNOWN = 20


class AwayError(PortalError):
    """The contact is not signed in."""

    code = "contact_away"
    status = 409
    cure = _l("Versuchen Sie es später noch einmal.")

    def __init__(self, name: str) -> None:
        super().__init__()
        self.sentence = _("%(name)s ist gerade nicht angemeldet.", name=name)


class BusyError(PortalError):
    """The contact is in a call, or is being called."""

    code = "contact_busy"
    status = 409
    cure = _l("Versuchen Sie es später noch einmal. Ihr Anruf wird angezeigt.")

    def __init__(self, name: str, account_id: str) -> None:
        super().__init__()
        self.account_id = account_id
        self.sentence = _("%(name)s ist gerade im Gespräch.", name=name)


class RingOverError(PortalError):
    """The ring was given up, answered elsewhere, or rang too long."""

    code = "ring_over"
    status = 409
    sentence = _l("Der Anruf ist schon vorbei.")
    cure = _l("Rufen Sie zurück, wenn Sie möchten.")


@contextmanager
def hosted_by(organisation_id: str) -> Iterator[None]:
    """Put a call's organisation in force, in a session of its own: each serves one tenant."""
    db.session.rollback()
    with current_app.app_context(), tenant_scope(organisation_id):
        yield


@contextmanager
def of_call(
    call_id: object, principal: Principal, known: dict[str, str | None] | None = None
) -> Iterator[None]:
    """Work where a call stands: in the caller's organisation, if a colleague let this doctor in.

    :param known: what was found before; where a call stands never changes.
    """
    known = {} if known is None else known
    if isinstance(call_id, str) and principal.role is Role.DOCTOR and call_id not in known:
        if len(known) >= MOST_KNOWN:
            known.clear()
        known[call_id] = rings.home_of(call_id, principal.subject_id)
    home = known.get(call_id) if isinstance(call_id, str) else None
    if home is None or home == principal.organisation_id:
        yield
        return
    with hosted_by(home):
        yield


def call(contact_id: str, account_id: str, *, now: datetime) -> tuple[Ringing, bool]:
    """Ring a contact; tell whether this answered a ring of theirs instead.

    :raise NotFoundHereError: it is no accepted contact of this doctor.
    :raise NotVerifiedError: the account may not enter media.
    :raise InCallError: the caller is in a call, or calls somebody already.
    :raise AwayError: the contact is not signed in.
    :raise BusyError: the contact is in a call.
    """
    contact = contacts.get_contact(contact_id, account_id)
    if contact.state != contacts.ACCEPTED:
        raise NotFoundHereError
    other = contacts.card_of(contact)
    theirs = rings.between(other.account_id, account_id, now=now)
    if theirs is None:
        _check_caller(account_id, now)
        _check_callee(other, now)
        begun = rings.begin(contact.own_card_id, other.id, now=now)
        if begun is not None:
            return begun, False
        # Both rang in the same moment, or somebody else was faster.
        theirs = rings.between(other.account_id, account_id, now=now)
    if theirs is None:
        raise BusyError(other.name, other.account_id)
    return answer(theirs.id, account_id, now=now), True


def invite(contact_id: str, call_id: str, account_id: str, *, now: datetime) -> Ringing:
    """Ring a contact to come into a running call that this doctor leads.

    :raise NotFoundHereError: it is no accepted contact of this doctor, or no call of theirs.
    :raise NotHostError: somebody else leads the call.
    :raise CallFullError: nine are in it.
    :raise AwayError: the contact is not signed in.
    :raise BusyError: the contact is in a call, or this doctor rings somebody at this moment.
    """
    contact = contacts.get_contact(contact_id, account_id)
    if contact.state != contacts.ACCEPTED:
        raise NotFoundHereError
    return _ask_in(contact.own_card_id, contacts.card_of(contact), call_id, account_id, now)


def invite_colleague(card_id: str, call_id: str, account_id: str, *, now: datetime) -> Ringing:
    """Ring a doctor of the same organisation, contact or not, to come into a running call.

    :raise NotFoundHereError: nobody findable of the organisation has this card, or no call.
    :raise NotHostError: somebody else leads the call.
    :raise CallFullError: nine are in it.
    :raise AwayError: the colleague is not signed in.
    :raise BusyError: the colleague is in a call, or this doctor rings somebody at this moment.
    """
    other = colleagues.get_card(card_id, account_id)
    own = cards.publish(accounts.get_account(account_id), wanted=True)
    assert own is not None  # noqa: S101  publish makes every card that is wanted
    return _ask_in(own.id, other, call_id, account_id, now)


def _ask_in(own_card_id: str, other: Card, call_id: str, account_id: str, now: datetime) -> Ringing:
    group.check_led(call_id, account_id)
    _check_callee(other, now)
    begun = rings.begin(own_card_id, other.id, call_id=call_id, now=now)
    if begun is None:
        raise BusyError(other.name, other.account_id)
    return begun


def _check_caller(account_id: str, now: datetime) -> None:
    if not accounts.may_admit(accounts.get_account(account_id)):
        raise service.NotVerifiedError
    if service.is_in_call(account_id) or rings.is_busy(account_id, now=now):
        raise InCallError


def _check_callee(card: Card, now: datetime) -> None:
    if not contacts.is_signed_in(card, now=now):
        raise AwayError(card.name)
    if _is_busy(card, now):
        raise BusyError(card.name, card.account_id)


def _is_busy(card: Card, now: datetime) -> bool:
    """Tell whether a contact is in a call; of their organisation only this answer comes back."""
    if rings.is_busy(card.account_id, now=now):
        return True
    with current_app.app_context(), tenant_scope(card.organisation_id), reading():
        return service.is_in_call(card.account_id)


def answer(ring_id: str, account_id: str, *, now: datetime) -> Ringing:
    """Answer a ring, once: the call begins, and both are in it; or a running one gets a colleague.

    :raise NotFoundHereError: nobody rings at this account with it.
    :raise RingOverError: it rings no more, the two are contacts no more, or the call is over.
    :raise InCallError: the account is in a call with a guest.
    :raise CallFullError: nine are in the call by now.
    """
    ring = for_callee(ring_id, account_id)
    if not accounts.may_admit(accounts.get_account(account_id)):
        raise service.NotVerifiedError
    if service.is_in_call(account_id):
        raise InCallError
    if not _may_answer(ring, contacts.state_with(account_id, ring.caller.account_id)):
        raise RingOverError
    with hosted_by(ring.caller.organisation_id):
        if not rings.answer(ring.id, now=now):
            raise RingOverError
        row = _led_by_caller(ring) if ring.is_invitation else _begun(ring, now)
        service.let_in(row, COLLEAGUE, ring.callee.account_id, now)
        db.session.commit()
    return ring


def _may_answer(ring: Ringing, state: str) -> bool:
    """Tell whether the two still know each other: as contacts, or of one organisation in a call."""
    together = ring.caller.organisation_id == ring.callee.organisation_id
    apart = state in {contacts.BLOCKED, contacts.BARRED}
    is_colleague = ring.is_invitation and together and not apart
    return state == contacts.ACCEPTED or is_colleague


def _led_by_caller(ring: Ringing) -> Call:
    try:
        return group.check_led(ring.call_id, ring.caller.account_id)
    except (NotFoundHereError, group.NotHostError):
        raise RingOverError from None


def _begun(ring: Ringing, now: datetime) -> Call:
    row = Call(id=ring.id, organisation_id=ring.caller.organisation_id, room_id="", started_at=now)
    db.session.add(row)
    service.let_in(row, HOST, ring.caller.account_id, now)
    return row


def for_callee(ring_id: str, account_id: str) -> Ringing:
    """Return a ring that rings at an account.

    :raise NotFoundHereError: it does not exist, or rings at somebody else.
    """
    ring = rings.get(ring_id)
    if ring is None or ring.callee.account_id != account_id:
        raise NotFoundHereError
    return ring


def decline(ring_id: str, account_id: str) -> Ringing:
    """Send a caller away.

    :raise NotFoundHereError: nobody rings at this account with it.
    :raise RingOverError: it rings no more.
    """
    ring = for_callee(ring_id, account_id)
    if not rings.stop(ring_id):
        raise RingOverError
    return ring


def give_up(ring_id: str, account_id: str) -> Ringing:
    """Stop ringing at somebody.

    :raise NotFoundHereError: it is no ring of this account.
    :raise RingOverError: it was answered in this moment; the call has begun.
    """
    ring = rings.get(ring_id)
    if ring is None or ring.caller.account_id != account_id:
        raise NotFoundHereError
    if not rings.stop(ring_id):
        raise RingOverError
    return ring


def part(account_id: str, other_id: str, *, now: datetime) -> Ringing | None:
    """Stop a ring between two who are about to be contacts no more; return it, to be told of."""
    ring = rings.between(account_id, other_id, now=now)
    ring = ring or rings.between(other_id, account_id, now=now)
    return ring if ring is not None and rings.stop(ring.id) else None


def lapse() -> list[Ringing]:
    """Take back the rings that nobody answered in time; return them, to be told of."""
    return rings.lapsed(clock.now())
