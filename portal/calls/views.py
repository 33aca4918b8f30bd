"""What is left to show after a call: a summary, and the steps that plugins add."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, jsonify, render_template
from flask_login import current_user

from portal import clock, paging
from portal.api import CallEvent
from portal.calls import direct, resuming, service
from portal.errors import NotFoundHereError
from portal.extensions import db
from portal.permissions import Role, policy
from portal.pluginhost import service as pluginhost
from portal.profiles import colleagues as of_organisation
from portal.profiles import contacts, search
from portal.waitingroom.events import tell_room, tell_visit

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from portal.calls.models import Call

bp = Blueprint("calls", __name__, url_prefix="/calls")


@dataclass(frozen=True)
class Summary:
    """A call that is over, as its participants may see it."""

    id: str
    seconds: int
    ended_at: datetime
    participants: list[dict[str, str]]


@bp.get("/<call_id>/summary")
@policy(Role.DOCTOR, Role.GUEST)
def summary(call_id: str) -> str:
    """Show how long a call lasted, who was in it, and what to do next."""
    me = current_user.subject_id
    with direct.of_call(call_id, current_user):
        call = service.get_call(call_id, me)
        # Plugins add steps to consultations; a call between doctors begins in no waiting room.
        is_consultation = bool(call.room_id) and current_user.role is Role.DOCTOR
        asks = is_consultation and pluginhost.answering("after_call_steps", me)
        left = resuming.seconds_left(call, me, now=clock.now())
        shown = _summary(call)
    return render_template("calls/_summary.html", call=shown, has_steps=bool(asks), resumable=left)


@bp.post("/<call_id>/resume")
@policy(Role.DOCTOR)
def resume(call_id: str) -> Response:
    """Let the guests wait again whom the doctor hung up on by mistake; the desk lets them in."""
    back = resuming.resume(call_id, current_user.subject_id, now=clock.now())
    db.session.commit()
    for visit in back:
        tell_visit(visit)
        tell_room(visit.room_id)
    return jsonify(visit=back[0].id)


@bp.get("/colleagues")
@policy(Role.DOCTOR)
def colleagues() -> str:
    """List whom a doctor may ring into the call: contacts who are signed in, and colleagues."""
    known = contacts.signed_in(current_user.subject_id, now=clock.now())
    return render_template("calls/_colleagues.html", contacts=known, **_colleagues(""))


@bp.get("/colleagues/search")
@policy(Role.DOCTOR)
def find_colleagues() -> str:
    """Search among the doctors of the own organisation who want to be found."""
    _number, q = paging.asked()
    if q:
        search.spend(current_user.organisation_id, current_user.subject_id)
    return render_template("calls/_found_colleagues.html", **_colleagues(q))


def _colleagues(q: str) -> dict[str, Any]:
    asked = search.is_long_enough(q)
    found: Sequence[of_organisation.Colleague] = []
    more = False
    if asked or not q:
        found, more = of_organisation.find(current_user.subject_id, q)
    return {"q": q, "asked": asked, "colleagues": found, "more": more}


@bp.get("/<call_id>/steps")
@policy(Role.DOCTOR)
def steps(call_id: str) -> str:
    """Show what plugins offer after a call; the summary is there before and does not wait."""
    call = service.get_call(call_id, current_user.subject_id)
    return render_template("calls/_steps.html", steps=_steps(call) if call.room_id else [])


def _summary(call: Call) -> Summary:
    ended = call.ended_at or clock.now()
    seconds = int((ended - (call.connected_at or call.started_at)).total_seconds())
    return Summary(call.id, max(0, seconds), ended, _participants(call))


def _participants(call: Call) -> list[dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    # Who went and came back was one person.
    for member in service.everybody(call.id):
        try:
            found[member.subject_id] = {"name": service.name_of(member), "role": member.role}
        except NotFoundHereError:  # the guest's data were deleted since
            continue
    return list(found.values())


def _steps(call: Call) -> list[Any]:
    event = CallEvent(
        "ended",
        call.id,
        call.room_id,
        current_user.subject_id,
        call.started_at,
        call.ended_at,
        call.connected_at,
    )
    return pluginhost.collect("after_call_steps", call=event, account_id=current_user.subject_id)
