"""Who may call what: each route and each socket message declares its policy, or nothing starts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

from flask import Flask, Response, current_app, make_response, render_template, request
from flask_babel import gettext as _
from flask_login import current_user

from portal import clock
from portal.errors import (
    ForeignOriginError,
    InvalidFormError,
    NotFoundHereError,
    ProofNeededError,
    SignInRequiredError,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime
    from typing import Any

FRESH = timedelta(minutes=10)
F = TypeVar("F", bound="Callable[..., Any]")


class Role(StrEnum):
    """What somebody is. One account has one role."""

    OPERATOR = "operator"
    SALES = "sales"
    SUPPORT = "support"
    PROJECTADMIN = "projectadmin"
    DOCTOR = "doctor"
    ASSISTANT = "assistant"
    GUEST = "guest"


STAFF = frozenset({Role.OPERATOR, Role.SALES, Role.SUPPORT})
CLINIC = frozenset({Role.DOCTOR, Role.ASSISTANT})
ACCOUNTS = STAFF | CLINIC | {Role.PROJECTADMIN}
EVERYBODY = ACCOUNTS | {Role.GUEST}


@dataclass(frozen=True)
class Policy:
    """Who may call a route or send a message.

    ``roles`` empty means the public. ``page`` marks a page for people: without a token it answers
    the frame, which holds no data and fetches the page with the token. ``upload`` is how many bytes
    a request may have that brings a file; without one the limit of forms holds. ``fresh`` asks for
    a proof of who sits there that is at most ten minutes old (T24): the page asks for it in a
    dialog and then sends the request again, so nothing typed is lost. ``pending`` names the
    unfinished sign-ins that are let in as well; all others are nobody until they are finished.
    """

    roles: frozenset[Role] = frozenset()
    page: bool = False
    upload: int = 0
    fresh: bool = False
    pending: frozenset[str] = frozenset()


class UndeclaredPolicyError(RuntimeError):
    """A route has no policy, so the application does not start."""


def policy(
    *roles: Role,
    page: bool = False,
    upload: int = 0,
    fresh: bool = False,
    pending: Iterable[str] = (),
) -> Callable[[F], F]:
    """Declare who may call a view; no role means the public. See ``Policy``."""

    def declare(view: F) -> F:
        view.policy = Policy(  # type: ignore[attr-defined]
            frozenset(roles), page, upload, fresh, frozenset(pending)
        )
        return view

    return declare


def policy_of(app: Flask, endpoint: str) -> Policy | None:
    """Return the policy of an endpoint, or None when it declares none."""
    return getattr(app.view_functions[endpoint], "policy", None)


def check_declared(app: Flask) -> None:
    """Refuse to start while any route, a plugin's included, has no policy.

    :raise UndeclaredPolicyError: names the routes.
    """
    missing = sorted(
        str(rule) for rule in app.url_map.iter_rules() if policy_of(app, rule.endpoint) is None
    )
    if missing:
        message = f"No policy declared: {', '.join(missing)}. Decorate the view with @policy."
        raise UndeclaredPolicyError(message)


def install(app: Flask) -> None:
    """Ask for the policy before each request."""
    app.before_request(_enforce)


def _enforce() -> Response | None:
    if request.endpoint is None:
        return None
    declared = policy_of(current_app, request.endpoint)
    if declared is None:
        raise NotFoundHereError
    _check_origin()
    if declared.upload and current_user.is_authenticated:
        request.max_content_length = declared.upload
    _refuse_nul()
    return _ask_who(declared) if declared.roles else None


def _ask_who(declared: Policy) -> Response | None:
    """Let through whom the policy names; answer a plain navigation of others with the frame."""
    unfinished = getattr(current_user, "pending", "") in declared.pending
    if not current_user.is_authenticated and not unfinished:
        if declared.page and request.method == "GET" and "Authorization" not in request.headers:
            return make_response(render_template("frame.html"))
        raise SignInRequiredError
    if current_user.role not in declared.roles:
        raise NotFoundHereError
    if declared.fresh:
        ask_for_proof()
    return None


def ask_for_proof() -> None:
    """Ask for a fresh proof where only some of what a view does is dangerous.

    :raise ProofNeededError: the last one is more than ten minutes old.
    """
    if not is_fresh(current_user.factor_at, clock.now()):
        raise ProofNeededError


def is_fresh(factor_at: datetime | None, now: datetime) -> bool:
    """Tell whether somebody proved lately who they are, with a password or a second factor."""
    return factor_at is not None and now - factor_at < FRESH


def _check_origin() -> None:
    """Refuse what a page of another site sends; a request without Origin is no page's.

    A plain form of our own comes with ``null``, because our pages tell no address
    (Referrer-Policy); then ``Sec-Fetch-Site``, which no page can set, says whose it is.
    """
    origin = request.headers.get("Origin")
    if origin is None or request.method in {"GET", "HEAD"}:
        return
    if origin == "null" and request.headers.get("Sec-Fetch-Site") == "same-origin":
        return
    if origin not in {request.host_url.rstrip("/"), current_app.config["BASE_URL"]}:
        raise ForeignOriginError


def _refuse_nul() -> None:
    """Refuse a NUL character anywhere: nobody types it, and PostgreSQL cannot store it."""
    asked = (*(request.view_args or {}).values(), *request.args, *request.args.values())
    if any("\0" in str(value) for value in asked):
        raise NotFoundHereError
    # Other bodies are left unread: their views set limits of their own.
    is_form = request.mimetype in {"application/x-www-form-urlencoded", "multipart/form-data"}
    fields = request.form.items(multi=True) if is_form else ()
    wrong = sorted({name for name, value in fields if "\0" in name + value})
    if wrong:
        words = [_("Dieses Zeichen ist nicht erlaubt.")]
        raise InvalidFormError(dict.fromkeys(wrong, words))
