"""Brings the jobs of plugins round: once for each organisation, in the worker, never twice at once.

When a job is due stands in a row. Whoever moves the row's time on, in one statement, runs it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from portal.extensions import db
from portal.pluginhost import switches
from portal.pluginhost.asking import in_charge, make_context
from portal.pluginhost.guard import Limit, NotAskedError, PluginFailedError
from portal.pluginhost.models import PluginJob
from portal.tenants.models import PluginSwitch
from portal.tenants.scope import across_tenants, current_tenant, tenant_scope
from portal.tenants.service import terminated

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from sqlalchemy import Update

    from portal.pluginhost.values import Job

LIMIT = Limit(slow=300, stop=300)
DONE, FAILED, RUNNING = "done", "failed", "running"


@dataclass(frozen=True)
class Turn:
    """One job of one plugin, in one organisation."""

    organisation_id: str
    plugin: str
    job: str


def due(now: datetime) -> list[Turn]:
    """Return what is to be run now; what never ran is due at once."""
    jobs = [
        (name, job.name)
        for name, plugin in in_charge().plugins.loaded.items()
        for job in plugin.jobs
    ]
    if not jobs:
        return []
    wanted = select(PluginSwitch.organisation_id, PluginSwitch.plugin).where(
        PluginSwitch.is_on,
        PluginSwitch.plugin.in_({plugin for plugin, _job in jobs}),
        PluginSwitch.organisation_id.not_in(terminated()),
    )
    waiting = select(PluginJob.organisation_id, PluginJob.plugin, PluginJob.name).where(
        PluginJob.next_at > now
    )
    with across_tenants("One look finds the jobs that are due in every organisation."):
        on = {(row.plugin, row.organisation_id) for row in db.session.execute(wanted)}
        later = {tuple(row) for row in db.session.execute(waiting)}
    found = [
        Turn(organisation_id, plugin, job)
        for plugin, job in jobs
        for on_plugin, organisation_id in sorted(on)
        if on_plugin == plugin
    ]
    return [turn for turn in found if (turn.organisation_id, turn.plugin, turn.job) not in later]


def run(turn: Turn, *, now: datetime) -> bool:
    """Run a job in its organisation, if it is due and nobody else does; tell whether it ran."""
    with tenant_scope(turn.organisation_id):
        host, job = in_charge(), _job(turn)
        switch = switches.here().get(turn.plugin, switches.NEVER_SET)
        if job is None or not switch.is_on or not _claim(turn, job.every, now):
            return False
        ctx, state = make_context(turn.plugin, switch), DONE
        ctx.session.of_job()
        try:
            host.run(f"job {job.name}", ctx, LIMIT, lambda: job.run(ctx, now))
        except (PluginFailedError, NotAskedError):
            state = FAILED
        db.session.execute(_row(turn).values(state=state))
        db.session.commit()
        return True


def _job(turn: Turn) -> Job | None:
    plugin = in_charge().plugins.loaded.get(turn.plugin)
    jobs = plugin.jobs if plugin else ()
    return next((each for each in jobs if each.name == turn.job), None)


def _row(turn: Turn) -> Update:
    return (
        update(PluginJob)
        .where(
            PluginJob.organisation_id == current_tenant(),
            PluginJob.plugin == turn.plugin,
            PluginJob.name == turn.job,
        )
        .execution_options(synchronize_session=False)
    )


def _claim(turn: Turn, every: timedelta, now: datetime) -> bool:
    """Move the time of the next run on, and commit; False when it is not due, or being run."""
    taken = {"next_at": now + every, "last_at": now, "state": RUNNING}
    mine = _row(turn).where(PluginJob.next_at <= now).values(**taken).returning(PluginJob.id)
    claimed = db.session.execute(mine).first() is not None
    if not claimed:
        try:
            with db.session.begin_nested():
                db.session.add(PluginJob(plugin=turn.plugin, name=turn.job, **taken))
            claimed = True
        except IntegrityError:  # it is there, and its time has not come
            claimed = False
    db.session.commit()
    return claimed
