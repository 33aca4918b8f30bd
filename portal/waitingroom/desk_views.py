"""The doctor's desk over HTTP: the queue, its rows, and the codes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, render_template, request
from flask_babel import gettext as _
from flask_login import current_user
from wtforms.fields.choices import SelectChoice

from portal import clock, paging, sheets
from portal.accounts import service as accounts
from portal.extensions import db
from portal.language import ZONE
from portal.messages import pages as message_pages
from portal.messages import service as messages
from portal.permissions import CLINIC, policy
from portal.waitingroom import access, guests, rooms, service, visits
from portal.waitingroom.events import tell_room, tell_visit
from portal.waitingroom.forms import ChimeForm, DeclineForm, NewCodeForm

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portal.waitingroom.models import AccessCode

bp = Blueprint("desk", __name__, url_prefix="/desk")

RECENT = 5
EXPORTED = 10_000


@bp.get("", endpoint="desk")
@policy(*CLINIC, page=True)
def desk() -> str:
    """Show the desk: who waits, what to do next, and the call."""
    account = accounts.get_account(current_user.subject_id)
    may_admit = accounts.may_admit(account)
    own = rooms.own_rooms(account.id)
    return render_template(
        "waitingroom/desk.html",
        rooms=own,
        groups=[room for room in own if room.kind == rooms.GROUP],
        may_admit=may_admit,
        why_not=None if may_admit else _why_not(account.role),
        active_call=service.running_call(account.id),
        form=_new_code_form(),
        sms_quote=message_pages.quote(clock.now()),
        chime=account.chime,
        codes=_code_rows(_recent()),
        today=_today(),
        me_name=account.full_name,
        role="host",
        **_queue(),
    )


def _why_not(role: str) -> str:
    if role == "assistant":
        return _(
            "Hereinbitten kann nur eine Ärztin oder ein Arzt. Sie organisieren das Wartezimmer."
        )
    return _("Ihre Angaben werden noch geprüft. Danach können Sie Gäste hereinbitten.")


def _queue() -> dict[str, Any]:
    now = clock.now()
    shown, waiting = guests.queue(current_user.subject_id, now=now)
    rows = service.visit_rows(shown, now=now)
    in_call = any(row.state in visits.RUNNING for row in rows)
    return {"visits": rows, "waiting_total": waiting, "in_call": in_call}


def _may() -> dict[str, Any]:
    account = accounts.get_account(current_user.subject_id)
    return {"may_admit": accounts.may_admit(account)}


@bp.get("/queue")
@policy(*CLINIC)
def queue() -> str:
    """Return the queue."""
    return render_template("waitingroom/_queue.html", **_queue(), **_may())


@bp.get("/visits/<visit_id>")
@policy(*CLINIC)
def visit(visit_id: str) -> str | tuple[str, int]:
    """Return one row of the queue; nothing when the guest is not in it any more."""
    return _row(visit_id)


def _row(visit_id: str) -> str | tuple[str, int]:
    found = guests.get_visit(visit_id, current_user.subject_id)
    row = service.visit_rows([found], now=clock.now())[0]
    others = found.state in visits.RUNNING and found.admitted_by != current_user.subject_id
    if found.state not in visits.OPEN or others:
        return "", 204
    return render_template("waitingroom/_visit.html", visit=row, **_may())


@bp.post("/visits/<visit_id>/decline")
@policy(*CLINIC)
def decline(visit_id: str) -> tuple[str, int]:
    """Tell a guest that it is not possible today."""
    form = DeclineForm.received()
    found = guests.get_visit(visit_id, current_user.subject_id)
    visits.decline(found.id, form.text.data or "", now=clock.now())
    db.session.commit()
    tell_visit(found)
    return "", 204


@bp.post("/visits/<visit_id>/put-back")
@policy(*CLINIC)
def put_back(visit_id: str) -> str | tuple[str, int]:
    """Send a guest back to the waiting room; a running call with them ends."""
    found = guests.get_visit(visit_id, current_user.subject_id)
    call_id, now = found.call_id, clock.now()
    visits.put_back(found.id, now=now)
    told = service.visit_put_back.send(found, call_id=call_id, now=now)
    db.session.commit()
    for _receiver, after_commit in told:
        after_commit()
    tell_visit(found)
    tell_room(found.room_id)
    return _row(visit_id)


@bp.get("/codes", endpoint="codes")
@policy(*CLINIC, page=True)
def code_list() -> str:
    """List the codes of one's rooms, with a search over names and codes."""
    number, q = paging.asked()
    if q:
        found = access.search(current_user.subject_id, q, now=clock.now())
        first = (number - 1) * paging.PER_PAGE
        rows = _code_rows(found[first : first + paging.PER_PAGE])
        page = paging.PageOf(rows, number, len(found) > first + paging.PER_PAGE, q, len(found))
    else:
        newest = number * paging.PER_PAGE + 1
        query = access.code_query(current_user.subject_id, newest, now=clock.now())
        fetched = paging.fetch(query)
        page = paging.PageOf(_code_rows(fetched.items), fetched.number, fetched.has_next, "")
    return render_template(
        "waitingroom/codes.html",
        page=page,
        form=_new_code_form(),
        sms_quote=message_pages.quote(clock.now()),
    )


