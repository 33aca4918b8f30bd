"""Counts of an organisation's messages by country and occasion, as its administrator sees them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import case, func, or_, select

from portal.extensions import db
from portal.messages.models import Message
from portal.messages.states import DELIVERED, FAILED, REJECTED

if TYPE_CHECKING:
    from sqlalchemy import Select

PERIOD = timedelta(days=30)


@dataclass(frozen=True)
class Count:
    """How many messages went to one country, by one way, on one occasion."""

    channel: str
    country: str
    occasion: str
    messages: int
    parts: int
    delivered: int
    refused: int


def counts(since: datetime) -> list[Count]:
    """Return the counts since a moment, the largest first."""
    total = func.count()
    query = (
        select(
            Message.channel,
            Message.country,
            Message.occasion,
            total,
            func.coalesce(func.sum(Message.parts), 0),
            func.coalesce(func.sum(case((Message.state == DELIVERED, 1), else_=0)), 0),
            func.coalesce(func.sum(case((Message.state.in_([FAILED, REJECTED]), 1), else_=0)), 0),
        )
        .where(Message.created_at >= since)
        .group_by(Message.channel, Message.country, Message.occasion)
        .order_by(total.desc(), Message.channel, Message.country, Message.occasion)
    )
    return [Count(*row) for row in db.session.execute(query)]


@dataclass(frozen=True)
class MessageRow:
    """One message in the list; of its number only what may be kept."""

    id: str
    created_at: datetime
    channel: str
    occasion: str
    country: str
    number: str
    provider: str
    state: str
    parts: int


def row_of(message: Message) -> MessageRow:
    """Return a message as the list shows it."""
    return MessageRow(**{name: getattr(message, name) for name in MessageRow.__annotations__})


def message_query(q: str, states: list[str]) -> Select[Message]:
    """Return the query of messages, the newest first.

    :param q: a piece of country, number or provider.
    :param states: the states whose words hold the text that was typed.
    """
    query = select(Message)
    if q:
        query = query.where(
            or_(
                Message.number.icontains(q, autoescape=True),
                Message.country == q.upper(),
                Message.provider.icontains(q, autoescape=True),
                Message.state.in_(states),
            )
        )
    return query.order_by(Message.created_at.desc(), Message.id.desc())
