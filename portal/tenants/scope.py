"""The fence round each organisation's rows: no query without a tenant, none beside it.

Three parts work together. ``do_orm_execute`` narrows every ORM statement to the tenant in force;
``before_flush`` refuses rows of another one; ``before_cursor_execute`` refuses any statement,
however it was made, that names a tenant-owned table without carrying the tenant as a parameter.
The last one closes what ``with_loader_criteria`` leaves open: Core, text, bulk and refresh.
On PostgreSQL the database holds the same line by itself (``portal.tenants.rowsecurity``).
"""

from __future__ import annotations

import re
import secrets
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import ForeignKey, String, event
from sqlalchemy.orm import Mapped, mapped_column, with_loader_criteria

from portal.database import TenantSession
from portal.extensions import db
from portal.tenants import rowsecurity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Engine
    from sqlalchemy.orm import ORMExecuteState, Session

_tenant: ContextVar[str | None] = ContextVar("tenant", default=None)
_across: ContextVar[str | None] = ContextVar("across_tenants", default=None)


class NoTenantError(RuntimeError):
    """A tenant-owned table was touched without a tenant in force."""


class WrongTenantError(RuntimeError):
    """A row or a session of one tenant was used while another was in force."""


def new_id() -> str:
    """Return a public id: 128 random bits as 32 hexadecimal characters."""
    return secrets.token_hex(16)


def current_tenant() -> str:
    """Return the organisation in force.

    :raise NoTenantError: there is none.
    """
    tenant = _tenant.get()
    if tenant is None:
        message = "No organisation is in force. Open tenant_scope(organisation_id) first."
        raise NoTenantError(message)
    return tenant


def tenant_in_force() -> str | None:
    """Return the organisation in force, or None."""
    return _tenant.get()


@contextmanager
def tenant_scope(organisation_id: str) -> Iterator[None]:
    """Put one organisation in force; all queries see its rows and no others."""
    token = _tenant.set(organisation_id)
    try:
        yield
    finally:
        _tenant.reset(token)


@contextmanager
def across_tenants(reason: str) -> Iterator[None]:
    """Take the fence away, for a reason that a reader can judge. A rule test counts the uses."""
    if not reason:
        message = "across_tenants needs a reason."
        raise ValueError(message)
    token = _across.set(reason)
    try:
        yield
    finally:
        _across.reset(token)


class TenantOwned:
    """Mixin of every table whose rows belong to one organisation; it leads each of its keys."""

    organisation_id: Mapped[str] = mapped_column(
        String(32),
        ForeignKey("organisation.id"),
        primary_key=True,
        default=current_tenant,
        sort_order=-20,
    )
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id, sort_order=-19)


@event.listens_for(TenantSession, "do_orm_execute")
def _narrow(state: ORMExecuteState) -> None:
    tenant = _tenant.get()
    if tenant is None or _across.get() is not None or state.is_column_load:
        return
    _one_tenant(state.session.info, tenant)
    state.statement = state.statement.options(
        with_loader_criteria(
            TenantOwned, lambda cls: cls.organisation_id == tenant, include_aliases=True
        )
    )


@event.listens_for(TenantSession, "before_flush")
def _check_rows(session: TenantSession, *_: object) -> None:
    if _across.get() is not None:
        return
    for row in (*session.new, *session.dirty, *session.deleted):
        if isinstance(row, TenantOwned):
            tenant = current_tenant()
            _one_tenant(session.info, tenant)
            if row.organisation_id is None:
                row.organisation_id = tenant
            elif row.organisation_id != tenant:
                message = f"{type(row).__name__} belongs to another organisation."
                raise WrongTenantError(message)


def bind(session: Session) -> None:
    """Let a session serve the organisation in force and no other, before its first statement."""
    tenant = _tenant.get()
    if tenant is not None:
        _one_tenant(session.info, tenant)


def _one_tenant(info: dict[Any, Any], tenant: str) -> None:
    """Bind a session to its first tenant, so that no row can travel in the identity map."""
    if info.setdefault("tenant", tenant) != tenant:
        message = "This session already serves another organisation. Open an app context first."
        raise WrongTenantError(message)


_VERB = re.compile(r"\s*(?:SELECT|INSERT|UPDATE|DELETE|WITH|REPLACE|MERGE)\b", re.IGNORECASE)
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# A parameter may be called like a table: %(call)s on PostgreSQL, :call on SQLite.
_PARAMETER = re.compile(r"%\([^)]*\)s|:[A-Za-z_][A-Za-z0-9_]*")


def tenant_tables() -> frozenset[str]:
    """Return the names of all tenant-owned tables: those with ``organisation_id`` in their key."""
    return frozenset(
        name
        for name, table in db.metadata.tables.items()
        if "organisation_id" in table.primary_key.columns
    )


@lru_cache(maxsize=4096)
def _names_tenant_table(statement: str) -> bool:
    if not _VERB.match(statement):
        return False
    words = _WORD.findall(_PARAMETER.sub(" ", statement))
    return not tenant_tables().isdisjoint(words)


def _carries(parameters: Any, tenant: str) -> bool:  # noqa: ANN401  the driver's own shapes
    if isinstance(parameters, dict):
        return tenant in parameters.values()
    if isinstance(parameters, list) and parameters and not isinstance(parameters[0], str):
        return all(_carries(row, tenant) for row in parameters)
    return tenant in parameters


def guard(engine: Engine) -> None:
    """Refuse, on this engine, each statement that walks round the fence."""
    fences_rows = engine.dialect.name == "postgresql"
    if fences_rows:
        rowsecurity.follow(engine)

    @event.listens_for(engine, "before_cursor_execute")
    def _guard(
        connection: Connection,
        _cursor: object,
        statement: str,
        parameters: Any,  # noqa: ANN401  the driver's own shapes
        *_rest: object,
    ) -> None:
        if not _names_tenant_table(statement):
            return
        across = _across.get() is not None
        if not across:
            _refuse_without_tenant(parameters)
        if fences_rows:
            rowsecurity.tell(connection, _tenant.get(), across=across)


def _refuse_without_tenant(parameters: Any) -> None:  # noqa: ANN401  as above
    if not _carries(parameters, current_tenant()):
        message = "A statement on a tenant-owned table does not carry the organisation."
        raise NoTenantError(message)
