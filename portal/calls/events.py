"""Calls on the socket: the admission, the engine's messages, and what the desk hears of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from media.relay import departure
from media.sdp import check_description
from media.shapes import ID, conform, nullable, number, one_of
from portal import clock, ratelimit
from portal.calls import direct, engine, files, report, service
from portal.calls.engine import as_member
from portal.extensions import db
from portal.permissions import Role
from portal.sockets import PRESENT, ice_servers, message, subject_room, tell
from portal.waitingroom.events import tell_room, tell_visit
from portal.waitingroom.service import visit_left, visit_put_back

if TYPE_CHECKING:
    from collections.abc import Callable

    from media.messages import Message
    from portal.sockets import Page
    from portal.waitingroom.models import Visit

ADMIT = {"visit": ID, "session": ID, "description": nullable(check_description)}
CONNECTED = {"call": ID}
# At the end of a call, and once more after each reload or lost network.
REPORTS = ratelimit.Limit("call.report", attempts=20, seconds=86_400)
USED = {"call": ID, "function": one_of(*report.FUNCTIONS)}
REPORT = {
    "call": ID,
    "media": one_of("video", "audio"),
    "path": one_of("direct", "relay"),
    "network": one_of("wifi", "cellular", "ethernet", "unknown"),
    "port": number(0, 65_535),
    "kbit": number(0, 10_000_000),
}
SPEAKERS = (Role.DOCTOR, Role.GUEST)


@message("visit.admit", Role.DOCTOR)
def admit(page: Page, received: Message) -> dict[str, Any]:
    """Let a guest in; the doctor's offer travels along, so that this is the only round trip."""
    body = conform(received.body, ADMIT, "visit.admit")
    begun = service.admit(
        body["visit"], page.principal.subject_id, body["session"], now=clock.now()
    )
    db.session.commit()
    host, guest = as_member(begun.host), as_member(begun.guest)
    tell(
        subject_room(begun.visit.id),
        "visit.admitted",
        {
            "visit": begun.visit.id,
            "call": begun.call.id,
            "participant": guest.participant,
            "role": guest.role,
            "host": _public(host),
            "description": body["description"],
            "ice": ice_servers(begun.call.organisation_id, guest.participant),
        },
    )
    tell_visit(begun.visit)
    tell_room(begun.visit.room_id)
    return {
        "visit": begun.visit.id,
        "call": begun.call.id,
        "participant": host.participant,
        "role": host.role,
        "guest": _public(guest),
        "ice": ice_servers(begun.call.organisation_id, host.participant),
    }


def _public(member: Any) -> dict[str, Any]:  # noqa: ANN401  the engine's Member
    return {
        "participant": member.participant,
        "name": member.name,
        "role": member.role,
        "session": member.session,
    }


@message("visit.connected", *SPEAKERS)
def connected(page: Page, received: Message) -> dict[str, Any]:
    """Note that the first picture or sound arrived."""
    body = conform(received.body, CONNECTED, "visit.connected")
    with direct.of_call(body["call"], page.principal, page.homes):
        visit = service.connect(body["call"], page.principal.subject_id, now=clock.now())
        db.session.commit()
        if visit is not None:
            tell_visit(visit)
    return {}


@message("call.used", *SPEAKERS)
def used(page: Page, received: Message) -> dict[str, Any]:
    """Note that a function was used in a call, for the statistics; once is enough."""
    body = conform(received.body, USED, "call.used")
    with direct.of_call(body["call"], page.principal, page.homes):
        call = service.get_call(body["call"], page.principal.subject_id, for_update=True)
        report.use(call, body["function"])
        db.session.commit()
    return {}


@message("call.report", *SPEAKERS)
def reported(page: Page, received: Message) -> dict[str, Any]:
    """Keep how the connection of a call was, for the statistics (CALL-16)."""
    body = conform(received.body, REPORT, "call.report")
    with direct.of_call(body["call"], page.principal, page.homes):
        call = service.get_call(body["call"], page.principal.subject_id)
        ratelimit.spend_within(REPORTS, f"{call.id}\0{page.principal.subject_id}")
        report.connection(call, page.principal, body, now=clock.now())
        db.session.commit()
    return {}


def _engine(page: Page, received: Message) -> dict[str, Any] | None:
    """Let the engine answer, and tell the desks whose visits it changed."""
    with direct.of_call(received.body.get("call"), page.principal, page.homes):
        answer, membership = engine.handle(page, received)
        for visit in membership.changed:
            tell_visit(visit)
            tell_room(visit.room_id)
    return answer


for _kind in ("call.join", "call.description", "call.candidate", "call.leave"):
    message(_kind, *SPEAKERS)(_engine)
for _kind in ("call.remove", "call.hand_over"):
    message(_kind, Role.DOCTOR)(_engine)


def _leaves(visit: Visit, call_id: str | None) -> Callable[[], None]:
    """Take a guest out of the call from the desk, or by their leaving; return what to tell then.

    The others go on, unless only one remains.
    """
    membership = engine.RowMembership(visit.id)
    seat = membership.depart(call_id) if call_id else None
    if call_id is None or seat is None:
        return lambda: None
    deliveries = departure(membership, call_id, seat)

    def tell_all() -> None:
        engine.deliver(deliveries, membership)
        for each in membership.changed:
            tell_visit(each)

    return tell_all


@visit_put_back.connect
def _put_back(visit: Visit, *, call_id: str | None, **_: object) -> Callable[[], None]:
    return _leaves(visit, call_id)


@visit_left.connect
def _left(visit: Visit, **_: object) -> Callable[[], None]:
    return _leaves(visit, visit.call_id)


def _present(pages: list[Page]) -> None:
    """Keep the files of boards for those who are connected, and delete those of nobody."""
    now = clock.now()
    files.renew([page.principal.subject_id for page in pages], now=now)
    db.session.commit()
    files.sweep(now)
    db.session.commit()


def install() -> None:
    """Hear of pages that are connected; importing this module registered the messages."""
    PRESENT.add(_present)
