"""The worker: carries out what is in the outbox, and deletes once a day what is past its date.

huey runs the work, in processes, because only a process can be made to stop in the middle of a
call that hangs. Its queue is a wake-up and nothing more: rows are the truth, and a sweep each
minute finds those whose wake-up was lost or whose worker died.
"""

from __future__ import annotations

import fcntl
import logging
import os
import time
from typing import TYPE_CHECKING, Any

from huey import SqliteHuey, crontab
from huey.consumer import Consumer, Scheduler, Worker

from portal import clock, erasures, outbox
from portal.calls import files, rings
from portal.calls import service as calls
from portal.extensions import db
from portal.messages import polling, reports, sending
from portal.operations import demo_box
from portal.pluginhost import jobs, switches
from portal.pluginhost import service as pluginhost
from portal.privacy import deletion, marketing
from portal.profiles import contacts
from portal.projectadmin import importing
from portal.rights import answering
from portal.sales import termination
from portal.statistics import sums
from portal.tenants.scope import tenant_scope
from portal.waitingroom import guests

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from email.message import EmailMessage

    from flask import Flask

    from portal.outbox import Carrier

logger = logging.getLogger(__name__)

# Two for messages, and one more for the jobs of plugins.
PROCESSES = 3
# Ten seconds to connect and twenty for the answer, and something for the database around it.
TASK_SECONDS = 60
CLEAN_SECONDS = 1800
# Under supervision nobody waits longer than eight seconds for a process to end.
STOP_SECONDS = 6
# Waking must never hold a web process up, as its other requests would wait with it.
WAKE_LOCK_SECONDS = 0.2
WORK_LOCK_SECONDS = 5
# What must be so before anything is deleted by its date, and what has no date in a column.
BEFORE: tuple[Callable[[datetime], int], ...] = (
    answering.remind,
    calls.close_abandoned,
    rings.close_abandoned,
    contacts.forget,
    termination.forget,
    guests.release_consents,
    marketing.release_consents,
    erasures.forget,
    sums.add_up,
)


def install(app: Flask) -> None:
    """Let each commit that puts something into the outbox wake the worker."""
    queues: list[SqliteHuey] = []

    def wake(organisation_id: str, row_id: str) -> None:
        if not queues:
            queues.append(make_queue(app, WAKE_LOCK_SECONDS))
        queues[0].wake(organisation_id, row_id)

    app.extensions["portal_wake"] = wake


class Queue(SqliteHuey):  # type: ignore[misc]
    """The queue of one application: its tasks, each with a hard limit of time."""

    def __init__(self, app: Flask, lock_seconds: float) -> None:
        path = app.extensions["portal_config"].data / "huey.sqlite"
        # Without fsync: what a power cut takes from the queue, the next sweep finds.
        super().__init__(
            "portal", filename=str(path), results=False, timeout=lock_seconds, fsync=False
        )
        task, periodic = self.task, self.periodic_task

        @task(timeout=TASK_SECONDS)  # type: ignore[untyped-decorator]
        def carry(organisation_id: str, row_id: str) -> None:
            deliver(app, organisation_id, row_id)

        @periodic(crontab(), timeout=TASK_SECONDS)  # type: ignore[untyped-decorator]
        def look() -> None:
            sweep_boards(app)
            for organisation_id, row_id in sweep(app):
                carry(organisation_id, row_id)
            work()

        # Without a limit of its own: the guard ends each job that takes too long.
        @task()  # type: ignore[untyped-decorator]
        def work() -> None:
            work_for_plugins(app)

        @periodic(crontab(minute="17"), timeout=CLEAN_SECONDS)  # type: ignore[untyped-decorator]
        def tidy() -> None:
            with app.app_context():
                clean(clock.now())

        self.wake, self.look, self.tidy = carry, look, tidy
        self._listen(app)

    def _listen(self, app: Flask) -> None:
        """Ask providers every five minutes about messages of which no report came."""

        @self.task(timeout=TASK_SECONDS)  # type: ignore[untyped-decorator]
        def poll(organisation_id: str, provider: str) -> None:
            ask(app, organisation_id, provider)

        @self.periodic_task(crontab(minute="*/5"), timeout=TASK_SECONDS)  # type: ignore[untyped-decorator]
        def listen() -> None:
            with app.app_context():
                waiting = polling.due(clock.now())
            for organisation_id, provider in waiting:
                poll(organisation_id, provider)


def make_queue(app: Flask, lock_seconds: float) -> Queue:
    """Open the queue in the data folder."""
    app.extensions["portal_config"].data.mkdir(parents=True, exist_ok=True)
    return Queue(app, lock_seconds)


def carriers(app: Flask) -> Mapping[str, Carrier]:
    """Return who carries what; without a mail server the demo's box takes the mails."""
    config = app.extensions["portal_config"]
    post = sending.smtp(config.smtp_url) if config.smtp_url else sending.nowhere
    if config.demo and not config.smtp_url:
        post = _into_demo_box
    return {
        "sms": sending.SMS,
        "mail": sending.mail(post),
        "report": reports.CARRIER,
        "announcement": pluginhost.ANNOUNCEMENT,
        importing.OUTBOX: importing.CARRIER,
    }


