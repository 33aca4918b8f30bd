"""The guest's way over HTTP: code, notice and consent, waiting, leaving."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, jsonify, make_response, render_template, request
from flask_login import current_user

from portal import clock
from portal.errors import InvalidFormError, NotFoundHereError, PortalError, wants_json
from portal.extensions import db
from portal.language import language
from portal.permissions import Role, policy
from portal.privacy import consent
from portal.tenants.scope import tenant_scope
from portal.tenants.service import brand_of
from portal.waitingroom import access, companions, guests, hours, rooms, service, visits
from portal.waitingroom.events import tell_state, tell_visit
from portal.waitingroom.forms import CodeForm, CompanionForm, EntryForm

if TYPE_CHECKING:
    from portal.waitingroom.forms import EasyForm
    from portal.waitingroom.models import AccessCode, Visit

bp = Blueprint("waitingroom", __name__)


@bp.get("/", endpoint="entry")
@bp.get("/j", endpoint="link")
@policy()
def entry() -> str:
    """Show the first step; a link carries the code in its fragment, which only the page reads."""
    return render_template("waitingroom/entry.html", form=CodeForm(), step="code")


@bp.post("/entry/code")
@policy()
def check_code() -> Response | str:
    """Say whether a code opens a room now, and show notice, name and consent."""
    try:
        form = CodeForm.received()
        organisation_id, code_id = access.find(form.value("code"))
        with tenant_scope(organisation_id):
            code = access.usable(code_id, now=clock.now())
            return _consent_step(form.value("code"), code)
    except PortalError as error:
        if wants_json():
            raise
        return _code_step_again(error)


def _consent_step(typed: str, code: AccessCode) -> str:
    card = service.room_card(rooms.get_room(code.room_id))
    version, text = consent.guest_consent(language(), group=card.is_group)
    shown: dict[str, Any] = {
        "form": EntryForm(code=typed, consent_version=version),
        "room": card,
        "pictures": rooms.pictures(code.room_id),
        "starts_at": code.starts_at,
        "brand": brand_of(code.organisation_id),
        "notice": consent.notice_points(language(), group=card.is_group),
        "notice_url": f"/privacy?organisation={code.organisation_id}",
        "consent_text": text,
        "consent_version": version,
        "suggested_name": None,
    }
    if wants_json():
        return render_template("waitingroom/_consent.html", **shown)
    return render_template("waitingroom/entry.html", step="consent", **shown)


def _code_step_again(error: PortalError) -> Response:
    """Show the code step with what is wrong, for browsers without scripts; nothing is lost."""
    db.session.rollback()
    form = CodeForm(request.form)
    page = render_template("waitingroom/entry.html", form=form, step="code", error=error.message())
    response = make_response(page, error.status)
    if error.retry_after is not None:
        response.headers["Retry-After"] = str(error.retry_after)
    return response


@bp.post("/entry/visits")
@policy()
def enter() -> tuple[Response, int]:
    """Store the consent and put the guest into the queue."""
    form = EntryForm.received()
    return entered(form, form.value("name"), way="entry")


def entered(form: EasyForm, name: str | None, *, way: str) -> tuple[Response, int]:
    """Store the consent and put somebody into the queue.

    :param name: what the guest typed; without it the one that the practice wrote beside the code.
    """
    now = clock.now()
    organisation_id, code_id = access.find(form.value("code"))
    with tenant_scope(organisation_id):
        code = access.usable(code_id, now=now)
        group = code.room_id in rooms.groups([code.room_id])
        version, _text = consent.guest_consent(language(), group=group)
        if form.consent_version.data != version:
            raise InvalidFormError({"consent": [consent.changed_sentence()]})
        arrival = guests.Arrival(name or code.guest_name, language())
        place = guests.enter(code_id, arrival, now=now)
        consent.record_guest(place.visit_id, group=group, language=language(), way=way, now=now)
        db.session.commit()
        tell_state(place.visit_id, visits.WAITING, place.room_id)
    return jsonify(token=place.token, visit=place.visit_id), 201


@bp.get("/visit", endpoint="visit")
@policy(Role.GUEST, page=True)
def visit_page() -> str:
    """Show the guest where the visit stands."""
    return _page(_own())


@bp.get("/visit/status")
@policy(Role.GUEST)
def status() -> str:
    """Return the sentence about where the visit stands."""
    return render_template("waitingroom/_status.html", **_context(_own()))


@bp.post("/visit/leave")
@policy(Role.GUEST)
def leave() -> str:
    """Take the guest out of the queue."""
    visit = _own()
    was_running = visit.state in visits.RUNNING
    visits.leave(visit.id, now=clock.now())
    told = service.visit_left.send(visit) if was_running else []
    db.session.commit()
    for _receiver, after_commit in told:
        after_commit()
    tell_visit(visit)
    return _page(visit)


@bp.post("/visit/return")
@policy(Role.GUEST)
def come_back() -> str:
    """Put a guest who went into the queue again."""
    visit = _own()
    guests.come_back(visit, now=clock.now())
    db.session.commit()
    tell_visit(visit)
    return _page(visit)


@bp.post("/visit/companions")
@policy(Role.GUEST)
def bring() -> str:
    """Show the codes of the guest's companions; one is made when there are fewer than asked for."""
    number = int(CompanionForm.received().number.data)
    found = companions.invite(_own(), number, now=clock.now())
    shown = companions.cards(found)
    db.session.commit()
    return render_template("waitingroom/_companions.html", cards=shown, most=companions.MOST)


def _own() -> Visit:
    try:
        return guests.get_visit(current_user.subject_id)
    except NotFoundHereError:
        raise access.CodeUnknownError from None


def _page(visit: Visit) -> str:
    pictures = rooms.pictures(visit.room_id)
    return render_template("waitingroom/visit.html", pictures=pictures, **_context(visit))


def _context(visit: Visit) -> dict[str, Any]:
    card = service.visit_card(visit, now=clock.now())
    code = access.get_plain(visit.code_id)
    room = service.room_card(rooms.get_room(visit.room_id))
    running = visit.state in visits.RUNNING
    return {
        "visit": card,
        "room": room,
        "hours": hours.by_day(room.hours),
        "until": code.delete_after if code else None,
        "me_name": visit.name,
        "role": "guest",
        "may_bring": companions.may_bring(visit, code),
        "active_call": visit.call_id if running else None,
        "steps": [],
    }
