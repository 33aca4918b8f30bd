"""Remote support on the provider's side: in by a one-time password, and as a second person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from flask_login import current_user

from portal import clock
from portal.accounts.models import Staff
from portal.errors import NotFoundHereError, PortalError
from portal.extensions import db
from portal.permissions import Role, policy
from portal.support import acts, service, sights
from portal.support.forms import EnterForm
from portal.tenants.scope import tenant_scope

if TYPE_CHECKING:
    from portal.accounts.tokens import Principal

bp = Blueprint("support_desk", __name__, url_prefix="/support")


def _person() -> Staff:
    return db.session.get_one(Staff, current_user.subject_id)


def _me() -> Principal:
    me: Principal = current_user._get_current_object()  # noqa: SLF001  Werkzeug's own way
    return me


@bp.get("")
@policy(Role.SUPPORT, page=True)
def desk() -> str:
    """Show the way in, the own sessions, and what waits for a second person."""
    return _desk(EnterForm())


def _desk(form: EnterForm, said: str = "", problem: PortalError | None = None) -> str:
    now = clock.now()
    return render_template(
        "support/desk.html",
        form=form,
        said=said,
        problem=problem,
        waiting=acts.waiting(_person(), now=now),
        rows=service.of_supporter(_me(), now=now),
    )


@bp.post("")
@policy(Role.SUPPORT, fresh=True)
def enter() -> str | tuple[str, int]:
    """Come in by a one-time password."""
    form = EnterForm(request.form)
    if not form.validate():
        return _desk(form), 422
    typed, why = form.value("password"), form.value("description")
    try:
        session_id = service.enter(_person(), _me().token_id, typed, why, now=clock.now())
    except PortalError as problem:
        db.session.rollback()
        return _desk(form, problem=problem), problem.status
    db.session.remove()
    return _session(session_id)


@bp.get("/<support_id>")
@policy(Role.SUPPORT, page=True)
def session(support_id: str) -> str:
    """Show a session that this sign-in has entered."""
    return _session(support_id)


@bp.get("/<support_id>/state")
@policy(Role.SUPPORT)
def state(support_id: str) -> str | tuple[str, int]:
    """Return whether the session goes on, and what came of critical acts, if that changed."""
    with tenant_scope(service.whose(support_id, _me())):
        shown = acts.shown(support_id, now=clock.now())
        if request.args.get("mark") == shown["mark"]:
            return "", 204
        return render_template("support/_state.html", asked_again=True, **shown)


@bp.post("/<support_id>/do/<act>")
@policy(Role.SUPPORT)
def do(support_id: str, act: str) -> str | tuple[str, int]:
    """Look at something or do it, in the sight of the customer."""
    with tenant_scope(service.whose(support_id, _me())):
        try:
            done, answer = acts.do(support_id, act, request.form.get("id", ""), now=clock.now())
            db.session.commit()
        except NotFoundHereError:
            raise
        except PortalError as problem:
            db.session.rollback()
            return _page(support_id, problem=problem), 409
        said = _("Der Schritt wartet auf eine zweite Person.") if done.state == acts.WAITING else ""
        row, q = service.get_session(support_id), request.form.get("q", "")[:100]
        seen = sights.of_scope(acts.ACTS[act].scope, row, q, now=clock.now())
        return _page(support_id, said=said, health=answer, **seen)


@bp.post("/<support_id>/end")
@policy(Role.SUPPORT)
def end(support_id: str) -> str:
    """Leave a session; nobody comes in again."""
    with tenant_scope(service.whose(support_id, _me())):
        service.end(support_id, "supporter", now=clock.now())
        db.session.commit()
        return _page(support_id)


@bp.post("/second/<act_id>")
@policy(Role.SUPPORT, fresh=True)
def decide(act_id: str) -> str | tuple[str, int]:
    """Agree to a critical act of a colleague, or refuse it."""
    agrees = request.form.get("agrees") == "1"
    try:
        acts.decide(act_id, _person(), agrees=agrees, now=clock.now())
    except NotFoundHereError:
        raise
    except PortalError as problem:
        db.session.rollback()
        db.session.remove()
        return _desk(EnterForm(), problem=problem), 409
    said = _("Der Schritt ist getan.") if agrees else _("Der Schritt ist abgelehnt.")
    return _desk(EnterForm(), said)


def _session(support_id: str) -> str:
    with tenant_scope(service.whose(support_id, _me())):
        return _page(support_id)


def _page(support_id: str, **more: Any) -> str:  # noqa: ANN401  what a section shows
    return render_template(
        "support/session.html", **acts.shown(support_id, now=clock.now()), **more
    )
