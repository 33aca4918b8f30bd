"""What the stories of Vinteos begin with: two practices that take part, calls, and the worker."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from flask import g
from sqlalchemy import select

from plugins.vinteos import participation
from portal import clock as the_clock
from portal import jobs
from portal.api import CallEvent
from portal.audit import AuditEntry
from portal.extensions import db
from portal.pluginhost import service as pluginhost
from portal.pluginhost import switches
from portal.tenants.scope import new_id, tenant_scope
from tests.plugins.fixtures import work

if TYPE_CHECKING:
    from tests.world import Org, World

ANSWERS = {"settled": "yes", "quality": "5", "spared": "no", "remarks": "Der Ton war leise."}
DAY = timedelta(days=1)


@pytest.fixture
def here(app, world) -> World:
    """Return the world, with doctors of both organisations taking part."""
    for org in (world.ash, world.birch):
        take_part(org, "doctor", "colleague")
    return world


def take_part(org: Org, *who: str) -> None:
    """Switch the plugin on in an organisation and for some of its doctors, who then agree."""
    pluginhost.approve_all(now=the_clock.now())
    db.session.commit()
    db.session.remove()
    with tenant_scope(org.id):
        pluginhost.switch_on("vinteos")
        for name in who:
            account_id = org.ids[name]
            switches.set_account("vinteos", account_id, on=True, now=the_clock.now())
            participation.agree(pluginhost.context("vinteos"), account_id)
        db.session.commit()
    db.session.remove()
    g.pop("plugin_switches", None)
    g.pop("plugin_accounts", None)


def ended(org: Org, who: str = "doctor") -> CallEvent:
    now = the_clock.now()
    return CallEvent("ended", new_id(), org.ids["room"], org.ids[who], now, now, now)


def offered(org: Org, call: CallEvent) -> list[str]:
    """Return the addresses of the steps that a doctor is offered after a call."""
    from flask import current_app

    with current_app.test_request_context(), tenant_scope(org.id):
        found = pluginhost.collect("after_call_steps", call=call, account_id=call.account_id)
        db.session.remove()
    return [step.url for step in found]


def step(org: Org, call: CallEvent) -> str:
    (url,) = offered(org, call)
    return url


def tell(app, org: Org, call: CallEvent) -> None:
    """Announce the end of a call, and let the worker hear it."""
    with tenant_scope(org.id):
        pluginhost.announce("call_event", call)
        db.session.commit()
    db.session.remove()
    work(app)
    db.session.remove()


def rows(org: Org, model: type) -> list:
    with tenant_scope(org.id):
        found = db.session.scalars(select(model)).all()
        db.session.remove()
    return found


def audited(object_id: str) -> list[tuple[str, str]]:
    """Return what the audit log says of something, and which fields it names."""
    query = select(AuditEntry.code, AuditEntry.fields).where(AuditEntry.object_id == object_id)
    found = [tuple(row) for row in db.session.execute(query.order_by(AuditEntry.number))]
    db.session.remove()
    return found


def clean(app) -> None:
    """Let the daily job run."""
    with app.app_context():
        jobs.clean(the_clock.now())
