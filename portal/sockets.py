"""One socket a page: who it is, what it may send, and how fast; every message is checked again.

The wire itself (envelope, limits, hello) is the engine's; this module adds who speaks, in which
organisation, and whom a room's handler may tell. Rooms register their messages with ``message``.
"""

from __future__ import annotations

import logging
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flask import current_app, request
from flask_babel import force_locale, gettext
from flask_socketio import ConnectionRefusedError as Refused
from flask_socketio import disconnect

from media import messages as wire
from media.connection import HELLO_WITHIN_SECONDS, Connection
from media.errors import EngineError
from media.ice import IceServers
from media.limits import MAX_MESSAGE
from portal import clock
from portal.accounts import tokens
from portal.errors import NotFoundHereError, OwnFaultError, PortalError
from portal.extensions import db, socketio
from portal.language import LANGUAGES, choose
from portal.tenants.models import Organisation
from portal.tenants.scope import tenant_scope
from portal.websocket import bounded, on_gevent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from flask import Flask

    from portal.accounts.tokens import Principal
    from portal.permissions import Role

logger = logging.getLogger(__name__)

WATCH_SECONDS = 1.0
PING_SECONDS, PONG_SECONDS = 15, 10
PRESENCE_SECONDS = 15
RECHECK_SECONDS = 60
AT_ONCE = 200
# So many refused messages in a row, and the socket is closed.
PATIENCE = 200


