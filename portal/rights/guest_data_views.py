"""What a guest's code shows and does, whole without JavaScript: see, take away, correct, erase."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, make_response, render_template, request

from portal import clock
from portal.errors import PortalError
from portal.extensions import db
from portal.permissions import policy
from portal.rights import guests
from portal.rights.forms import GuestCodeForm, GuestNameForm
from portal.tenants.scope import tenant_scope
from portal.waitingroom import access
from portal.waitingroom.events import tell_room, tell_state
from portal.waitingroom.visits import LEFT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from portal.waitingroom.models import AccessCode

bp = Blueprint("guest_data", __name__, url_prefix="/my-data")
UNPROCESSABLE = 422


@bp.get("", endpoint="ask")
@policy()
def ask() -> str:
    """Ask for the code."""
    return _asked(GuestCodeForm())


@bp.post("")
@policy()
def show() -> str | Response | tuple[str, int]:
    """Show all that is kept about the guest of a code."""
    form = GuestCodeForm(request.form)
    if not form.validate():
        return _asked(form), UNPROCESSABLE
    try:
        with _of(form.value("code")) as row:
            return _shown(row)
    except PortalError as error:
        return _again(form, error)


@bp.post("/name")
@policy()
def correct() -> str | Response | tuple[str, int]:
    """Correct the guest's name, on the practice's side too."""
    form = GuestNameForm(request.form)
    if not form.validate() and not form.errors.get("name"):
        return _asked(form), UNPROCESSABLE
    try:
        with _of(form.value("code")) as row:
            if form.errors:
                return _shown(row, form=form), UNPROCESSABLE
            rooms = guests.correct(row, form.value("name"), now=clock.now())
            db.session.commit()
            for room_id in rooms:
                tell_room(room_id)
            return _shown(row, saved=True)
    except PortalError as error:
        return _again(form, error)


@bp.post("/erase")
@policy()
def erase() -> str | Response | tuple[str, int]:
    """Erase name, code and visits, and withdraw the consent too where that was pressed."""
    form = GuestCodeForm(request.form)
    if not form.validate():
        return _asked(form), UNPROCESSABLE
    withdrawn = request.form.get("withdraw") == "1"
    try:
        with _of(form.value("code")) as row:
            gone = guests.erase(row, withdrawn=withdrawn, now=clock.now())
            db.session.commit()
            _tell(gone)
    except PortalError as error:
        return _again(form, error)
    return render_template("rights/guest_gone.html", withdrawn=withdrawn)


@bp.post("/data.json")
@policy()
def as_json() -> Response:
    """Return the copy for machines."""
    with _of(GuestCodeForm.received().value("code")) as row:
        return _file(guests.as_json(row), "json", "application/json")


@bp.post("/data.pdf")
@policy()
def as_pdf() -> Response:
    """Return the copy for people."""
    with _of(GuestCodeForm.received().value("code")) as row:
        return _file(guests.as_pdf(row, now=clock.now()), "pdf", "application/pdf")


@contextmanager
def _of(typed: str) -> Iterator[AccessCode]:
    """Put the organisation of a code in force and lend the code.

    :raise PortalError: the code is wrong or unknown, or too many were tried.
    """
    organisation_id, code_id = access.find(typed)
    with tenant_scope(organisation_id):
        yield guests.get(code_id, now=clock.now())


def _tell(gone: guests.Gone) -> None:
    """Tell the pages that are open: the call's other side, the guest's own, the desks."""
    for after in gone.after_commit:
        after()
    for visit_id, room_id in gone.visits:
        tell_state(visit_id, LEFT, room_id)
    for room_id in gone.rooms:
        tell_room(room_id)


def _asked(form: GuestCodeForm, **more: Any) -> str:  # noqa: ANN401  what the template shows
    return render_template("rights/guest_ask.html", form=form, **more)


def _shown(row: AccessCode, **more: Any) -> str:  # noqa: ANN401  what the template shows
    data = guests.see(row)
    values = {"form": GuestNameForm(name=data.name), "saved": False, **more}
    return render_template("rights/guest_data.html", data=data, **values)


def _again(form: GuestCodeForm, error: PortalError) -> Response:
    """Ask for the code again and say what is wrong; what was typed stays."""
    db.session.rollback()
    response = make_response(_asked(form, error=error), error.status)
    if error.retry_after is not None:
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def _file(content: str | bytes, kind: str, mimetype: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="meine-daten.{kind}"'}
    return Response(content, mimetype=mimetype, headers=headers)
