"""The seam to the call engine: what it may ask of the portal, and how its messages travel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from media.messages import wire
from media.relay import Delivery, Member, Relay, Seat
from portal import clock
from portal.calls import group, service
from portal.extensions import db, socketio
from portal.sockets import ice_servers, subject_room

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from media.messages import Message
    from portal.calls.models import CallMember
    from portal.sockets import Page
    from portal.waitingroom.models import Visit


class RowMembership:
    """Answers the engine from the rows of membership, anew for each message."""

    def __init__(self, subject_id: str) -> None:
        self._subject_id = subject_id
        self._subjects: dict[str, str] = {}
        # Visits that the desks are to look at again.
        self.changed: list[Visit] = []

    def seat(self, call: str) -> Seat | None:
        """Return the caller's place in a call that runs, or None; nobody's name is looked up.

        The engine asks this for each message that it passes on, and needs no name for that.
        """
        return self._place(service.seats(call), _unnamed)

    def _place(self, found: Sequence[Any], shown: Callable[[Any], Member]) -> Seat | None:
        mine = [each for each in self._note(found) if each.subject_id == self._subject_id]
        if not mine:
            return None
        others = tuple(shown(each) for each in found if each.subject_id != self._subject_id)
        return Seat(shown(mine[0]), others)

    def _note(self, found: Sequence[Any]) -> Sequence[Any]:
        self._subjects = {each.id: each.subject_id for each in found}
        return found

    def enter(self, call: str, session: str) -> Seat | None:
        """Note the page that speaks for the caller from now on, and return the place."""
        for member in service.members(call):
            if member.subject_id == self._subject_id:
                service.note_session(member, session)
                db.session.flush()
        return self._place(service.members(call), as_member)

    def depart(self, call: str) -> Seat | None:
        """Give up the caller's place."""
        return self._take_out(call, lambda member: member.subject_id == self._subject_id)

    def remove(self, call: str, participant: str) -> Seat | None:
        """Take somebody else out; the seat is theirs."""
        return self._take_out(call, lambda member: member.id == participant)

    def _take_out(self, call: str, is_meant: Callable[[CallMember], bool]) -> Seat | None:
        # Whoever was handed the call in this moment ends it by going.
        service.hold(call)
        found = self._note(service.members(call))
        meant = next((member for member in found if is_meant(member)), None)
        if meant is None:
            return None
        # Somebody's name may have been deleted during the call.
        others = tuple(_unnamed(member) for member in found if member is not meant)
        seat = Seat(_unnamed(meant), others)
        service.depart(meant, now=clock.now())
        self.changed += service.visit_of(meant)
        return seat

    def hand_over(self, call: str, participant: str) -> None:
        """Let a colleague lead the call."""
        seat = self.seat(call)
        if seat is not None:
            self.changed += group.hand_over(call, seat.me.participant, participant)

    def end(self, call: str, reason: str) -> None:
        """End the call for all who remain."""
        gone = service.end(call, reason, now=clock.now())
        known = {visit.id for visit in self.changed}
        self.changed += [visit for visit in gone if visit.id not in known]

    def subject(self, participant: str) -> str:
        """Return whose pages a participant is reached at."""
        return self._subjects[participant]


def _unnamed(seat: Any) -> Member:  # noqa: ANN401  a row of ``service.seats``, or a member
    return Member(seat.id, "", seat.role, seat.session)


def as_member(member: CallMember) -> Member:
    """Return a row of membership as the engine sees it."""
    return Member(member.id, service.name_of(member), member.role, member.session)


def handle(page: Page, message: Message) -> tuple[dict[str, Any] | None, RowMembership]:
    """Let the engine answer one message; deliver what it says after the commit."""
    membership = RowMembership(page.principal.subject_id)
    # Whoever asks gets the servers, and the privacy, of their own organisation.
    own = page.principal.organisation_id
    outcome = Relay(membership, lambda participant: ice_servers(own, participant)).handle(message)
    if db.session.registry.has():  # passing on asks without a session and changes nothing
        db.session.commit()
    deliver(outcome.deliveries, membership)
    return (dict(outcome.answer.body) if outcome.answer else None), membership


def deliver(deliveries: Iterable[Delivery], membership: RowMembership) -> None:
    """Send messages to the pages of those they are for."""
    for each in deliveries:
        room = subject_room(membership.subject(each.participant))
        socketio.emit("message", wire(each.message), to=room)
