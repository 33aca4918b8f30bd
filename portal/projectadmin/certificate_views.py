"""The page on which a doctor gets the "KBV-Nachweis"."""

from __future__ import annotations

from flask import Blueprint, Response, render_template
from flask_login import current_user

from portal import clock
from portal.accounts.service import get_account
from portal.permissions import Role, policy
from portal.projectadmin import certificate

bp = Blueprint("certificate", __name__)


@bp.get("/certificate", endpoint="page")
@policy(Role.DOCTOR, page=True)
def page() -> str:
    """Show what the sheet will say, or why there is none and what to do."""
    account = get_account(current_user.subject_id)
    sheet, problem = None, None
    try:
        sheet = certificate.look(account, now=clock.now())
    except certificate.NoCertificateError as error:
        problem = error
    return render_template(
        "projectadmin/certificate.html", sheet=sheet, problem=problem, kinds=certificate.KINDS
    )


@bp.get("/certificate.pdf")
@policy(Role.DOCTOR)
def download() -> Response:
    """Return the sheet as PDF."""
    account = get_account(current_user.subject_id)
    made = certificate.render(account, now=clock.now())
    headers = {"Content-Disposition": 'attachment; filename="kbv-nachweis.pdf"'}
    return Response(made, mimetype="application/pdf", headers=headers)
