"""Remote support to an organisation: opened, watched and ended by its project administration."""

from __future__ import annotations

from flask import Blueprint, request

from portal.permissions import Role, policy
from portal.support import pages, service
from portal.support.forms import OrganisationForm

bp = Blueprint("support", __name__, url_prefix="/admin/support")


@bp.get("")
@policy(Role.PROJECTADMIN, page=True)
def protocol() -> str:
    """Show the sessions of the organisation, and the form that opens one."""
    return pages.protocol(OrganisationForm(), None)


@bp.post("")
@policy(Role.PROJECTADMIN, fresh=True)
def open_session() -> str | tuple[str, int]:
    """Open a session, and show its one-time password once."""
    return pages.opened(OrganisationForm(request.form), None)


@bp.get("/<support_id>")
@policy(Role.PROJECTADMIN, page=True)
def watch(support_id: str) -> str:
    """Show a session as it goes on."""
    return pages.live(service.customers_session(support_id).id)


@bp.get("/<support_id>/acts")
@policy(Role.PROJECTADMIN)
def watched(support_id: str) -> str | tuple[str, int]:
    """Return what is new in a session."""
    return pages.news(service.customers_session(support_id).id)


@bp.post("/<support_id>/end")
@policy(Role.PROJECTADMIN)
def end(support_id: str) -> str:
    """End a session at once."""
    return pages.ended(service.customers_session(support_id).id)
