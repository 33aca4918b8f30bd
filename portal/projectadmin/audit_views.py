"""The page on which an organisation reads who touched what, the provider's staff above all."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask_login import current_user

from portal import audittrail, paging
from portal.permissions import Role, policy

bp = Blueprint("audit", __name__, url_prefix="/admin")


@bp.get("/audit")
@policy(Role.PROJECTADMIN, page=True)
def log() -> str:
    """List what was done in this organisation, newest first; by staff alone if asked."""
    _number, q = paging.asked()
    staff_only = request.args.get("who") != "all"
    query = audittrail.search(current_user.organisation_id, q, staff_only=staff_only)
    fetched = paging.fetch(query)
    page = paging.PageOf(audittrail.lines(fetched.items), fetched.number, fetched.has_next, q)
    return render_template("projectadmin/audit.html", page=page, staff_only=staff_only)