def _into_demo_box(to: str, mail: EmailMessage) -> None:
    plain = mail.get_body(("plain",))
    demo_box.put("mail", to, f"{mail['Subject']}\n\n{plain.get_content() if plain else ''}")


def deliver(app: Flask, organisation_id: str, row_id: str) -> None:
    """Carry one row out, in an app context and a session of its own."""
    _one_row(app, organisation_id, row_id, outbox.deliver)


def _one_row(app: Flask, organisation_id: str, row_id: str, act: Callable[..., None]) -> None:
    with app.app_context(), tenant_scope(organisation_id):
        act(row_id, carriers(app), now=clock.now())
        pluginhost.save_counts()


def ask(app: Flask, organisation_id: str, provider: str) -> None:
    """Ask a provider about messages without news, in an app context and a session of its own."""
    with app.app_context(), tenant_scope(organisation_id):
        polling.ask(provider, now=clock.now())
        pluginhost.save_counts()


def sweep(app: Flask) -> list[tuple[str, str]]:
    """Decide about rows whose worker died, and return those that are due."""
    with app.app_context():
        found = outbox.sweep(clock.now())
    for organisation_id, row_id in found.lapsed:
        _one_row(app, organisation_id, row_id, outbox.lapse)
    return found.due


def sweep_boards(app: Flask) -> None:
    """Delete the files of boards whose call is over or whose people are gone."""
    with app.app_context():
        files.sweep(clock.now())
        db.session.commit()


def work_for_plugins(app: Flask) -> None:
    """Run the jobs of plugins that are due, one after another, unless another process does.

    So they take one process of the worker at most, and messages have the others to themselves.
    Of a job that took very long, the other organisations' turns wait for the next round.
    """
    host = app.extensions["portal_plugins"]
    if not any(plugin.jobs for plugin in host.plugins.loaded.values()):
        return
    stuck: set[tuple[str, str]] = set()
    with (app.extensions["portal_config"].data / "plugin-jobs.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return
        with app.app_context():
            turns = jobs.due(clock.now())
        for turn in turns:
            if (turn.plugin, turn.job) not in stuck and _took_long(app, turn):
                stuck.add((turn.plugin, turn.job))


def _took_long(app: Flask, turn: jobs.Turn) -> bool:
    """Run one job in an app context and a session of its own; tell whether it held others up."""
    begun = time.monotonic()
    with app.app_context():
        jobs.run(turn, now=clock.now())
        pluginhost.save_counts()
    return time.monotonic() - begun > TASK_SECONDS


def clean(now: datetime) -> None:
    """Delete what is past its date: the portal's, then each plugin's. What fails is logged."""
    from flask import current_app

    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001  needed below
    for step in (*BEFORE, deletion.run):
        with app.app_context():
            _cleaned(step, now)
    with app.app_context():
        pairs = switches.ever_switched()
    for plugin, organisation_id in pairs:
        with app.app_context(), tenant_scope(organisation_id):
            pluginhost.forget(plugin, now)


def _cleaned(step: Callable[[datetime], int], now: datetime) -> None:
    try:
        rows = step(now)
        db.session.commit()
    except Exception:
        logger.exception("cleaning failed in %s", step.__module__)
    else:
        logger.info("cleaned %s: %d", step.__module__, rows)


def run_worker(app: Flask) -> None:
    """Work until told to stop: what is under way is finished on SIGTERM, for six seconds."""
    with app.app_context():
        pluginhost.end_by_alarm()
        db.engine.dispose()  # a connection must not be shared with the processes that fork off
    queue = make_queue(app, WORK_LOCK_SECONDS)
    queue.look()
    queue.tidy()
    consumer = LeashedConsumer(
        queue,
        workers=PROCESSES,
        worker_type="process",
        initial_delay=0.05,
        max_delay=0.5,
        graceful_signal="TERM",
        shutdown_timeout=STOP_SECONDS,
    )
    consumer.run()


class _Leash:
    """Ends a process of the worker whose parent died by ``kill -9`` and could not tell it."""

    def __init__(self, *args: Any, **options: Any) -> None:  # noqa: ANN401  huey's own
        super().__init__(*args, **options)
        self._parent = os.getpid()

    def loop(self, now: Any = None) -> None:  # noqa: ANN401  huey's own
        """Do one round, unless nobody is there any more."""
        if os.getppid() != self._parent:
            raise KeyboardInterrupt
        super().loop(now)  # type: ignore[misc]


class LeashedWorker(_Leash, Worker):  # type: ignore[misc]
    """A process that works."""


class LeashedScheduler(_Leash, Scheduler):  # type: ignore[misc]
    """The process that looks at the clock."""


class LeashedConsumer(Consumer):  # type: ignore[misc]
    """The parent of both."""

    worker_class = LeashedWorker
    scheduler_class = LeashedScheduler
