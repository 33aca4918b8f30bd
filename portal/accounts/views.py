"""The pages of signing in, signing out and one's own sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, jsonify, render_template, request
from flask_login import current_user

from portal import clock, ratelimit
from portal.accounts import guesses, service, tokens
from portal.accounts.forms import SignInForm, TicketForm
from portal.accounts.tokens import Pending
from portal.extensions import db
from portal.permissions import ACCOUNTS, EVERYBODY, policy

if TYPE_CHECKING:
    from portal.accounts.models import Token

bp = Blueprint("accounts", __name__)


@bp.get("/sign-in")
@policy()
def sign_in_page() -> str:
    """Show the form."""
    return render_template("accounts/sign_in.html", next=request.args.get("next", ""))


@bp.post("/sign-in")
@policy()
def sign_in() -> Response:
    """Exchange name and password for a token; see ``portal.accounts.guesses`` for wrong ones."""
    form = SignInForm.received()
    with guesses.counted(form.value("login_name"), ratelimit.network()):
        signed_in = service.sign_in(
            form.value("login_name"), form.value("password"), now=clock.now()
        )
    db.session.commit()
    return jsonify(
        token=signed_in.token,
        home=signed_in.home,
        name=signed_in.name,
        pending=signed_in.pending,
    )


@bp.post("/sign-out")
@policy(*EVERYBODY, pending=(Pending.RESTRICTED,))
def sign_out() -> tuple[str, int]:
    """End the caller's token; its sockets close within two seconds."""
    tokens.end(current_user.token_id, now=clock.now())
    db.session.commit()
    return "", 204


@bp.get("/sessions")
@policy(*ACCOUNTS, page=True)
def sessions() -> str:
    """List the caller's own sessions."""
    return render_template("accounts/sessions.html", sessions=own_sessions())


@bp.post("/sessions/<session_id>/end")
@policy(*ACCOUNTS)
def end_session(session_id: str) -> str:
    """End one of the caller's sessions and return the list."""
    tokens.end_own(current_user, session_id, now=clock.now())
    db.session.commit()
    return render_template("accounts/_sessions.html", sessions=own_sessions())


@bp.post("/tickets")
@policy(*EVERYBODY, pending=(Pending.RESTRICTED,))
def ticket() -> Response:
    """Return the address of one download with a single-use key in place of the token."""
    form = TicketForm.received()
    key = tokens.make_ticket(current_user, form.value("path"), now=clock.now())
    db.session.commit()
    return jsonify(url=f"{form.path.data}?ticket={key}")


def own_sessions() -> list[dict[str, object]]:
    """Return the caller's sessions as pages show them."""
    return [_session(row) for row in tokens.own_sessions(current_user, now=clock.now())]


def _session(row: Token) -> dict[str, object]:
    return {
        "id": row.id,
        "created_at": row.created_at,
        "last_seen_at": row.last_seen_at,
        "here": row.id == current_user.token_id,
    }
