"""Delivery reports: proven to come from the provider, stored first, answered, then read.

Each provider has an address of its own in each organisation. Its last part is a secret: a keyed
hash of organisation, provider and a salt, compared in constant time. It stands in no table, so a
stolen database forges no report; a new salt makes all addresses new.
"""

from __future__ import annotations

import hmac
import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flask import current_app
from sqlalchemy import or_, select

from portal import clock, outbox
from portal.api import DeliveryReport
from portal.columns import blind_index
from portal.errors import NotFoundHereError
from portal.extensions import db
from portal.messages import rules, states
from portal.messages.models import Message
from portal.outbox import Again, Carrier, Done, Later, Letter
from portal.pluginhost import service as pluginhost
from portal.pluginhost.guard import NotAskedError, PluginFailedError
from portal.tenants.models import Organisation
from portal.tenants.scope import current_tenant, tenant_scope

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from portal.api import SmsStatus
    from portal.outbox import Parcel

logger = logging.getLogger(__name__)

HOOK = "sms_delivery_report"
MINUTE = timedelta(minutes=1)
PAUSES = (MINUTE, 5 * MINUTE, 30 * MINUTE)


def _secret(plugin: str) -> str:
    """Return the secret of a provider's address in the organisation in force."""
    return blind_index(f"{current_tenant()}\0{plugin}\0{rules.get().report_salt}", "sms-report")


def address(plugin: str) -> str:
    """Return where a provider reports to, or nothing when it reads no reports."""
    if plugin not in pluginhost.answering(HOOK):
        return ""
    base = current_app.config["BASE_URL"]
    return f"{base}/messages/reports/{current_tenant()}/{plugin}/{_secret(plugin)}"


def receive(way: tuple[str, str, str], report: dict[str, Any], *, now: datetime) -> None:
    """Store a report for the worker, and commit it.

    :param way: organisation, provider and secret, as they stand in the address.
    :raise NotFoundHereError: the secret is wrong, or the provider is not on there: the same answer.
    """
    organisation_id, plugin, secret = way
    # A token that came along has opened a session for its own organisation; it counts for nothing.
    db.session.remove()
    with tenant_scope(organisation_id):
        if db.session.get(Organisation, organisation_id) is None:
            raise NotFoundHereError
        known = hmac.compare_digest(secret.encode(), _secret(plugin).encode())
        if not known or plugin not in pluginhost.answering(HOOK):
            raise NotFoundHereError
        outbox.put(Letter("report", "delivery_report", report, plugin, plugin), now=now)
        db.session.commit()


def _read(parcel: Parcel) -> Done | Again | Later:
    """Let the provider's plugin read a report, and note what it says."""
    report = DeliveryReport(**parcel.payload)
    try:
        found = pluginhost.ask_one(HOOK, parcel.provider, report=report)
    except NotFoundHereError:  # switched off meanwhile
        return Done("dropped")
    except NotAskedError:
        return Later(15 * MINUTE)
    except PluginFailedError:
        return Again("plugin failed")
    note(parcel.provider, found, now=clock.now())
    return Done("done")


# What a plugin cannot read goes: a report may hold the number, and nobody would look at it.
CARRIER = Carrier(_read, PAUSES, repeatable=True)


def note(plugin: str, found: Iterable[SmsStatus], *, now: datetime) -> int:
    """Write down what a provider says of its messages; return how many changed.

    What it says of others' messages, of unknown ones, or too late, changes nothing.
    """
    changed = 0
    for each in found:
        message_id = _about(plugin, each.reference)
        if message_id is None:
            logger.info("a report of %s names no message of this organisation", plugin)
        elif states.move(message_id, each.state, now=now, provider=plugin):
            changed += 1
    return changed


def is_plain(reference: str) -> bool:
    """Tell whether a reference holds what one may; a database refuses some of the rest, as NUL."""
    return reference.isascii() and reference.isprintable()


def _about(plugin: str, reference: str) -> str | None:
    """Return the message that a provider speaks of, by our reference or by its own."""
    if not reference or not is_plain(reference):
        return None
    query = select(Message.id).where(
        Message.channel == "sms",
        Message.provider.in_(["", plugin]),
        or_(
            Message.id == reference,
            (Message.provider == plugin) & (Message.provider_ref == reference),
        ),
    )
    return db.session.scalar(query.limit(1))
