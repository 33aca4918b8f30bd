"""What both customers' pages of remote support have in common: protocol, live view, end."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from flask import render_template, request
from flask_login import current_user

from portal import clock
from portal.errors import PortalError
from portal.extensions import db
from portal.support import acts, service
from portal.support.service import Opening

if TYPE_CHECKING:
    from portal.support.forms import OpenForm


def protocol(form: OpenForm, account_id: str | None, problem: PortalError | None = None) -> str:
    """Return the page of an area: its sessions, and the form that opens one."""
    now = clock.now()
    rows = service.sessions(account_id)
    return render_template(
        "support/protocol.html",
        form=form,
        own=account_id is not None,
        problem=problem,
        now=now,
        live=next((row for row in rows if row.is_live(now)), None),
        rows=[(row, service.acts(row.id)) for row in rows],
        scopes=acts.SCOPES,
        known=acts.ACTS,
    )


def opened(form: OpenForm, account_id: str | None) -> str | tuple[str, int]:
    """Open what a form says, and return the page with the one-time password."""
    if not form.validate():
        return protocol(form, account_id), 422
    span = timedelta(minutes=int(form.value("minutes")))
    wanted = Opening(current_user.subject_id, form.scopes(), span, account_id)
    try:
        row, password = service.open_session(wanted, now=clock.now())
        db.session.commit()
    except PortalError as problem:
        db.session.rollback()
        return protocol(form, account_id, problem), 409
    return live(row.id, password)


def live(session_id: str, password: str = "") -> str:
    """Return the page of a session as it goes on."""
    shown = acts.shown(session_id, now=clock.now())
    return render_template("support/live.html", password=password, **shown)


def news(session_id: str) -> str | tuple[str, int]:
    """Return the part of the page that is asked for again every two seconds, if it changed."""
    shown = acts.shown(session_id, now=clock.now())
    if request.args.get("mark") == shown["mark"]:
        return "", 204
    return render_template("support/_live.html", **shown)


def ended(session_id: str) -> str:
    """End a session at once, and return its page."""
    service.end(session_id, "customer", now=clock.now())
    db.session.commit()
    return live(session_id)
