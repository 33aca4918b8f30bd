"""The pages on which a practice sets its waiting rooms up and says who works in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from flask_login import current_user

from portal import clock, paging
from portal.accounts import search
from portal.accounts.models import Account
from portal.accounts.service import get_account
from portal.extensions import db
from portal.permissions import CLINIC, Role, policy
from portal.tenants.service import get_organisation
from portal.waitingroom import rooms
from portal.waitingroom.forms import RoomForm

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portal.waitingroom.models import Room

bp = Blueprint("rooms", __name__, url_prefix="/rooms")

ORGANISERS = (Role.PROJECTADMIN, Role.ASSISTANT)
OFFERED = 8


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
    return render_template("waitingroom/room_new.html", form=form, account_id=account_id)


@bp.post("/new")
@policy(*ORGANISERS)
def create() -> str | tuple[str, int]:
    """Make a room, with the doctor in it for whom it was asked."""
    form = RoomForm(request.form)
    account_id = request.form.get("account", "")
    account = get_account(account_id) if account_id else None
    if not form.validate():
        return render_template("waitingroom/room_new.html", form=form, account_id=account_id), 422
    now = clock.now()
    room = rooms.save(None, form.values(), now=now)
    if account is not None:
        rooms.let_in(room, account, now=now)
    db.session.commit()
    return _room_page(room, RoomForm(obj=room), said=_("Das Wartezimmer ist angelegt."))


@bp.get("/<room_id>")
@policy(*ORGANISERS, page=True)
def room(room_id: str) -> str:
    """Show one room, who works in it, and whom to add."""
    found = rooms.get_room(room_id)
    return _room_page(found, RoomForm(obj=found))


@bp.post("/<room_id>")
@policy(*ORGANISERS)
def edit(room_id: str) -> str | tuple[str, int]:
    """Change a room."""
    found = rooms.get_room(room_id)
    form = RoomForm(request.form)
    if not form.validate():
        return _room_page(found, form), 422
    rooms.save(found, form.values(), now=clock.now())
    db.session.commit()
    return _room_page(found, form, said=_("Das Wartezimmer ist gespeichert."))


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
    return _room_page(found, RoomForm(obj=found), said=said)


def _room_page(room: Room, form: RoomForm, said: str = "") -> str:
    working = rooms.members([room.id]).get(room.id, [])
    _number, q = paging.asked()
    return render_template(
        "waitingroom/room.html",
        room=room,
        form=form,
        said=said,
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