@dataclass(slots=True)
class Page:
    """One open socket of one browser page."""

    sid: str
    principal: Principal
    language: str
    connection: Connection = field(default_factory=Connection)
    refused: int = 0
    # Where the calls stand that this page spoke of; see ``portal.calls.direct``.
    homes: dict[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Handler:
    """What answers one type of message, and who may send it."""

    act: Callable[[Page, wire.Message], dict[str, Any] | None]
    roles: frozenset[Role]


HANDLERS: dict[str, Handler] = {}
# Asked when a page opens: which rooms' news it hears.
LISTENS: set[Callable[[Page], Iterable[str]]] = set()
# Told when pages come and go, and every few seconds about all that are there.
OPENED: set[Callable[[Page], None]] = set()
CLOSED: set[Callable[[Page], None]] = set()
PRESENT: set[Callable[[list[Page]], None]] = set()

_pages: dict[str, Page] = {}
_strangers: set[str] = set()


def message(kind: str, *roles: Role) -> Callable[[Any], Any]:
    """Register the handler of one type of message, with its policy."""

    def register(act: Callable[[Page, wire.Message], dict[str, Any] | None]) -> object:
        if not roles:
            missing = f"{kind} declares no role."
            raise ValueError(missing)
        HANDLERS[kind] = Handler(act, frozenset(roles))
        return act

    return register


def subject_room(subject_id: str) -> str:
    """Return the name under which all pages of one account or visit are reached."""
    return f"subject:{subject_id}"


def tell(room: str, kind: str, body: dict[str, Any]) -> None:
    """Send one message to all who listen to a room, in whichever process they are."""
    socketio.emit("message", {"type": kind, kind: body}, to=room)


def is_here(subject_id: str) -> bool:
    """Tell whether a page of somebody is connected to this process."""
    return any(page.principal.subject_id == subject_id for page in list(_pages.values()))


def open_pages() -> int:
    """Return how many pages are connected to this process."""
    return len(_pages)


def ice_servers(organisation_id: str | None, name: str) -> dict[str, Any]:
    """Return the ICE servers for somebody, with credentials of their own for at most two hours."""
    config = current_app.extensions["portal_config"]
    stun = [url for url in config.ice_urls if url.startswith("stun")]
    turn = [url for url in config.ice_urls if url.startswith("turn")] if config.turn_secret else []
    servers = IceServers(stun, turn, config.turn_secret.encode())
    organisation = db.session.get(Organisation, organisation_id) if organisation_id else None
    relay_only = bool(organisation and organisation.relay_only)
    return servers.offered_to(name, clock.now(), relay_only=relay_only)


def _connect(auth: object) -> None:
    """Let a page in that says who it is and comes from our own origin."""
    if not request.environ.get("HTTP_ORIGIN"):
        reason = "origin_required"
        raise Refused(reason)
    given = auth if isinstance(auth, dict) else {}
    secret = given.get("token")
    principal = tokens.who(secret, now=clock.now()) if isinstance(secret, str) else None
    if principal is None:
        reason = "sign_in_required"
        raise Refused(reason)
    wish = given.get("language")
    page = Page(request.sid, principal, wish if wish in LANGUAGES else choose())  # type: ignore[attr-defined]
    _pages[page.sid] = page
    socketio.server.enter_room(page.sid, subject_room(principal.subject_id))
    with _in_force(page):
        for listens in LISTENS:
            for room in listens(page):
                socketio.server.enter_room(page.sid, room)
    _watch_once(current_app._get_current_object())  # type: ignore[attr-defined]  # noqa: SLF001
    socketio.start_background_task(_expect_hello, page)


def _expect_hello(page: Page) -> None:
    socketio.sleep(HELLO_WITHIN_SECONDS)
    if page.connection.session is None and page.sid in _pages:
        _close(page)


def _disconnect(*_: object) -> None:
    page = _pages.pop(request.sid, None)  # type: ignore[attr-defined]
    if page is None:
        return
    # Whoever watches closes pages of several organisations, and one session serves one.
    with current_app.app_context(), _in_force(page):
        for closed in CLOSED:
            closed(page)


def _in_force(page: Page) -> ExitStack:
    stack = ExitStack()
    stack.enter_context(force_locale(page.language))
    if page.principal.organisation_id is not None:
        stack.enter_context(tenant_scope(page.principal.organisation_id))
    return stack


def _receive(raw: object) -> None:
    """Answer one message: the engine's limits first, then who speaks, then the handler."""
    page = _pages.get(request.sid)  # type: ignore[attr-defined]
    if page is None:
        disconnect()
        return
    with _in_force(page):
        try:
            answer = _answer(page, raw)
            page.refused = 0
        except EngineError as error:
            db.session.rollback()
            failed = wire.failure(error, wire.identity(raw), gettext(error.sentence))
            answer = wire.wire(failed)
            _lose_patience(page)
        except PortalError as error:
            db.session.rollback()
            answer = _told(error, raw)
        except Exception:
            logger.exception("socket message failed")
            db.session.rollback()
            answer = _told(OwnFaultError(), raw)
    if answer is not None:
        socketio.emit("message", answer, to=page.sid)


def _told(error: PortalError, raw: object) -> dict[str, Any]:
    body = {"code": error.code, "message": error.message(), "details": error.details}
    return wire.wire(wire.Message("error", body, wire.identity(raw)))


def _lose_patience(page: Page) -> None:
    page.refused += 1
    if page.refused >= PATIENCE:
        _close(page)


def _answer(page: Page, raw: object) -> dict[str, Any] | None:
    received = page.connection.read(raw)
    principal = tokens.still(page.principal.token_id, now=clock.now())
    if principal is None:
        _end(page)
        return None
    if received.type == "hello":
        return _hello(page, received)
    handler = HANDLERS.get(received.type)
    if handler is None:
        code = "unknown_type"
        raise EngineError(code)
    if principal.role not in handler.roles:
        raise NotFoundHereError
    body = handler.act(page, received)
    if received.id is None:
        return None
    return wire.wire(wire.Message(received.type, body or {}, received.id))


def _hello(page: Page, received: wire.Message) -> dict[str, Any]:
    caller = page.principal
    ice = ice_servers(caller.organisation_id, caller.subject_id)
    greeted = page.connection.greet(received, ice, clock.now())
    for opened in OPENED:
        opened(page)
    return wire.wire(greeted)


def _end(page: Page) -> None:
    """Tell a page that its session is over, and close its socket."""
    socketio.emit("message", {"type": "session.ended", "session.ended": {}}, to=page.sid)
    _close(page)


def _close(page: Page) -> None:
    socketio.server.disconnect(page.sid)


_watched: set[int] = set()


def _watch_once(app: Flask) -> None:
    """Start, once a process, the task that closes ended sessions and notes who is there."""
    if id(app) not in _watched:
        _watched.add(id(app))
        socketio.start_background_task(_watch, app)


def _watch(app: Flask) -> None:
    looked = clock.now()
    beat = 0
    while True:
        socketio.sleep(WATCH_SECONDS)
        beat += 1
        now = clock.now()
        try:
            with app.app_context():
                # A little overlap: another process may commit late.
                close_ended(tokens.ended_since(looked - timedelta(seconds=2)))
                looked = now
                if beat % PRESENCE_SECONDS == 0:
                    close_strangers()
                    present()
                if beat % RECHECK_SECONDS == 0:
                    _recheck()
        except Exception:  # the database may be away for a while; the sockets stay
            logger.exception("watching sockets failed")


def close_ended(token_ids: Iterable[str]) -> None:
    """Close the sockets of tokens that were ended."""
    ended = set(token_ids)
    for page in [page for page in _pages.values() if page.principal.token_id in ended]:
        _end(page)


def close_strangers() -> None:
    """Close connections that never said who they are, the second time they are seen."""
    server = socketio.server
    silent = {
        connection
        for connection in list(server.eio.sockets)
        if server.manager.sid_from_eio_sid(connection, "/") is None
    }
    for connection in silent & _strangers:
        server.eio.disconnect(connection)
    _strangers.clear()
    _strangers.update(silent)


def present() -> None:
    """Tell the rooms which pages are connected, so many at a time that nobody waits for it."""
    pages = list(_pages.values())
    for first in range(0, len(pages), AT_ONCE) or (0,):
        for told in PRESENT:
            told(pages[first : first + AT_ONCE])
        socketio.sleep(0)


def _recheck() -> None:
    """Close the sockets of tokens that have become idle or too old."""
    for page in list(_pages.values()):
        socketio.sleep(0)  # a thousand in a row would stop the others for a quarter of a second
        if tokens.still(page.principal.token_id, now=clock.now()) is None:
            _end(page)


def _own_origin(base_url: str) -> Callable[[str, dict[str, Any]], bool]:
    """Allow pages of the host that was asked, and of the address that the settings name."""

    def allowed(origin: str, environ: dict[str, Any]) -> bool:
        scheme = environ.get("HTTP_X_FORWARDED_PROTO", environ.get("wsgi.url_scheme", "http"))
        return origin in {f"{scheme}://{environ.get('HTTP_HOST')}", base_url}

    return allowed


def install(app: Flask) -> None:
    """Open the socket of the application: WebSocket only, own origin only, no cookie."""
    config = app.extensions["portal_config"]
    socketio.init_app(
        app,
        async_mode="gevent" if on_gevent() else "threading",
        transports=["websocket"],
        cookie=None,
        manage_session=False,
        cors_allowed_origins=_own_origin(config.base_url),
        async_handlers=False,  # in the order they were sent: a candidate follows its description
        message_queue=config.redis_url or None,
        ping_interval=PING_SECONDS,
        ping_timeout=PONG_SECONDS,
        max_http_buffer_size=MAX_MESSAGE + 1024,
    )
    driver = socketio.server.eio._async  # noqa: SLF001  the library offers no other way
    silence = PING_SECONDS + PONG_SECONDS
    driver["websocket"] = bounded(driver["websocket"], MAX_MESSAGE + 1024, silence)
    socketio.on_event("connect", _connect)
    socketio.on_event("disconnect", _disconnect)
    socketio.on_event("message", _receive)
