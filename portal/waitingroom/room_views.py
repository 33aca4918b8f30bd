"""The pages on which a practice sets its waiting rooms up and says who works in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from flask_login import current_user

from portal import clock, images, paging
from portal.accounts import search
from portal.accounts.models import Account
from portal.accounts.service import get_account
from portal.extensions import db
from portal.permissions import CLINIC, Role, policy
from portal.tenants.service import get_organisation
from portal.waitingroom import hours, rooms
from portal.waitingroom.forms import RoomForm

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portal.waitingroom.models import Room

bp = Blueprint("rooms", __name__, url_prefix="/rooms")

ORGANISERS = (Role.PROJECTADMIN, Role.ASSISTANT)
OFFERED = 8
# Twice what a phone shows; the background is seen at the width of a page.
BOXES = {"portrait": (320, 320), "background": (1280, 480)}


@bp.get("", endpoint="rooms")
@policy(*ORGANISERS, page=True)
def room_list() -> str:
    """List the organisation's waiting rooms with who works in them."""
    _number, q = paging.asked()
    page = paging.fetch(rooms.room_query(q))
    working = rooms.members(room.id for room in page.items)
    return render_template("waitingroom/rooms.html", page=page, members=working)


@bp.get("/new")
@policy(*ORGANISERS, page=True)
def new() -> str:
    """Show the form of a new room; for a doctor, with their name in it."""
    form = RoomForm()
    form.phone.data = get_organisation(current_user.organisation_id).phone or ""
    form.text.data = _("Schön, dass Sie da sind. Wir rufen Sie, sobald es so weit ist.")
    account_id = request.args.get("account", "")
    if account_id:
        doctor = get_account(account_id)
        form.name.data = _("Wartezimmer %(name)s", name=doctor.full_name)
        form.doctor_name.data = doctor.full_name
    return _new_page(form, account_id)


def _new_page(form: RoomForm, account_id: str) -> str:
    return render_template(
        "waitingroom/room_new.html", form=form, account_id=account_id, week=hours.DAYS
    )


@bp.post("/new")
@policy(*ORGANISERS)
def create() -> str | tuple[str, int]:
    """Make a room, with the doctor in it for whom it was asked."""
    form = RoomForm(request.form)
    account_id = request.form.get("account", "")
    account = get_account(account_id) if account_id else None
    if not form.validate():
        return _new_page(form, account_id), 422
    now = clock.now()
    room = rooms.save(None, form.values(), now=now)
    if account is not None:
        rooms.let_in(room, account, now=now)
    db.session.commit()
    return _room_page(room, RoomForm.of(room), said=_("Das Wartezimmer ist angelegt."))


@bp.get("/<room_id>")
@policy(Role.DOCTOR, *ORGANISERS, page=True)
def room(room_id: str) -> str:
    """Show one room, who works in it, and whom to add; a doctor sees a room of their own."""
    found = _get(room_id)
    return _room_page(found, RoomForm.of(found))


def _get(room_id: str) -> Room:
    is_doctor = current_user.role is Role.DOCTOR
    return rooms.get_room(room_id, current_user.subject_id if is_doctor else None)


@bp.post("/<room_id>")
@policy(Role.DOCTOR, *ORGANISERS)
def edit(room_id: str) -> str | tuple[str, int]:
    """Change a room."""
    found = _get(room_id)
    form = RoomForm(request.form)
    if not form.validate():
        return _room_page(found, form), 422
    rooms.save(found, form.values(), now=clock.now())
    db.session.commit()
    return _room_page(found, form, said=_("Das Wartezimmer ist gespeichert."))


@bp.post("/<room_id>/portrait", defaults={"kind": "portrait"})
@bp.post("/<room_id>/background", defaults={"kind": "background"})
@policy(Role.DOCTOR, *ORGANISERS)
def upload(room_id: str, kind: str) -> str | tuple[str, int]:
    """Take a picture, the body of the request; it is drawn anew, without place and camera."""
    found = _get(room_id)
    request.max_content_length = images.MAX_BYTES
    try:
        picture = images.redraw(request.get_data(cache=False), within=BOXES[kind])
    except images.ImageRefusedError as error:
        return _room_page(found, RoomForm.of(found), refused=error.message()), 422
    rooms.save(found, {kind: picture.uri}, now=clock.now())
    db.session.commit()
    return _room_page(found, RoomForm.of(found), said=_("Das Bild ist gespeichert."))


@bp.post("/<room_id>/portrait/remove", defaults={"kind": "portrait"})
@bp.post("/<room_id>/background/remove", defaults={"kind": "background"})
@policy(Role.DOCTOR, *ORGANISERS)
def remove_picture(room_id: str, kind: str) -> str:
    """Delete a picture."""
    found = _get(room_id)
    rooms.save(found, {kind: ""}, now=clock.now())
    db.session.commit()
    return _room_page(found, RoomForm.of(found), said=_("Das Bild ist gelöscht."))


@bp.post("/<room_id>/members/<account_id>")
@policy(*ORGANISERS)
def change_member(room_id: str, account_id: str) -> str:
    """Let an account work in a room, or no more."""
    found, account = rooms.get_room(room_id), get_account(account_id)
    if request.form.get("on") == "1":
        rooms.let_in(found, account, now=clock.now())
        said = _("%(name)s arbeitet jetzt in diesem Wartezimmer.", name=account.full_name)
    else:
        rooms.take_out(found, account.id, now=clock.now())
        said = _("%(name)s arbeitet nicht mehr in diesem Wartezimmer.", name=account.full_name)
    db.session.commit()
    return _room_page(found, RoomForm.of(found), said=said)


def _room_page(room: Room, form: RoomForm, said: str = "", refused: str = "") -> str:
    working = rooms.members([room.id]).get(room.id, [])
    _number, q = paging.asked()
    return render_template(
        "waitingroom/room.html",
        room=room,
        form=form,
        said=said,
        refused=refused,
        week=hours.DAYS,
        organises=current_user.role in ORGANISERS,
        members=working,
        q=q,
        offered=_offered(q, [account.id for account in working]),
    )


def _offered(q: str, besides: Sequence[str]) -> Sequence[Account]:
    """Return a few accounts that could work in a room, those searched for first."""
    from sqlalchemy import select

    query = select(Account).where(
        Account.role.in_(CLINIC), Account.state != "suspended", Account.id.not_in(besides)
    )
    found = search.found(query, q, search.BY_NAME)
    return db.session.scalars(found.limit(OFFERED)).all()