@bp.post("/codes")
@policy(*CLINIC)
def make_code() -> str:
    """Make a code, and the message that brings it, in one transaction."""
    form = _new_code_form(received=True)
    key = form.value("request_key")
    made = messages.asked_before(key)
    if made is None:
        try:
            made = _made(form)
            db.session.commit()
        except messages.AskedBeforeError:
            # The same request was faster on another way.
            db.session.rollback()
            made = messages.asked_before(key)
    row = access.get_code(made or "", current_user.subject_id)
    return render_template(
        "waitingroom/_code.html", code=_code_rows([row])[0], codes=_code_rows(_recent())
    )


def _made(form: NewCodeForm) -> str:
    now = clock.now()
    room = rooms.get_room(form.room.data, current_user.subject_id)
    order = access.CodeOrder(
        room.id, form.value("guest_name"), form.uses.data, form.valid_on.data, form.at.data
    )
    row = access.make_code(order, account_id=current_user.subject_id, now=now)
    with rooms.speaking(room):
        sent = service.message_order(row, form.value("request_key"), remind=form.remind.data)
        for channel, to in ((messages.SMS, form.phone.data), (messages.MAIL, form.email.data)):
            if to:
                messages.send_code(channel, to, sent, now=now)
    return row.id


@bp.get("/today")
@policy(*CLINIC)
def today() -> str:
    """Return the list of the day."""
    return render_template("waitingroom/_today.html", today=_today())


def _today() -> list[service.DayRow]:
    now = clock.now()
    day = now.astimezone(ZONE).date()
    return service.day_rows(access.of_day(current_user.subject_id, day, now=now), now=now)


@bp.post("/codes/<code_id>/delete")
@policy(*CLINIC)
def delete_code(code_id: str) -> str:
    """Delete a code and the guest's name with it."""
    row = access.get_code(code_id, current_user.subject_id)
    name = row.guest_name
    access.delete_code(row)
    db.session.commit()
    return render_template("waitingroom/_code_deleted.html", guest_name=name)


@bp.get("/codes.csv")
@policy(*CLINIC)
def codes_csv() -> Response:
    """Return the codes as CSV; a cell that a spreadsheet would calculate is defused."""
    query = access.code_query(current_user.subject_id, EXPORTED, now=clock.now())
    heads = [_("Code"), _("Name"), _("Wartezimmer"), _("Gültig bis"), _("Stand")]
    cells = (
        (row.code, row.guest_name, row.room_name, f"{row.valid_until:%Y-%m-%d}", row.state)
        for row in _code_rows(list(db.session.scalars(query)))
    )
    content = "".join(sheets.write_csv(heads, cells))
    headers = {"Content-Disposition": 'attachment; filename="codes.csv"'}
    return Response(content, mimetype="text/csv", headers=headers)


@bp.post("/chime")
@policy(*CLINIC)
def chime() -> tuple[str, int]:
    """Switch the sound of arrivals on or off."""
    accounts.get_account(current_user.subject_id).chime = bool(ChimeForm.received().on.data)
    db.session.commit()
    return "", 204


def _new_code_form(*, received: bool = False) -> NewCodeForm:
    form = NewCodeForm(request.form if received else None)
    own = rooms.own_rooms(current_user.subject_id)
    form.room.choices = [SelectChoice(room.id, room.name) for room in own]
    if received:
        form.check()
    return form


def _recent() -> list[AccessCode]:
    query = access.code_query(current_user.subject_id, RECENT, now=clock.now())
    return list(db.session.scalars(query))


def _code_rows(rows: Sequence[AccessCode]) -> list[service.CodeRow]:
    return service.code_rows(rows, now=clock.now())
