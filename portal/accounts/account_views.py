"""One's own account: data, password, address, second factors, sessions, and this device."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from portal import audit, clock, ratelimit
from portal.accounts import credentials, factor_views, links, passwords, service, tokens, views
from portal.accounts.forms import NewEmailForm, NewPasswordForm
from portal.accounts.models import Account, Staff
from portal.errors import NotFoundHereError
from portal.extensions import db
from portal.language import LANGUAGES
from portal.permissions import ACCOUNTS, CLINIC, Role, policy

bp = Blueprint("account", __name__, url_prefix="/account")
OF_AN_ORGANISATION = (*CLINIC, Role.PROJECTADMIN)
# Each one mails a stranger, perhaps.
NEW_ADDRESSES = ratelimit.Limit("email-change", attempts=5, seconds=3600)

audit.words(
    {
        "accounts.password.changed": _l("Passwort geändert"),
        "accounts.account.changed": _l("Konto geändert"),
    },
    {"language": _l("Sprache der Nachrichten")},
)


@bp.get("")
@policy(*ACCOUNTS, page=True)
def page() -> str:
    """Show all that somebody can see and change of their own account."""
    return render_template("accounts/account.html", **_shown())


@bp.post("/password")
@policy(*ACCOUNTS, fresh=True)
def change_password() -> str:
    """Change the password, and end all other sessions and open links."""
    form = NewPasswordForm.received()
    known = credentials.of_principal(current_user)
    names = (service.display_name(current_user), service.organisation_name(current_user))
    credentials.check(form.value("password"), known.login_name, *names)
    # Hashing takes a while, and no lock may be held meanwhile.
    db.session.rollback()
    hashed = passwords.hash_password(form.value("password"))
    now = clock.now()
    credentials.replace(known.id, hashed)
    tokens.end_others(current_user, now=now)
    links.end_open(_owner(), now=now)
    audit.record(
        "accounts.password.changed", _kind(), current_user.subject_id, fields=("password",), now=now
    )
    db.session.commit()
    return render_template("accounts/_password_changed.html", sessions=views.own_sessions())


@bp.post("/email")
@policy(*OF_AN_ORGANISATION, fresh=True)
def change_email() -> str:
    """Send a link to the new address; the present one is told, and stays until then."""
    form = NewEmailForm.received()
    account = service.get_account(current_user.subject_id)
    ratelimit.spend_within(NEW_ADDRESSES, account.id)
    links.change_email(account, form.value("email"), now=clock.now())
    db.session.commit()
    return render_template("accounts/_email_asked.html", email=form.value("email"))


@bp.post("/language")
@policy(*OF_AN_ORGANISATION)
def language() -> tuple[str, int]:
    """Choose the language of mails."""
    wish = request.form.get("language", "")
    if wish not in LANGUAGES:
        raise NotFoundHereError
    service.get_account(current_user.subject_id).language = wish
    audit.record(
        "accounts.account.changed",
        "account",
        current_user.subject_id,
        fields=("language",),
        now=clock.now(),
    )
    db.session.commit()
    return "", 204


@bp.post("/factor-required")
@policy(Role.PROJECTADMIN, fresh=True)
def require_factor() -> str:
    """Ask everybody of the organisation for a second factor, or no longer."""
    on = request.form.get("on") == "1"
    service.require_factor(current_user.organisation_id, on=on, now=clock.now())
    db.session.commit()
    return render_template("accounts/_factor_required.html", required=on)


def _kind() -> str:
    return "staff" if current_user.is_staff else "account"


def _owner() -> Account | Staff:
    if current_user.is_staff:
        return db.session.get_one(Staff, current_user.subject_id)
    return service.get_account(current_user.subject_id)


def _shown() -> dict[str, Any]:
    """Return what the page shows; somebody without a login has no password and no factors."""
    owner = _owner()
    known = credentials.of(owner)
    return {
        "owner": owner,
        "login_name": known.login_name if known else "",
        "least": credentials.MIN_LENGTH,
        "sessions": views.own_sessions(),
        **(factor_views.overview(known) if known else {"rows": []}),
    }
