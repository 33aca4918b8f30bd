"""The page on which support verifies doctors."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from flask_login import current_user

from portal import clock, paging
from portal.errors import NotFoundHereError, PortalError
from portal.extensions import db
from portal.permissions import Role, policy
from portal.projectadmin import verification
from portal.projectadmin.forms import ReasonForm
from portal.tenants.service import get_organisation

bp = Blueprint("verification", __name__, url_prefix="/verification")


@bp.get("", endpoint="queue")
@policy(Role.SUPPORT, page=True)
def queue() -> str:
    """List the doctors who wait to be verified."""
    return _page()


@bp.post("/<organisation_id>/<account_id>/verify")
@policy(Role.SUPPORT)
def verify(organisation_id: str, account_id: str) -> str | tuple[str, int]:
    """Make a doctor active."""
    company_id = current_user.provider_company_id
    try:
        name = verification.verify(organisation_id, account_id, company_id, now=clock.now())
        db.session.commit()
    except NotFoundHereError:
        raise
    except PortalError as problem:
        return _refused(problem)
    return _page(said=_("%(name)s ist freigeschaltet.", name=name))


@bp.post("/<organisation_id>/<account_id>/reject")
@policy(Role.SUPPORT)
def reject(organisation_id: str, account_id: str) -> str | tuple[str, int]:
    """Refuse a doctor, with a reason that they read."""
    company_id = current_user.provider_company_id
    get_organisation(organisation_id, company_id)
    form = ReasonForm(request.form)
    if not form.validate():
        return _page(missing=account_id), 422
    reason = form.value("reason")
    try:
        name = verification.reject(organisation_id, account_id, company_id, reason, now=clock.now())
        db.session.commit()
    except NotFoundHereError:
        raise
    except PortalError as problem:
        return _refused(problem)
    return _page(said=_("%(name)s ist abgelehnt und erfährt den Grund.", name=name))


def _refused(problem: PortalError) -> tuple[str, int]:
    db.session.rollback()
    return _page(problem=problem), 422


def _page(said: str = "", problem: PortalError | None = None, missing: str = "") -> str:
    number, q = paging.asked()
    rows, more = verification.queue(current_user.provider_company_id, q, number, now=clock.now())
    return render_template(
        "projectadmin/verification.html",
        page=paging.PageOf(rows, number, more, q),
        said=said,
        problem=problem,
        missing=missing,
    )
