"""What a desk does with those who wait: writes to one or to all, and sends one to another room."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask_babel import ngettext
from flask_login import current_user

from portal import clock
from portal.extensions import db
from portal.permissions import CLINIC, policy
from portal.waitingroom import guests, rooms, visits
from portal.waitingroom.events import tell_moved, tell_visit
from portal.waitingroom.forms import MessageForm, MoveForm

bp = Blueprint("queue", __name__, url_prefix="/desk")


@bp.post("/visits/<visit_id>/message")
@policy(*CLINIC)
def write(visit_id: str) -> tuple[str, int]:
    """Tell a guest something while they wait."""
    found = guests.get_visit(visit_id, current_user.subject_id)
    form = MessageForm.received()
    if not visits.write_to([found.id], form.value("text"), now=clock.now()):
        raise visits.NotWaitingError
    db.session.commit()
    tell_visit(found)
    return "", 204


@bp.post("/message")
@policy(*CLINIC)
def write_to_all() -> str:
    """Tell all who wait in one's rooms the same; return how many they are."""
    form = MessageForm.received()
    now = clock.now()
    waiting = guests.waiting(current_user.subject_id, now=now)
    told = set(visits.write_to([each.id for each in waiting], form.value("text"), now=now))
    db.session.commit()
    for each in waiting:
        if each.id in told:
            tell_visit(each)
    return ngettext("%(num)s Gast liest es jetzt.", "%(num)s Gäste lesen es jetzt.", len(told))


@bp.get("/visits/<visit_id>/destinations")
@policy(*CLINIC)
def destinations(visit_id: str) -> str:
    """Return the form that sends a guest to another waiting room."""
    found = guests.get_visit(visit_id, current_user.subject_id)
    agreed = guests.agrees_to_group(found.id)
    offered = rooms.destinations(current_user.subject_id, group=agreed, now=clock.now())
    return render_template(
        "waitingroom/_destinations.html",
        visit_id=found.id,
        rooms=[room for room in offered if room.id != found.room_id],
    )


@bp.post("/visits/<visit_id>/move")
@policy(*CLINIC)
def move(visit_id: str) -> tuple[str, int]:
    """Send a guest to another waiting room of the practice."""
    found = guests.get_visit(visit_id, current_user.subject_id)
    form = MoveForm.received()
    before = found.room_id
    agreed = guests.agrees_to_group(found.id)
    to = rooms.get_destination(form.value("room"), group=agreed)
    visits.change_room(found.id, before, to.id)
    db.session.commit()
    tell_moved(found, before)
    return "", 204
