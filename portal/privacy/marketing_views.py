"""The switch for advertising and surveys, a piece that the page of one's own account shows."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask_login import current_user

from portal import clock
from portal.extensions import db
from portal.language import language
from portal.permissions import CLINIC, Role, policy
from portal.privacy import consent, marketing

bp = Blueprint("marketing", __name__)
CUSTOMERS = (*CLINIC, Role.PROJECTADMIN)


@bp.get("/account/marketing")
@policy(*CUSTOMERS)
def switch() -> str:
    """Show the switch as it stands."""
    return _switch()


@bp.post("/account/marketing")
@policy(*CUSTOMERS)
def turn() -> str:
    """Agree, or end the consent; no reason is asked."""
    on = request.form.get("on") == "1"
    marketing.set_to(current_user.subject_id, on=on, way="account", now=clock.now())
    db.session.commit()
    return _switch()


def _switch() -> str:
    is_on = marketing.is_on(current_user.subject_id)
    text = consent.TEXTS[consent.MARKETING].text.in_language(language())
    return render_template("privacy/_marketing.html", is_on=is_on, text=text)
