"""What the statistics learn of a call: how long, between whom, what was used, which connection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from portal.extensions import db
from portal.happenings import Happened, Happening, happened
from portal.permissions import Role

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from portal.accounts.tokens import Principal
    from portal.calls.models import Call, CallMember

FUNCTIONS = ("chat", "screen", "whiteboard", "screenshot")
DOCTORS = ("host", "colleague")
CONNECTION = ("media", "path", "port", "kbit", "network")


def use(call: Call, function: str) -> None:
    """Note that a function was used in a call that still runs; twice is as good as once."""
    names = set(call.used.split())
    if call.ended_at is None and function not in names:
        call.used = " ".join(sorted({*names, function}))
        db.session.flush()


def ended(call: Call, were_in: Sequence[CallMember], *, now: datetime) -> None:
    """Say that a call took place; one in which nobody ever saw or heard the other did not."""
    if call.connected_at is None:
        return
    doctors = {each.subject_id: None for each in were_in if each.role in DOCTORS}
    guests = {each.subject_id for each in were_in if each.role not in DOCTORS}
    happened(
        Happened(
            Happening.CALL,
            call.connected_at,
            call.organisation_id,
            who=next(iter(doctors), ""),
            facts={
                "seconds": max(0, round((now - call.connected_at).total_seconds())),
                "guests": len(guests),
                "doctors": len(doctors),
                **dict.fromkeys(call.used.split(), True),
            },
        )
    )


def connection(call: Call, who: Principal, said: Mapping[str, Any], *, now: datetime) -> None:
    """Say how somebody's connection was, as their browser told it."""
    happened(
        Happened(
            Happening.TELEMETRY,
            now,
            call.organisation_id,
            who=who.subject_id,
            is_guest=who.role is Role.GUEST,
            facts={name: said[name] for name in CONNECTION},
        )
    )
