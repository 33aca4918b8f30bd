"""Every message of the engine in both directions, as a shape; SIGNALLING.md tells it in words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from media.errors import EngineError
from media.sdp import check_candidate, check_description
from media.shapes import (
    ID,
    Check,
    Optional,
    Shape,
    boolean,
    conform,
    many,
    matching,
    nullable,
    one_of,
    record,
    refuse,
    text,
)

MESSAGE_ID = matching(r"[A-Za-z0-9_.-]{1,64}", 64)
TYPE = matching(r"[a-z]{1,20}(?:\.[a-z_]{1,30})?", 51)
VERSION = matching(r"\d{1,3}\.\d{1,3}", 7)
FEATURES = many(matching(r"[a-z0-9-]{1,32}", 32), 20)
CODE = matching(r"[a-z_]{1,40}", 40)
ROLE = one_of("host", "guest", "companion", "interpreter", "colleague")
NAME = text(200)


def details(value: object, where: str) -> None:
    """Accept whatever an error adds for programs; people read its sentence."""
    if not isinstance(value, dict):
        raise refuse(where)


ICE: Check = record(
    {
        "servers": many(
            record(
                {
                    "urls": many(matching(r"(?:stuns?|turns?):[!-~]{1,300}", 306), 10),
                    "username": Optional(matching(r"[!-~]{1,200}", 200)),
                    "credential": Optional(matching(r"[!-~]{1,200}", 200)),
                }
            ),
            10,
        ),
        "relay_only": boolean,
    }
)

PARTICIPANT: Check = record(
    {"participant": ID, "name": NAME, "role": ROLE, "session": nullable(ID)}
)

FROM_BROWSER: Mapping[str, Shape] = {
    "hello": {"version": VERSION, "features": FEATURES, "session": ID},
    "call.join": {"call": ID, "session": ID},
    "call.description": {
        "call": ID,
        "to": ID,
        "session": ID,
        "to_session": Optional(ID),
        "description": check_description,
    },
    "call.candidate": {
        "call": ID,
        "to": ID,
        "session": ID,
        "to_session": Optional(ID),
        "candidate": check_candidate,
    },
    "call.leave": {"call": ID},
    "call.remove": {"call": ID, "participant": ID},
    "call.hand_over": {"call": ID, "participant": ID},
}

TO_BROWSER: Mapping[str, Shape] = {
    "call.joined": {"call": ID, "participant": PARTICIPANT},
    "call.description": {
        "call": ID,
        "from": ID,
        "session": ID,
        "to_session": Optional(ID),
        "description": check_description,
    },
    "call.candidate": {
        "call": ID,
        "from": ID,
        "session": ID,
        "to_session": Optional(ID),
        "candidate": check_candidate,
    },
    "call.left": {"call": ID, "participant": ID, "reason": one_of("left", "removed")},
    "call.host": {"call": ID, "participant": ID},
    "call.ended": {"call": ID, "reason": one_of("host_left", "alone", "ended", "removed")},
}

ANSWERS: Mapping[str, Shape] = {
    "hello": {
        "version": VERSION,
        "features": FEATURES,
        "session": ID,
        "server_time": matching(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|\+00:00)", 32),
        "ice": ICE,
    },
    "call.join": {
        "call": ID,
        "participant": ID,
        "role": ROLE,
        "participants": many(PARTICIPANT, 9),
        "ice": ICE,
    },
    "call.description": {},
    "call.candidate": {},
    "call.leave": {},
    "call.remove": {},
    "call.hand_over": {},
    "error": {"code": CODE, "message": text(500), "details": details},
}


@dataclass(frozen=True, slots=True)
class Message:
    """One message whose envelope is right; ``body`` is what stands under the type's name."""

    type: str
    body: Mapping[str, Any] = field(default_factory=dict)
    id: str | None = None


def envelope(raw: object) -> Message:
    """Read the envelope that all messages share, the portal's as well; the body is left unread.

    :raise EngineError: ``invalid_message``.
    """
    if not isinstance(raw, dict):
        raise refuse("message")
    TYPE(raw.get("type"), "type")
    kind = str(raw["type"])
    if raw.keys() - {"id", "type", kind}:
        raise refuse("message")
    if "id" in raw:
        MESSAGE_ID(raw["id"], "id")
    body = raw.get(kind)
    if not isinstance(body, dict):
        raise refuse(kind)
    return Message(kind, body, raw.get("id"))


def check(message: Message, shapes: Mapping[str, Shape] = FROM_BROWSER) -> Message:
    """Return the message when its body has the shape of its type.

    :raise EngineError: ``unknown_type``, or what is wrong with the body.
    """
    if message.type not in shapes:
        raise EngineError("unknown_type")
    conform(message.body, shapes[message.type], message.type)
    return message


def identity(raw: object) -> str | None:
    """Find the id that an error must echo, even where the rest of the message is nonsense."""
    if not isinstance(raw, dict):
        return None
    try:
        MESSAGE_ID(raw.get("id"), "id")
    except EngineError:
        return None
    return str(raw["id"])


def wire(message: Message) -> dict[str, Any]:
    """Write a message as it goes over the socket."""
    written: dict[str, Any] = {"type": message.type, message.type: dict(message.body)}
    return {"id": message.id, **written} if message.id is not None else written


def failure(error: EngineError, message_id: str | None, sentence: str | None = None) -> Message:
    """Make the one shape of an error; ``sentence`` is the translated one, if there is any."""
    body = {"code": error.code, "message": sentence or error.sentence, "details": error.details}
    return Message("error", body, message_id)
