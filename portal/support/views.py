"""Remote support on the customer's side: opened, watched, ended, and read afterwards."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, render_template, request
from flask_login import current_user

from portal import clock
from portal.errors import PortalError
from portal.extensions import db
from portal.permissions import Role, policy
from portal.support import acts, service
from portal.support.forms import OpenForm

bp = Blueprint("support", __name__, url_prefix="/admin/support")


@bp.get("")
@policy(Role.PROJECTADMIN, page=True)
def protocol() -> str:
    """Show the sessions of the organisation, and the form that opens one."""
    return _protocol(OpenForm())


def _protocol(form: OpenForm, problem: PortalError | None = None) -> str:
    now = clock.now()
    rows = service.sessions()
    return render_template(
        "support/protocol.html",
        form=form,
        problem=problem,
        now=now,
        live=next((row for row in rows if row.is_live(now)), None),
        rows=[(row, service.acts(row.id)) for row in rows],
        scopes=acts.SCOPES,
        known=acts.ACTS,
    )


@bp.post("")
@policy(Role.PROJECTADMIN, fresh=True)
def open_session() -> str | tuple[str, int]:
    """Open a session, and show its one-time password once."""
    form = OpenForm(request.form)
    if not form.validate():
        return _protocol(form), 422
    span = timedelta(minutes=int(form.value("minutes")))
    me = current_user.subject_id
    try:
        row, password = service.open_session(me, form.scopes(), span, now=clock.now())
        db.session.commit()
    except PortalError as problem:
        db.session.rollback()
        return _protocol(form, problem), 409
    return _live(row.id, password)


@bp.get("/<support_id>")
@policy(Role.PROJECTADMIN, page=True)
def watch(support_id: str) -> str:
    """Show a session as it goes on."""
    return _live(support_id)


@bp.get("/<support_id>/acts")
@policy(Role.PROJECTADMIN)
def watched(support_id: str) -> str | tuple[str, int]:
    """Return the part of the page that is asked for again every two seconds, if it changed."""
    shown = acts.shown(support_id, now=clock.now())
    if request.args.get("mark") == shown["mark"]:
        return "", 204
    return render_template("support/_live.html", **shown)


@bp.post("/<support_id>/end")
@policy(Role.PROJECTADMIN)
def end(support_id: str) -> str:
    """End a session at once."""
    service.get_session(support_id)
    service.end(support_id, "customer", now=clock.now())
    db.session.commit()
    return _live(support_id)


def _live(support_id: str, password: str = "") -> str:
    shown = acts.shown(support_id, now=clock.now())
    return render_template("support/live.html", password=password, **shown)
