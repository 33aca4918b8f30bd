"""What a hook is given: the plugin's own settings, secrets, rows, clock, log and way outside."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from portal import audit, clock
from portal.columns import blind_index
from portal.database import changed
from portal.extensions import db
from portal.pluginhost import levels, switches, tasks
from portal.pluginhost.grants import redacted
from portal.pluginhost.notices import notify
from portal.pluginhost.values import Person
from portal.tenants.scope import bind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime
    from logging import Logger

    from sqlalchemy import Executable, Result, ScalarResult
    from sqlalchemy.orm import Session, SessionTransaction

    from portal.pluginhost.http import Http
    from portal.pluginhost.levels import Settings


class CommitInHookError(RuntimeError):
    """A hook tried to commit; the transaction belongs to the portal."""


class FailedStatementError(RuntimeError):
    """A hook swallowed an error of the database; nothing of what it wrote can be kept."""


class PluginSession:
    """The plugin's rows in the organisation in force; the fence holds here as everywhere.

    In a hook the first use opens a savepoint, so that a hook which fails takes back what it did
    itself and nothing else. A hook that touches no row pays nothing.
    """

    def __init__(self) -> None:
        self._in_hook = False
        self._in_job = False
        self._savepoint: SessionTransaction | None = None

    def of_job(self) -> None:
        """Let a job commit in between; for the host."""
        self._in_job = True

    @contextmanager
    def hook(self) -> Iterator[None]:
        """Keep what happens inside apart, for the host; the session is this organisation's."""
        bind(db.session())
        self._in_hook = True
        try:
            yield
        except BaseException:
            self._end(keep=False)
            raise
        else:
            self._end(keep=True)
        finally:
            self._in_hook = False

    def _end(self, *, keep: bool) -> None:
        savepoint, self._savepoint = self._savepoint, None
        if savepoint is None or savepoint.session is None:  # not begun, or closed already
            return
        if keep and savepoint.is_active:
            savepoint.commit()
            return
        try:
            savepoint.rollback()
        except Exception:  # noqa: BLE001  the hook was cut in the middle of a statement
            db.session().invalidate()
        if keep:
            message = "A statement failed and the hook went on; what it wrote is taken back."
            raise FailedStatementError(message)

    @property
    def _open(self) -> Session:
        if self._in_hook and self._savepoint is None:
            self._savepoint = db.session.begin_nested()
        return db.session()

    def begin(self) -> None:
        """Let what the portal writes for a hook be taken back with it, should it fail."""
        _ = self._open

    def execute(self, statement: Executable, **options: Any) -> Result[Any]:  # noqa: ANN401  by the driver
        """Run a statement."""
        return self._open.execute(statement, **options)

    def change(self, statement: Executable) -> int:
        """Run an ``UPDATE`` or ``DELETE``, and return how many rows it found."""
        return changed(self._open.execute(statement))

    def scalar(self, statement: Executable) -> Any:  # noqa: ANN401  a column of any type
        """Return the first column of the first row."""
        return self._open.scalar(statement)

    def scalars(self, statement: Executable) -> ScalarResult[Any]:
        """Return the first column of each row."""
        return self._open.scalars(statement)

    def add(self, row: object) -> None:
        """Add a row; its organisation is filled in."""
        self._open.add(row)

    def flush(self) -> None:
        """Write what was added or changed, within the transaction."""
        self._open.flush()

    def add_once(self, row: object) -> bool:
        """Add a row, unless one like it is there; tell whether it was added.

        Two who do so in the same moment cannot both win: the table's unique key decides.
        """
        session = self._open
        try:
            with session.begin_nested():
                session.add(row)
        except IntegrityError:
            return False
        return True

    def commit(self) -> None:
        """Keep what a view of the plugin's own page did, or a job until now.

        A job that speaks with the network commits before it does: what it waits for may be slow,
        and others want to write meanwhile.

        :raise CommitInHookError: called in a hook, where the portal commits.
        """
        if self._in_hook and self._in_job:
            self._end(keep=True)
            db.session.commit()
            return
        if self._in_hook:
            message = "Do not commit in a hook; the portal does, or takes all of it back."
            raise CommitInHookError(message)
        self._open.commit()


@dataclass(frozen=True)
class PluginContext:
    """One plugin in one organisation."""

    plugin: str
    organisation_id: str
    is_on: bool
    settings: Mapping[str, Any]
    secrets: Mapping[str, str]
    session: PluginSession
    http: Http
    logger: Logger
    # The personal values that it may see.
    scopes: frozenset[str] = frozenset()
    # In the question to a provider company alone, which has no organisation.
    company_id: str = ""

    def company_settings(self) -> Settings:
        """Return what the provider company has set, for all its organisations.

        Keep its secrets with its own addresses: an organisation may have set others.
        """
        return levels.of_company(self.plugin, self.company_id or levels.company_here())

    def account_settings(self, account_id: str) -> Settings:
        """Return what a doctor or an assistant of this organisation has set for themself."""
        return levels.of_account(self.plugin, account_id)

    def people(self) -> list[Person]:
        """Return who signs in for the organisation, by name; the names need a scope."""
        account = db.metadata.tables["account"]
        columns = [account.c[name] for name in ("id", "role", "first_name", "last_name")]
        query = select(*columns).where(account.c.organisation_id == self.organisation_id)
        rows = db.session.execute(query.order_by(account.c.last_name, account.c.first_name))
        found = [Person(row[0], row[1], f"{row[2]} {row[3]}".strip()) for row in rows]
        return [redacted(person, self.scopes) for person in found]

    def now(self) -> datetime:
        """Return the time, from the clock that tests can move."""
        return clock.now()

    def notify(self, account_id: str, occasion: str, **values: object) -> None:
        """Let the portal send one of the plugin's mails to an account of this organisation.

        It goes through the outbox, in the transaction of the caller.

        :param values: fill the places of the text; none may name a person.
        :raise NotFoundHereError: there is no such account here, or no such text.
        """
        self.session.begin()
        notify(self.plugin, account_id, occasion, values)

    def enqueue(self, task: str, **values: object) -> None:
        """Leave work for the worker, which hands it to ``run_task`` after the caller's commit.

        It is a row in the transaction of the caller, so it is lost with it and never otherwise. A
        task that fails is tried again like an announcement.

        :param task: a name of the plugin's own.
        :param values: texts, numbers, and lists and objects of them; ids rather than names.
        :raise LookupError: the plugin has no hook ``run_task``.
        :raise TypeError: the values are no JSON.
        :raise ValueError: they are larger than 8 KiB.
        """
        self.session.begin()
        tasks.enqueue(self.plugin, task, values, now=clock.now())

    def members(self) -> frozenset[str]:
        """Return the ids of the accounts that it is switched on for, if it is so per account."""
        return switches.members(self.plugin)

    def audit(self, happened: str, kind: str, object_id: str, fields: Iterable[str] = ()) -> None:
        """Write into the organisation's audit log what the caller does, in this transaction.

        :param happened: ``noun.happened``; the plugin's name is put before it.
        :param fields: names of the fields that changed; never a value.
        """
        self.session.begin()
        code = f"{self.plugin}.{happened}"
        audit.record(code, kind, object_id, now=clock.now(), fields=fields)

    def sign(self, text: str) -> str:
        """Return what proves later that this plugin, in this organisation, wrote a text."""
        return blind_index(f"{self.organisation_id}\0{text}", f"plugin:{self.plugin}")
