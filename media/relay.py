"""Decides who receives a call's messages; who belongs to a call it asks the portal, each time."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from media.errors import EngineError
from media.messages import Message, check


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in a call; ``session`` is the page they speak from, if one is there."""

    participant: str
    name: str
    role: str
    session: str | None = None


@dataclass(frozen=True, slots=True)
class Seat:
    """One member's place in a call and who else is there."""

    me: Member
    others: tuple[Member, ...] = ()


class Membership(Protocol):
    """What the portal knows of the one who asks; ``None`` is the answer for each foreign call."""

    def seat(self, call: str) -> Seat | None:
        """Look up the asker's place."""

    def enter(self, call: str, session: str) -> Seat | None:
        """Look up the asker's place and note the page that speaks for them from now on."""

    def depart(self, call: str) -> Seat | None:
        """Give up the asker's place; ``others`` are those who remain."""

    def remove(self, call: str, participant: str) -> Seat | None:
        """Take somebody else out; the seat is theirs, and ``others`` are those who remain."""

    def hand_over(self, call: str, participant: str) -> None:
        """Let somebody else lead the call; refused by an error of the portal."""

    def end(self, call: str, reason: str) -> None:
        """End the call for all who remain."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message on its way to one participant, wherever they are connected."""

    participant: str
    message: Message


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the sender hears and what others hear."""

    answer: Message | None
    deliveries: tuple[Delivery, ...] = ()


IceFor = Callable[[str], Mapping[str, Any]]


class Relay:
    """Handles the ``call.*`` messages of one socket."""

    def __init__(self, membership: Membership, ice_for: IceFor) -> None:
        self._membership = membership
        self._ice_for = ice_for

    def handle(self, message: Message) -> Outcome:
        """Check one message, change what it asks for, and say who hears of it.

        :raise EngineError: the message is malformed, or ``not_joined``.
        """
        body = check(message).body
        match message.type:
            case "call.join":
                return self._join(message, body)
            case "call.description" | "call.candidate":
                return self._pass_on(message, body)
            case "call.leave":
                return self._leave(message, body)
            case "call.remove":
                return self._remove(message, body)
            case "call.hand_over":
                return self._hand_over(message, body)
        raise EngineError("unknown_type")

    def _join(self, message: Message, body: Mapping[str, Any]) -> Outcome:
        seat = _seated(self._membership.enter(body["call"], body["session"]))
        answer = {
            "call": body["call"],
            "participant": seat.me.participant,
            "role": seat.me.role,
            "participants": [asdict(other) for other in seat.others],
            "ice": dict(self._ice_for(seat.me.participant)),
        }
        # The member's own other pages hear it as well: the one that came first steps back.
        hearers = (*seat.others, seat.me)
        deliveries = announce_joined(body["call"], seat.me, hearers)
        return Outcome(Message(message.type, answer, message.id), deliveries)

    def _pass_on(self, message: Message, body: Mapping[str, Any]) -> Outcome:
        seat = _seated(self._membership.seat(body["call"]))
        if body["to"] not in {other.participant for other in seat.others}:
            raise EngineError("not_joined")
        passed = {key: value for key, value in body.items() if key != "to"}
        passed["from"] = seat.me.participant
        answer = Message(message.type, {}, message.id) if message.id is not None else None
        return Outcome(answer, (Delivery(body["to"], Message(message.type, passed)),))

    def _leave(self, message: Message, body: Mapping[str, Any]) -> Outcome:
        seat = _seated(self._membership.depart(body["call"]))
        deliveries = departure(self._membership, body["call"], seat)
        return Outcome(Message(message.type, {}, message.id), deliveries)

    def _remove(self, message: Message, body: Mapping[str, Any]) -> Outcome:
        self._lead(body)
        seat = _seated(self._membership.remove(body["call"], body["participant"]))
        deliveries = departure(self._membership, body["call"], seat, why="removed")
        return Outcome(Message(message.type, {}, message.id), deliveries)

    def _hand_over(self, message: Message, body: Mapping[str, Any]) -> Outcome:
        seat = self._lead(body)
        self._membership.hand_over(body["call"], body["participant"])
        deliveries = _to_all((*seat.others, seat.me), "call.host", body)
        return Outcome(Message(message.type, {}, message.id), deliveries)

    def _lead(self, body: Mapping[str, Any]) -> Seat:
        """Let only the host act on somebody else who is in the call."""
        seat = _seated(self._membership.seat(body["call"]))
        if seat.me.role != "host":
            raise EngineError("not_host")
        if body["participant"] not in {other.participant for other in seat.others}:
            raise EngineError("not_joined")
        return seat


def end_reason(seat: Seat) -> str | None:
    """Say why a call ends when this member leaves it, or ``None`` when it goes on."""
    if seat.me.role == "host":
        return "host_left"
    return "alone" if len(seat.others) <= 1 else None


def announce_joined(call: str, member: Member, hearers: Iterable[Member]) -> tuple[Delivery, ...]:
    """Tell the hearers that a member has come, or has come back."""
    return _to_all(hearers, "call.joined", {"call": call, "participant": asdict(member)})


def departure(
    membership: Membership, call: str, seat: Seat, *, why: str = "ended"
) -> tuple[Delivery, ...]:
    """Tell of somebody whose place was given up, and end the call if it does not go on.

    :param why: what the one who went hears on every page: ``ended`` or ``removed``.
    """
    deliveries = announce_left(call, seat, "removed" if why == "removed" else "left")
    reason = end_reason(seat)
    if reason is not None:
        membership.end(call, reason)
        deliveries += announce_ended(call, reason, seat.others)
    return deliveries + announce_ended(call, why, (seat.me,))


def announce_left(call: str, seat: Seat, reason: str) -> tuple[Delivery, ...]:
    """Tell those who remain that somebody went."""
    body = {"call": call, "participant": seat.me.participant, "reason": reason}
    return _to_all(seat.others, "call.left", body)


def announce_ended(call: str, reason: str, hearers: Iterable[Member]) -> tuple[Delivery, ...]:
    """Tell the hearers that the call is over."""
    return _to_all(hearers, "call.ended", {"call": call, "reason": reason})


def _to_all(hearers: Iterable[Member], kind: str, body: Mapping[str, Any]) -> tuple[Delivery, ...]:
    return tuple(Delivery(hearer.participant, Message(kind, body)) for hearer in hearers)


def _seated(seat: Seat | None) -> Seat:
    """Refuse a foreign call and an unknown one with the same bytes."""
    if seat is None:
        raise EngineError("not_joined")
    return seat
