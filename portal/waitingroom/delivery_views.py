"""How a code that exists reaches its guest: sent once more, or on paper."""

from __future__ import annotations

from flask import Blueprint, Response, render_template
from flask_login import current_user

from portal import clock
from portal.errors import InvalidFormError
from portal.extensions import db
from portal.messages import service as messages
from portal.permissions import CLINIC, policy
from portal.waitingroom import access, rooms, service, sheet
from portal.waitingroom.forms import SendCodeForm

bp = Blueprint("delivery", __name__, url_prefix="/desk/codes")


@bp.post("/<code_id>/send")
@policy(*CLINIC)
def send(code_id: str) -> str:
    """Send a code by mail or text message once more, and return its row."""
    now = clock.now()
    row = access.get_code(code_id, current_user.subject_id)
    form = SendCodeForm.received()
    access.check_open(row, now=now)
    to, key = form.value("to"), form.value("request_key")
    if not key or messages.asked_before(key) is None:
        channel = messages.MAIL if "@" in to else messages.SMS
        try:
            with rooms.speaking(rooms.get_room(row.room_id)):
                order = service.message_order(row, key, remind=False)
                messages.send_code(channel, to, order, now=now)
        except (messages.BadNumberError, messages.NoSmsError) as error:
            raise InvalidFormError({"to": [error.message()]}) from error
        db.session.commit()
    shown = service.code_rows([row], now=now)[0]
    return render_template("waitingroom/_code_sent.html", code=shown)


@bp.get("/<code_id>/sheet.pdf")
@policy(*CLINIC)
def paper(code_id: str) -> Response:
    """Return the sheet of paper with code, QR code and a short instruction."""
    row = access.get_code(code_id, current_user.subject_id)
    access.check_open(row, now=clock.now())
    room = rooms.get_room(row.room_id)
    with rooms.speaking(room):
        made = sheet.render(row, service.room_card(room))
    headers = {"Content-Disposition": 'attachment; filename="zugangscode.pdf"'}
    return Response(made, mimetype="application/pdf", headers=headers)
