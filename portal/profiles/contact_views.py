"""The pages of contacts: the list, the search, and what can be done with each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, render_template
from flask_login import current_user

from portal import clock, paging, ratelimit
from portal.accounts import service as accounts
from portal.extensions import db
from portal.paging import PER_PAGE, PageOf
from portal.permissions import Role, policy
from portal.profiles import contacts, search
from portal.profiles.forms import CardForm
from portal.sockets import subject_room, tell

if TYPE_CHECKING:
    from collections.abc import Callable

    from portal.profiles.models import Card

bp = Blueprint("contacts", __name__, url_prefix="/contacts")

REQUESTS = ratelimit.Limit("contact-request", attempts=50, seconds=86_400)
WAITING = (contacts.ASKING, contacts.ASKED)
REQUESTS_SHOWN = 50


@bp.record_once
def _install(state: Any) -> None:  # noqa: ANN401  Flask's own
    state.app.context_processor(lambda: {"bell": bell})


def bell() -> dict[str, Any] | None:
    """Return what a doctor's bell shows on every page: open requests, and whether it may sound."""
    if not current_user or not current_user.is_authenticated or current_user.role != Role.DOCTOR:
        return None
    account = accounts.get_account(current_user.subject_id)
    return {"requests": contacts.count_requests(account.id), "chime": account.chime}


@bp.get("", endpoint="contacts")
@policy(Role.DOCTOR, page=True)
def contact_list() -> str:
    """List contacts and requests, and who of the contacts is signed in."""
    return render_template("profiles/contacts.html", **_lists())


@bp.get("/list")
@policy(Role.DOCTOR)
def lists() -> str:
    """Return the lists alone; the page asks again as long as it is open."""
    return render_template("profiles/_contacts.html", **_lists())


@bp.get("/badge")
@policy(Role.DOCTOR)
def badge() -> str:
    """Return the number of requests that wait for an answer."""
    return render_template("profiles/_badge.html")


def _lists(**more: Any) -> dict[str, Any]:  # noqa: ANN401  what the template shows besides
    now = clock.now()
    me = current_user.subject_id
    number, q = paging.asked()
    query = contacts.contact_query(me, (contacts.ACCEPTED,), q)
    first = (number - 1) * PER_PAGE
    rows = contacts.entries(query.limit(PER_PAGE + 1).offset(first), now=now)
    page = PageOf(rows[:PER_PAGE], number, len(rows) > PER_PAGE, q)
    waiting = contacts.contact_query(me, WAITING).limit(REQUESTS_SHOWN)
    blocked = contacts.contact_query(me, (contacts.BLOCKED,)).limit(REQUESTS_SHOWN)
    return {
        "page": page,
        "requests": contacts.entries(waiting, now=now),
        "blocked": contacts.entries(blocked, now=now),
        "verified": accounts.may_admit(accounts.get_account(me)),
        **more,
    }


@bp.get("/search", endpoint="search")
@policy(Role.DOCTOR, page=True)
def find() -> str:
    """Search among those who want to be found; how often is limited."""
    number, q = paging.asked()
    asked = search.is_long_enough(q)
    if asked:
        search.spend(current_user.organisation_id, current_user.subject_id)
    found = search.search(current_user.subject_id, q)
    first = (number - 1) * PER_PAGE
    shown = found.cards[first : first + PER_PAGE]
    page = PageOf(shown, number, len(found.cards) > first + PER_PAGE, q, len(found.cards))
    return render_template(
        "profiles/search.html",
        page=page,
        asked=asked,
        more=found.more,
        states=contacts.states(current_user.subject_id, [card.id for card in shown]),
        verified=accounts.may_admit(accounts.get_account(current_user.subject_id)),
    )


@bp.post("/requests")
@policy(Role.DOCTOR)
def request_contact() -> str:
    """Ask somebody to become a contact and return their row."""
    subject = f"{current_user.organisation_id}:{current_user.subject_id}"
    ratelimit.check(REQUESTS, subject)
    ratelimit.spend(REQUESTS, subject)
    form = CardForm.received()
    me = current_user.subject_id
    card = contacts.request(me, form.value("card"), now=clock.now())
    db.session.commit()
    _tell(card)
    state = contacts.states(me, [card.id]).get(card.id)
    return render_template(
        "profiles/_found.html", card=card, state=state, verified=True, asked=True
    )


@bp.post("/<contact_id>/accept")
@policy(Role.DOCTOR)
def accept(contact_id: str) -> str:
    """Accept a request."""
    return _done(contacts.accept, contact_id, "accepted")


@bp.post("/<contact_id>/remove")
@policy(Role.DOCTOR)
def remove(contact_id: str) -> str:
    """Decline or withdraw a request, remove a contact, or end a block."""
    _part(contact_id)
    return _done(contacts.remove, contact_id, "removed")


@bp.post("/<contact_id>/block")
@policy(Role.DOCTOR)
def block(contact_id: str) -> str:
    """Hear nothing of somebody any more."""
    _part(contact_id)
    return _done(contacts.block, contact_id, "blocked")


def _part(contact_id: str) -> None:
    me = current_user.subject_id
    other = contacts.card_of(contacts.get_contact(contact_id, me)).account_id
    for end in contacts.PARTING:
        end(me, other)


def _done(act: Callable[..., Card], contact_id: str, what: str) -> str:
    card = act(contact_id, current_user.subject_id, now=clock.now())
    told = {"name": card.name, "what": what}
    room = subject_room(card.account_id)
    db.session.commit()
    tell(room, "contact.changed", {})
    return render_template("profiles/_contacts.html", **_lists(told=told))


def _tell(card: Card) -> None:
    """Let the other's open pages look again; the message itself says nothing."""
    tell(subject_room(card.account_id), "contact.changed", {})
