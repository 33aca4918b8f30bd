"""A whole portal in a folder of its own, for a plugin to be tried in: three practices, a worker.

Two practices, of two provider companies, have the plugin switched on; a third one has it not.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from portal import clock, create_app, jobs
from portal.accounts import tokens
from portal.accounts.models import Account, Staff
from portal.accounts.tokens import Owner
from portal.config import Config
from portal.extensions import db
from portal.kit.callers import Caller
from portal.kit.practice import Practice
from portal.operations import demo_box, demo_data
from portal.operations.database import upgrade
from portal.permissions import CLINIC, Role
from portal.pluginhost import service as pluginhost
from portal.pluginhost import switches
from portal.pluginhost.guard import Guard, PluginFailedError
from portal.tenants.models import Organisation
from portal.tenants.scope import tenant_scope

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime
    from importlib.metadata import EntryPoint
    from pathlib import Path

    from flask import Flask, Response

    from portal.operations.demo_box import DemoMessage
    from portal.pluginhost.guard import Limit, Spot

KEYS = {"trial": bytes(range(32))}
ADDRESS = "http://localhost"
WITH, ALSO_WITH, WITHOUT = demo_data.MARKT, demo_data.SEEBLICK, demo_data.KLINIKUM
REFUSED = "The portal starts without a plugin that is to be tried"


class NotLoadedError(Exception):
    """A plugin was left out at the start; the text says which, and why."""


@dataclass(frozen=True)
class Failure:
    """Something of a plugin that raised."""

    where: str
    error: BaseException


class NotingGuard(Guard):
    """Guards as ever, and keeps what was raised: in a test a failure must not pass unseen."""

    def __init__(self, folder: Path, failures: list[Failure]) -> None:
        super().__init__(folder)
        self._failures = failures

    def call(self, spot: Spot, act: Callable[[], Any], limit: Limit) -> Any:  # noqa: ANN401
        """Call a hook, and note what it raised."""
        try:
            return super().call(spot, act, limit)
        except PluginFailedError as error:
            cause = error.__cause__ or error
            self._failures.append(Failure(f"{spot.plugin}: {spot.hook}", cause))
            raise


class Trial:
    """The portal of one test run; ``begin`` takes it back to its first moment.

    :param plugins: the names of the plugins that are to be tried.
    :param found: their entry points; those of the installed distributions unless given.
    :raise NotLoadedError: one of them cannot be loaded.
    """

    def __init__(
        self, folder: Path, plugins: Sequence[str], found: Iterable[EntryPoint] | None = None
    ) -> None:
        self.plugins = tuple(plugins)
        self.failures: list[Failure] = []
        self._folder = folder
        config = Config(data=folder, base_url=ADDRESS, keys=KEYS, plugins=self.plugins, demo=True)
        self.app = create_app(config, found)
        self.app.testing = True
        self.app.register_error_handler(Exception, self._fault)
        self.host = self.app.extensions["portal_plugins"]
        if self.host.plugins.refused:
            raise NotLoadedError("; ".join(self.host.plugins.refused.values()))
        upgrade(self.app)
        self._fill()
        self.begin()

    def _fault(self, error: Exception) -> Response:
        """Keep what a view raised, and answer as the portal would."""
        from portal.errors import OwnFaultError, answer

        self.failures.append(Failure("a page", error))
        return answer(OwnFaultError())

    def _fill(self) -> None:
        with self.app.app_context():
            demo_data.fill(ADDRESS)
        for practice in (WITH, ALSO_WITH):
            with self.app.app_context():
                organisation_id = self._id(practice)
            with self.app.app_context(), tenant_scope(organisation_id):
                for plugin in self.plugins:
                    self._switch_on(plugin)
                db.session.commit()
        with self.app.app_context():
            db.engine.dispose()
        self._database.replace(self._pristine)

    def _switch_on(self, plugin: str) -> None:
        """Let sales switch a plugin on, and the project administrator for each doctor too."""
        pluginhost.switch_on(plugin)
        if pluginhost.has_accounts(plugin):
            for account_id in db.session.scalars(
                select(Account.id).where(Account.role.in_(CLINIC))
            ):
                switches.set_account(plugin, account_id, on=True, now=clock.now())

    @property
    def _database(self) -> Path:
        return self._folder / "portal.sqlite"

    @property
    def _pristine(self) -> Path:
        return self._folder / "pristine.sqlite"

    def begin(self) -> None:
        """Forget all that happened: rows, messages, counts, failures and the moved clock."""
        with self.app.app_context():
            db.engine.dispose()
        for name in ("portal.sqlite-wal", "portal.sqlite-shm", "demo-messages.jsonl"):
            (self._folder / name).unlink(missing_ok=True)
        shutil.copyfile(self._pristine, self._database)
        self.failures.clear()
        self.host.guard = NotingGuard(self._folder / "plugin-calls", self.failures)
        pluginhost.run_with(self.app, self.host)
        clock.reset()

    def end(self) -> None:
        """Close the database."""
        with self.app.app_context():
            db.engine.dispose()
        clock.reset()

    def _id(self, practice: demo_data.Practice) -> str:
        query = select(Organisation.id).where(Organisation.name == practice.name)
        return db.session.scalars(query).one()

    def _practice(self, practice: demo_data.Practice) -> Practice:
        with self.app.app_context():
            return Practice(self.app, self._id(practice), self.plugins[0] if self.plugins else "")

    @property
    def practice(self) -> Practice:
        """Return a practice where the plugin is switched on."""
        return self._practice(WITH)

    @property
    def neighbour(self) -> Practice:
        """Return another practice where it is on; of another provider company, in Austria."""
        return self._practice(ALSO_WITH)

    @property
    def without(self) -> Practice:
        """Return a hospital where it is switched off."""
        return self._practice(WITHOUT)

    @property
    def practices(self) -> tuple[Practice, Practice, Practice]:
        """Return all three."""
        return self.practice, self.neighbour, self.without

    def staff(self, role: str) -> Caller:
        """Return somebody of the operator or the provider company: operator, sales or support."""
        return staff(self.app, role)

    def nobody(self) -> Caller:
        """Return somebody who is not signed in."""
        return Caller(self.app)

    def work(self) -> None:
        """Do what the worker does in one round: what is in the outbox and due, and jobs."""
        for organisation_id, row_id in jobs.sweep(self.app):
            jobs.deliver(self.app, organisation_id, row_id)
        jobs.work_for_plugins(self.app)

    def clean(self, now: datetime | None = None) -> None:
        """Do what the worker does once a day: delete what is past its date."""
        with self.app.app_context():
            jobs.clean(now or clock.now())

    def sent(self) -> list[DemoMessage]:
        """Return the mails that have left, the newest first."""
        with self.app.app_context():
            return demo_box.newest()


def staff(app: Flask, role: str) -> Caller:
    """Sign in somebody of the staff.

    :raise LookupError: nobody of the staff has this role.
    """
    with app.app_context():
        person = db.session.scalars(select(Staff).where(Staff.role == role)).first()
        if person is None:
            message = f"{role} is no role of staff."
            raise LookupError(message)
        owner = Owner(Role(role), person.id, provider_company_id=person.provider_company_id)
        token = tokens.issue(owner, now=clock.now())
        db.session.commit()
        return Caller(app, token, role, person.id)
