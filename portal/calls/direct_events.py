"""Calls between doctors on the socket: ring, answer, decline, give up, and what both sides hear."""

from __future__ import annotations

from contextlib import contextmanager
from math import ceil
from typing import TYPE_CHECKING, Any

from media.shapes import ID, Optional, Shape, conform
from portal import clock
from portal.accounts import service as accounts
from portal.calls import direct, rings, service
from portal.extensions import db
from portal.permissions import Role
from portal.profiles import contacts
from portal.sockets import OPENED, PRESENT, message, subject_room, tell
from portal.waitingroom import service as desk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from media.messages import Message
    from portal.calls.rings import Ringing
    from portal.sockets import Page

CONTACT: Shape = {"contact": ID, "call": Optional(ID)}
COLLEAGUE = {"card": ID, "call": ID}
RING = {"ring": ID}


@message("contact.call", Role.DOCTOR)
def call(page: Page, received: Message) -> dict[str, Any]:
    """Ring a contact, or answer one who rings in this moment; who is in a call reads of it."""
    body = conform(received.body, CONTACT, "contact.call")
    me = page.principal.subject_id
    with _telling_missed(me):
        if "call" in body:
            ring = direct.invite(body["contact"], body["call"], me, now=clock.now())
            answered = False
        else:
            ring, answered = direct.call(body["contact"], me, now=clock.now())
    db.session.commit()
    if answered:
        _tell_answered(ring)
        return {"call": ring.call_id, "name": ring.caller.name}
    return _rung(ring)


@message("colleague.call", Role.DOCTOR)
def call_colleague(page: Page, received: Message) -> dict[str, Any]:
    """Ring a colleague of the same organisation into the running call, contact or not."""
    body = conform(received.body, COLLEAGUE, "colleague.call")
    me = page.principal.subject_id
    with _telling_missed(me):
        ring = direct.invite_colleague(body["card"], body["call"], me, now=clock.now())
    db.session.commit()
    return _rung(ring)


def _rung(ring: Ringing) -> dict[str, Any]:
    _ring(ring)
    seconds = int(rings.RINGS_FOR.total_seconds())
    return {"ring": ring.id, "name": ring.callee.name, "seconds": seconds}


@contextmanager
def _telling_missed(caller_id: str) -> Iterator[None]:
    """Let who is in a call read that somebody called."""
    try:
        yield
    except direct.BusyError as busy:
        db.session.rollback()
        name = accounts.get_account(caller_id).full_name
        tell(subject_room(busy.account_id), "contact.missed", {"name": name})
        raise


def _ring(ring: Ringing) -> None:
    left = rings.RINGS_FOR - (clock.now() - ring.started_at)
    body = {
        "ring": ring.id,
        "name": ring.caller.name,
        "seconds": max(1, ceil(left.total_seconds())),
    }
    tell(subject_room(ring.callee.account_id), "contact.ringing", body)


def _tell_answered(ring: Ringing) -> None:
    """Tell all pages of both: the one that rang goes on to the call, the others fall silent."""
    for one, other in ((ring.caller, ring.callee), (ring.callee, ring.caller)):
        body = {"ring": ring.id, "call": ring.call_id, "name": other.name}
        tell(subject_room(one.account_id), "contact.answered", body)


@message("contact.answer", Role.DOCTOR)
def answer(page: Page, received: Message) -> dict[str, Any]:
    """Answer a contact who rings; the call begins."""
    body = conform(received.body, RING, "contact.answer")
    ring = direct.answer(body["ring"], page.principal.subject_id, now=clock.now())
    _tell_answered(ring)
    return {"call": ring.call_id, "name": ring.caller.name}


@message("contact.decline", Role.DOCTOR)
def decline(page: Page, received: Message) -> dict[str, Any]:
    """Send a caller away."""
    body = conform(received.body, RING, "contact.decline")
    ring = direct.decline(body["ring"], page.principal.subject_id)
    db.session.commit()
    _tell_over(ring, "declined")
    return {}


@message("contact.cancel", Role.DOCTOR)
def cancel(page: Page, received: Message) -> dict[str, Any]:
    """Stop ringing."""
    body = conform(received.body, RING, "contact.cancel")
    ring = direct.give_up(body["ring"], page.principal.subject_id)
    db.session.commit()
    _tell_over(ring, "cancelled")
    return {}


def _tell_over(ring: Ringing, reason: str) -> None:
    for one, other in ((ring.caller, ring.callee), (ring.callee, ring.caller)):
        body = {"ring": ring.id, "reason": reason, "name": other.name}
        tell(subject_room(one.account_id), "contact.over", body)


def _opened(page: Page) -> None:
    """Tell a page that comes while it rings."""
    if page.principal.role is not Role.DOCTOR:
        return
    ring = rings.waiting_for(page.principal.subject_id, now=clock.now())
    if ring is not None:
        _ring(ring)


def _present(_pages: list[Page]) -> None:
    late = direct.lapse()
    db.session.commit()
    for ring in late:
        _tell_over(ring, "timeout")


def _parting(account_id: str, other_id: str) -> None:
    ring = direct.part(account_id, other_id, now=clock.now())
    db.session.commit()
    if ring is not None:
        _tell_over(ring, "cancelled")


def install() -> None:
    """Hear of pages that come and contacts that part; tell the desk of calls between doctors."""
    OPENED.add(_opened)
    PRESENT.add(_present)
    contacts.PARTING.add(_parting)
    desk.ALSO_RUNNING.update((rings.running, service.running))
