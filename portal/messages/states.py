"""How far a message has come, and the one place where that changes.

Each change is one conditional statement, so that a report which comes twice, late or out of
order, or two at once, does no harm: what may not follow changes nothing.

| from | may become |
| --- | --- |
| queued | accepted, sent, delivered, failed, expired, rejected, unknown |
| accepted | sent, delivered, failed, expired, rejected, unknown |
| sent | delivered, failed, expired, rejected, unknown |
| unknown | accepted, sent, delivered, failed, expired, rejected |
| delivered, failed, expired, rejected | nothing |

A report may overtake the worker's own note that the message was taken: hence *queued* to
*delivered*. *unknown* means that nobody knows; a report that comes after all is believed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import update

from portal.api import MessageState
from portal.extensions import db
from portal.messages.models import Message
from portal.tenants.scope import current_tenant

if TYPE_CHECKING:
    from datetime import datetime

QUEUED, ACCEPTED, SENT = MessageState.QUEUED, MessageState.ACCEPTED, MessageState.SENT
DELIVERED, FAILED = MessageState.DELIVERED, MessageState.FAILED
EXPIRED, REJECTED, UNKNOWN = MessageState.EXPIRED, MessageState.REJECTED, MessageState.UNKNOWN
FINAL = frozenset({DELIVERED, FAILED, EXPIRED, REJECTED})
FOLLOWS: dict[MessageState, frozenset[MessageState]] = {
    QUEUED: frozenset({ACCEPTED, SENT, UNKNOWN}) | FINAL,
    ACCEPTED: frozenset({SENT, UNKNOWN}) | FINAL,
    SENT: frozenset({UNKNOWN}) | FINAL,
    UNKNOWN: frozenset({ACCEPTED, SENT}) | FINAL,
    **dict.fromkeys(FINAL, frozenset()),
}


def may_become(state: MessageState, to: MessageState) -> bool:
    """Tell whether one state may follow another."""
    return to in FOLLOWS[state]


def move(message_id: str, to: MessageState, *, now: datetime, **noted: Any) -> bool:  # noqa: ANN401
    """Let a message of the current organisation come to a state, if it may; tell whether it did.

    With a final state the provider's name for the message goes, and nobody asks any more.

    :param noted: further columns that are written down with the change.
    """
    before = [state for state in MessageState if may_become(state, to)]
    if to in FINAL:
        noted |= {"provider_ref": "", "next_poll_at": None}
    moved = (
        update(Message)
        .where(
            Message.organisation_id == current_tenant(),
            Message.id == message_id,
            Message.state.in_(before),
        )
        .values(state=to, changed_at=now, **noted)
        .returning(Message.id)
        .execution_options(synchronize_session=False)
    )
    return db.session.execute(moved).first() is not None
