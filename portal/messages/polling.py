"""Asks providers about messages of which no report came, until three days are over."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select, update

from portal.errors import NotFoundHereError
from portal.extensions import db
from portal.messages import reports, states
from portal.messages.models import Message
from portal.pluginhost import service as pluginhost
from portal.pluginhost.guard import NotAskedError, PluginFailedError
from portal.tenants.scope import across_tenants, current_tenant

if TYPE_CHECKING:
    from datetime import datetime

    from portal.api import SmsStatus

FIRST = timedelta(minutes=10)
PAUSE = timedelta(hours=1)
# Networks give a message up after two days, or three.
GIVEN_UP = timedelta(hours=72)
AT_ONCE = 50


def due(now: datetime) -> list[tuple[str, str]]:
    """Return each organisation and provider of which a message waits for news."""
    query = select(Message.organisation_id, Message.provider).where(Message.next_poll_at <= now)
    with across_tenants("One round asks the providers of every organisation."):
        return [(row[0], row[1]) for row in db.session.execute(query.distinct())]


def ask(provider: str, *, now: datetime) -> int:
    """Ask one provider of the current organisation, and commit what it says; return how many.

    What stays without news is asked about again in an hour, and is ``unknown`` after 72 hours.
    """
    rows = db.session.execute(
        select(Message.id, Message.provider_ref, Message.created_at)
        .where(Message.provider == provider, Message.next_poll_at <= now)
        .order_by(Message.next_poll_at)
        .limit(AT_ONCE)
    ).all()
    asked = [row.provider_ref for row in rows if row.provider_ref]
    # Before the question, so that a worker which dies on the way asks again only in an hour.
    _later([row.id for row in rows], now + PAUSE)
    db.session.commit()
    changed = reports.note(provider, _answers(provider, asked), now=now) if asked else 0
    for row in rows:
        if now - row.created_at >= GIVEN_UP:
            states.move(row.id, states.UNKNOWN, now=now, next_poll_at=None)
            _later([row.id], None)
    db.session.commit()
    return changed


def _answers(provider: str, references: list[str]) -> list[SmsStatus]:
    try:
        found = pluginhost.ask_one("sms_poll", provider, references=references)
    except (NotFoundHereError, NotAskedError, PluginFailedError):
        return []
    # Only what was asked about: a provider that speaks of others is not listened to.
    return [each for each in found if each.reference in references]


def _later(ids: list[str], when: datetime | None) -> None:
    mine = update(Message).where(
        Message.organisation_id == current_tenant(),
        Message.id.in_(ids),
        Message.next_poll_at.is_not(None),
    )
    db.session.execute(mine.values(next_poll_at=when).execution_options(synchronize_session=False))
