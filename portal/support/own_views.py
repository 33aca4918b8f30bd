"""Remote support to one doctor's own area: opened, watched and ended by this doctor alone."""

from __future__ import annotations

from flask import Blueprint, request
from flask_login import current_user

from portal.permissions import Role, policy
from portal.support import pages, service
from portal.support.forms import OwnForm

bp = Blueprint("own_support", __name__, url_prefix="/account/support")


def _mine(support_id: str) -> str:
    return service.customers_session(support_id, current_user.subject_id).id


@bp.get("")
@policy(Role.DOCTOR, page=True)
def protocol() -> str:
    """Show the sessions of one's own area, and the form that opens one."""
    return pages.protocol(OwnForm(), current_user.subject_id)


@bp.post("")
@policy(Role.DOCTOR, fresh=True)
def open_session() -> str | tuple[str, int]:
    """Open a session, and show its one-time password once."""
    return pages.opened(OwnForm(request.form), current_user.subject_id)


@bp.get("/<support_id>")
@policy(Role.DOCTOR, page=True)
def watch(support_id: str) -> str:
    """Show a session as it goes on."""
    return pages.live(_mine(support_id))


@bp.get("/<support_id>/acts")
@policy(Role.DOCTOR)
def watched(support_id: str) -> str | tuple[str, int]:
    """Return what is new in a session."""
    return pages.news(_mine(support_id))


@bp.post("/<support_id>/end")
@policy(Role.DOCTOR)
def end(support_id: str) -> str:
    """End a session at once."""
    return pages.ended(_mine(support_id))
