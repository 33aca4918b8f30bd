"""Profiles on the socket: who is signed in, as their contacts see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal import clock
from portal.extensions import db
from portal.permissions import Role
from portal.profiles import cards, contacts
from portal.sockets import CLOSED, OPENED, PRESENT, is_here

if TYPE_CHECKING:
    from portal.sockets import Page


def _opened(page: Page) -> None:
    if page.principal.role is Role.DOCTOR:
        cards.note_seen([page.principal.subject_id], now=clock.now())
        db.session.commit()


def _closed(page: Page) -> None:
    # Another process may still hold a page of theirs; it says so within seconds.
    if page.principal.role is Role.DOCTOR and not is_here(page.principal.subject_id):
        last = clock.now() - contacts.SIGNED_IN + contacts.RELOADS_WITHIN
        cards.note_seen([page.principal.subject_id], now=last)
        db.session.commit()


def _present(pages: list[Page]) -> None:
    doctors = {page.principal.subject_id for page in pages if page.principal.role is Role.DOCTOR}
    if doctors:
        cards.note_seen(doctors, now=clock.now())
        db.session.commit()


def install() -> None:
    """Hear of pages that come and go."""
    OPENED.add(_opened)
    CLOSED.add(_closed)
    PRESENT.add(_present)
