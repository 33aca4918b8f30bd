"""Recognises the caller of each request by its token, and puts their organisation in force."""

from __future__ import annotations

from contextlib import ExitStack
from functools import cached_property
from typing import TYPE_CHECKING, Any

from flask import Flask, g, request
from flask_login import current_user

from portal import clock, database
from portal.accounts import endings, service, tokens
from portal.extensions import login_manager
from portal.permissions import Role
from portal.tenants.scope import tenant_scope
from portal.tenants.service import brand_of, support_contact_of

if TYPE_CHECKING:
    from flask import Request

    from portal.accounts.tokens import Principal
    from portal.branding import Brand

__all__ = ["endings", "install", "load"]

READING = {"GET", "HEAD", "OPTIONS"}


def load(request: Request) -> Principal | None:
    """Return whom the token in the Authorization header names; a ticket stands in for downloads."""
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and secret:
        return tokens.who(secret.strip(), now=clock.now(), unfinished=True)
    ticket = request.args.get("ticket")
    if ticket and request.method == "GET":
        return tokens.redeem_ticket(ticket, request.path, now=clock.now())
    return None


def _open() -> None:
    stack = ExitStack()
    g.scope = stack
    if request.method in READING:
        stack.enter_context(database.reading())
    organisation_id = getattr(current_user, "organisation_id", None)
    if organisation_id is not None:
        stack.enter_context(tenant_scope(organisation_id))


def _close(_error: BaseException | None) -> None:
    stack: ExitStack | None = g.pop("scope", None)
    if stack is not None:
        stack.close()


class Me:
    """The caller as pages show them; names are looked up when a page asks."""

    def __init__(self, principal: Principal) -> None:
        self.role = str(principal.role)
        self._principal = principal

    @property
    def name(self) -> str:
        """Return the full name."""
        return service.display_name(self._principal)

    @property
    def organisation_name(self) -> str:
        """Return the organisation's name."""
        return service.organisation_name(self._principal)

    @cached_property
    def brand(self) -> Brand | None:
        """Return logo and colours of the organisation."""
        own = self._principal.organisation_id
        return brand_of(own) if own else None

    @cached_property
    def support_contact(self) -> str:
        """Return whom doctors, assistants and project administrators can ask for help."""
        is_guest = self._principal.role is Role.GUEST
        own = self._principal.organisation_id
        return support_contact_of(own) if own and not is_guest else ""


def _shown() -> dict[str, Any]:
    signed_in = bool(current_user) and current_user.is_authenticated
    layout = "content.html" if "Authorization" in request.headers else "base.html"
    return {"me": Me(current_user) if signed_in else None, "layout": layout}


def install(app: Flask) -> None:
    """Serve Flask-Login from the header; no session, no remember cookie."""
    login_manager.init_app(app)
    login_manager.session_protection = None
    login_manager.request_loader(load)
    app.before_request(_open)
    app.teardown_request(_close)
    app.context_processor(_shown)
