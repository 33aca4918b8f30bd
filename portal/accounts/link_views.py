"""The pages of single-use links, and of a forgotten password."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from flask import Blueprint, Response, current_app, jsonify, render_template
from flask_login import current_user

from portal import clock, ratelimit
from portal.accounts import forgotten, links, networks
from portal.accounts.credentials import MIN_LENGTH, weaknesses
from portal.accounts.forms import (
    ForgottenForm,
    LinkForm,
    LinkPasswordForm,
    PasswordCheckForm,
)
from portal.accounts.link_errors import UnknownLinkError
from portal.extensions import db, socketio
from portal.permissions import policy

if TYPE_CHECKING:
    from flask import Flask

    from portal.accounts.tokens import Principal

bp = Blueprint("links", __name__)
logger = logging.getLogger(__name__)

# A secret has 256 bits; the limit keeps the table and the log small, not the secret safe.
UNKNOWN_BY_NETWORK = ratelimit.Limit("link.network", attempts=30, seconds=300)
CHECKED_BY_NETWORK = ratelimit.Limit("password-check", attempts=600, seconds=300)
ASKED_BY_NAME = ratelimit.Limit("forgotten.name", attempts=3, seconds=3600)
ASKED_BY_NETWORK = ratelimit.Limit("forgotten.network", attempts=20, seconds=3600)


@bp.get("/link")
@policy()
def link() -> str:
    """Show the page that takes the secret out of its own address; nothing is used up."""
    return render_template("accounts/link.html")


@bp.post("/link/look")
@policy()
def look() -> str:
    """Return the form of a link that holds."""
    form = LinkForm.received()
    ratelimit.check(UNKNOWN_BY_NETWORK, ratelimit.network())
    try:
        opened = links.look(form.value("key"), caller=_caller(), now=clock.now())
    except UnknownLinkError:
        ratelimit.spend(UNKNOWN_BY_NETWORK, ratelimit.network())
        raise
    return render_template("accounts/_link.html", opened=opened, least=MIN_LENGTH)


@bp.post("/link/password")
@policy()
def set_password() -> Response:
    """Set the password, once, and return the login name that goes with it."""
    form = LinkPasswordForm.received()
    name = links.set_password(
        form.value("key"), form.value("password"), caller=_caller(), now=clock.now()
    )
    # Whoever opened the link has read the owner's mail: from here no stranger delays them.
    networks.remember(name, ratelimit.network(), now=clock.now())
    db.session.commit()
    return jsonify(name=name)


@bp.post("/password-check")
@policy()
def check_password() -> Response:
    """Return in words what is wrong with a password, before it is set; nothing is kept."""
    form = PasswordCheckForm.received()
    ratelimit.check(CHECKED_BY_NETWORK, ratelimit.network())
    ratelimit.spend(CHECKED_BY_NETWORK, ratelimit.network())
    return jsonify(reasons=list(weaknesses(form.value("password"), form.value("login_name"))))


@bp.post("/link/email")
@policy()
def confirm_email() -> str:
    """Make the new e-mail address that of the account, once."""
    form = LinkForm.received()
    email = links.confirm_email(form.value("key"), caller=_caller(), now=clock.now())
    db.session.commit()
    return render_template("accounts/_link_email_done.html", email=email)


@bp.get("/forgotten")
@policy()
def forgotten_page() -> str:
    """Ask whose password is forgotten."""
    return render_template("accounts/forgotten.html")


@bp.post("/forgotten")
@policy()
def ask_for_reset() -> str:
    """Answer all names alike and at once; the mail, if there is one, is written afterwards."""
    form = ForgottenForm.received()
    name = form.value("login_name").strip().lower()
    buckets = ((ASKED_BY_NAME, name), (ASKED_BY_NETWORK, ratelimit.network()))
    for limit, subject in buckets:
        ratelimit.check(limit, subject)
    for limit, subject in buckets:
        ratelimit.spend(limit, subject)
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001  for the task
    AFTERWARDS(_mail, app, name)
    return render_template("accounts/_forgotten_done.html")


def _mail(app: Flask, name: str) -> None:
    """Write the mail in a context of its own: its time must not show whether there is one."""
    try:
        with app.app_context():
            forgotten.mail(name, now=clock.now())
            db.session.commit()
    except Exception:
        logger.exception("no mail for a forgotten password")


# Tests put a plain call here.
AFTERWARDS = socketio.start_background_task


def _caller() -> Principal | None:
    # Also who is half signed in: their organisation is in force already.
    return None if current_user.is_anonymous else current_user
