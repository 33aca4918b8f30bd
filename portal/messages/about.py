"""What is kept of the messages about one subject, as the person they went to may read it.

The address itself is not told: who holds a code may be somebody else than its guest, and shall not
learn from it how to reach them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from portal.extensions import db
from portal.messages import words
from portal.messages.models import Message
from portal.outbox import QUEUED, Outbox

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True)
class MessageData:
    """One message, and as long as it waits, when it goes out and where to.

    :param to: country and last two digits of a number; of an address its first letter and domain.
    """

    occasion: str
    channel: str
    to: str
    state: str
    created_at: datetime
    kept_until: datetime
    goes_out_at: datetime | None = None


def of_subject(subject_id: str) -> list[MessageData]:
    """Return the messages about one subject of the current organisation, the oldest first."""
    query = select(Message).where(Message.subject_id == subject_id)
    rows = db.session.scalars(query.order_by(Message.created_at, Message.id)).all()
    waiting = {
        row.id: row
        for row in db.session.scalars(select(Outbox).where(Outbox.subject_id == subject_id))
    }
    return [_data(row, waiting.get(row.id)) for row in rows]


def _data(row: Message, waits: Outbox | None) -> MessageData:
    return MessageData(
        occasion=words.occasion(row.occasion),
        channel=words.channel(row.channel),
        to=row.number or (_shortened(waits) if waits else ""),
        state=words.state(row.state),
        created_at=row.created_at,
        kept_until=row.delete_after,
        goes_out_at=waits.next_try_at if waits and waits.state == QUEUED else None,
    )


def _shortened(waits: Outbox) -> str:
    """Return an address as its owner recognises it and nobody else can use it."""
    name, at, domain = str(json.loads(waits.payload).get("to", "")).rpartition("@")
    return f"{name[:1]}***{at}{domain}" if at else ""
