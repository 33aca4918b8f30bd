"""Furnishes a demo organisation: a waiting room, and invented guests with their codes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal.extensions import db
from portal.waitingroom import access
from portal.waitingroom.models import Room, RoomMember

if TYPE_CHECKING:
    from datetime import datetime

    from flask import Flask

    from portal.accounts.models import Account

GUESTS = ("Erika Muster", "Paul Probe", "Ayşe Örnek")


def install(app: Flask) -> None:
    """Let sales, who stand below this room, have their demo furnished."""
    app.extensions["portal_showroom"] = furnish


def furnish(doctor: Account, assistant: Account, now: datetime) -> None:
    """Make a waiting room for a doctor and an assistant of the current organisation, with codes."""
    room = Room(
        name="Sprechstunde",
        doctor_name=doctor.full_name,
        text="Schön, dass Sie da sind. Wir rufen Sie, sobald es so weit ist.",
    )
    db.session.add(room)
    db.session.flush()
    for account in (doctor, assistant):
        db.session.add(RoomMember(room_id=room.id, account_id=account.id))
    for name in GUESTS:
        access.make_code(access.CodeOrder(room.id, name), account_id=doctor.id, now=now)
