"""The headers of every answer, the nonce of its scripts, and a session interface that refuses."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, NoReturn

from flask import Flask, Response, current_app, g, request
from flask.sessions import SessionInterface, SessionMixin

from portal.permissions import Role, policy_of

if TYPE_CHECKING:
    from flask import Request

# The steps of the guest who has no token yet; all else follows from the policy of the page.
ENTRY_PAGES = frozenset(
    {
        "waitingroom.entry",
        "waitingroom.link",
        "waitingroom.check_code",
        "easy.entry",
        "check.page",
        "check.with_code",
    }
)
SPEAKERS = frozenset({Role.DOCTOR, Role.GUEST})


class CookieError(RuntimeError):
    """Something tried to keep a session in a cookie. There are no cookies here."""


class _RefusingSession(dict[str, object], SessionMixin):
    """An empty session; each write raises."""

    modified = False
    accessed = False

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        message = "The portal sets no cookie; keep state in a row or in the page."
        raise CookieError(message)

    __setitem__ = setdefault = update = _refuse


class NoCookies(SessionInterface):
    """Open an empty session and never save one (ACC-1)."""

    def open_session(self, app: Flask, request: Request) -> _RefusingSession:
        """Return a session that raises on any write."""
        del app, request
        return _RefusingSession()

    def save_session(self, app: Flask, session: object, response: Response) -> None:
        """Save nothing."""


def csp_nonce() -> str:
    """Return the nonce of this answer's scripts (128 random bits)."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def content_security_policy(nonce: str, host: str, *, secure: bool) -> str:
    """Return the policy of a page: own scripts by nonce, own host only, Trusted Types."""
    socket = f"{'wss' if secure else 'ws'}://{host}"
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'nonce-{nonce}' 'strict-dynamic'",
            f"style-src 'self' 'nonce-{nonce}'",
            "img-src 'self' blob: data:",
            "media-src 'self' blob:",
            "font-src 'self'",
            f"connect-src 'self' {socket}",
            "worker-src 'self' blob:",
            "manifest-src 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "object-src 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types portal",
            "report-uri /csp",
        )
    )


def _may_speak() -> bool:
    """Tell whether from this page a call can be reached; content is swapped, the policy stays."""
    if request.endpoint is None:
        return False
    declared = policy_of(current_app, request.endpoint)
    return request.endpoint in ENTRY_PAGES or (
        declared is not None and not SPEAKERS.isdisjoint(declared.roles)
    )


def _permissions_policy() -> str:
    allowed = "(self)" if _may_speak() else "()"
    own = [f"{name}={allowed}" for name in ("camera", "microphone", "display-capture")]
    own += [f"{name}=(self)" for name in ("screen-wake-lock", "autoplay", "fullscreen")]
    never = ("geolocation", "usb", "serial", "hid", "payment", "midi", "gyroscope")
    return ", ".join([*own, *(f"{name}=()" for name in never)])


def add_headers(response: Response) -> Response:
    """Give an answer the headers of every answer, and take a cookie away."""
    headers = response.headers
    headers.pop("Set-Cookie", None)
    if response.mimetype == "text/html":
        headers["Content-Security-Policy"] = content_security_policy(
            csp_nonce(), request.host, secure=request.is_secure
        )
        headers["Permissions-Policy"] = _permissions_policy()
    else:
        headers.setdefault(
            "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; sandbox"
        )
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers["Cross-Origin-Embedder-Policy"] = "require-corp"
    headers["Referrer-Policy"] = "no-referrer"
    headers["X-Content-Type-Options"] = "nosniff"
    if request.is_secure:
        headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    headers.setdefault("Cache-Control", "no-store")
    headers.setdefault("Vary", "Authorization, Accept-Language, X-Portal-Language")
    return response


def install(app: Flask) -> None:
    """Give every answer its headers, errors included."""
    app.session_interface = NoCookies()
    app.after_request(add_headers)
    app.jinja_env.globals["csp_nonce"] = csp_nonce
