"""The audit log: who changed what and when, as names of fields and never as values (PRIV-11).

Each organisation has a chain of its own, and the portal one for what belongs to none. A row's hash
covers the hash before it and is keyed, so whoever can write to the database alone cannot forge it.
The head of a chain is locked by the first entry of a transaction until its commit; so two writers
wait for each other and never fork it, and a rollback takes its entries along.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from flask import has_request_context
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy import Index, Integer, String, delete, event, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from portal.columns import UtcDateTime, blind_index
from portal.database import TenantSession, changed, inserting, reading, writing
from portal.extensions import Model, db
from portal.tenants.scope import tenant_in_force

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from flask_babel.speaklater import LazyString
    from sqlalchemy import Executable, Row, Select

# The chain of what belongs to no organisation.
PORTAL = "portal"
SYSTEM = "system"
BEGUN, ENDED = "audit.chain.begun", "audit.chain.ended"
_CODE = re.compile(r"[a-z0-9_]+(?:\.[a-z0-9_]+)+\Z")
# A value, such as an e-mail address or a name, does not look like this.
_FIELD = re.compile(r"[a-z][a-z0-9_]{0,59}\Z")
_VERIFIED_AT_ONCE = 2_000


class AuditEntry(Model):
    """One thing that somebody did; written once, never changed."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_object", "chain", "kind", "object_id", "number"),)

    # The organisation's id, or "portal".
    chain: Mapped[str] = mapped_column(String(32), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    role: Mapped[str] = mapped_column(String(20))
    actor_id: Mapped[str | None] = mapped_column(String(32))
    code: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(40))
    object_id: Mapped[str] = mapped_column(String(64))
    # Names, separated by spaces.
    fields: Mapped[str] = mapped_column(String(2000), default="")
    hash: Mapped[str] = mapped_column(String(64))

    @property
    def organisation_id(self) -> str | None:
        """Return the organisation that it belongs to, if any."""
        return None if self.chain == PORTAL else self.chain


class AuditChain(Model):
    """The head of a chain: how many entries there are, and the hash of the last."""

    __tablename__ = "audit_chain"

    chain: Mapped[str] = mapped_column(String(32), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, default=0)
    hash: Mapped[str] = mapped_column(String(64), default="")


_ENTRY, _HEAD = (db.metadata.tables[name] for name in ("audit_entry", "audit_chain"))
_WORDS: dict[str, LazyString | str] = {
    BEGUN: _l("Protokoll begonnen"),
    ENDED: _l("Protokoll gelöscht"),
}
_FIELD_WORDS: dict[str, LazyString | str] = {}


def words(
    codes: Mapping[str, LazyString | str], fields: Mapping[str, LazyString | str] | None = None
) -> None:
    """Give codes and fields the words by which pages call them; done once, where they arise."""
    _WORDS.update(codes)
    _FIELD_WORDS.update(fields or {})


def word_for(code: str) -> str:
    """Return what a code means to a reader, or the code itself."""
    return str(_WORDS.get(code, code))


def codes_with(word: str) -> list[str]:
    """Return the codes whose words hold a text, in the language of the request."""
    return [code for code in _WORDS if word.lower() in word_for(code).lower()]


def word_for_field(name: str) -> str:
    """Return what a field is called on pages, or its name."""
    return str(_FIELD_WORDS.get(name, name))


def record(
    code: str,
    kind: str,
    object_id: str,
    *,
    now: datetime,
    fields: Iterable[str] = (),
    organisation_id: str | None = None,
) -> None:
    """Write down what the caller is doing, in the transaction that does it.

    :param code: ``room.noun.happened``: ``accounts.account.suspended``.
    :param kind: what the id names: ``account``.
    :param fields: names of the fields that changed; never a value.
    :param organisation_id: whose it is; without one the organisation in force, else the portal's.
    :raise ValueError: a code or a field does not look like a name.
    """
    chain = organisation_id or tenant_in_force() or PORTAL
    _append(db.session.execute, chain, _entry(code, kind, object_id, fields, now))


def record_reading(
    code: str, kind: str, object_id: str, *, now: datetime, organisation_id: str | None = None
) -> None:
    """Write down that somebody looked, in a transaction of its own: pages that read may not write.

    :raise ValueError: the code does not look like a name.
    """
    chain = organisation_id or tenant_in_force() or PORTAL
    with writing(), db.engine.begin() as connection:
        _append(connection.execute, chain, _entry(code, kind, object_id, (), now))


def _entry(
    code: str, kind: str, object_id: str, fields: Iterable[str], now: datetime
) -> dict[str, Any]:
    names = list(dict.fromkeys(fields))
    wrong = [name for name in names if not _FIELD.match(name)]
    if wrong or not _CODE.match(code):
        message = f"The audit log takes names only, not {(wrong or [code])[0]!r:.40}."
        raise ValueError(message)
    role, actor_id = _actor()
    return {
        "at": now.astimezone(UTC),
        "role": role,
        "actor_id": actor_id,
        "code": code,
        "kind": kind,
        "object_id": object_id,
        "fields": " ".join(names),
    }


def _actor() -> tuple[str, str | None]:
    """Return role and id of who calls; a job and a command are the system."""
    if has_request_context() and current_user and current_user.is_authenticated:
        return str(current_user.role), str(current_user.subject_id)
    return SYSTEM, None


_NEXT = update(_HEAD).values(number=_HEAD.c.number + 1).returning(_HEAD.c.number, _HEAD.c.hash)


def _append(execute: Callable[[Executable], Any], chain: str, values: dict[str, Any]) -> None:
    """Take the next number, which locks the chain until the commit, and write the entry."""
    step = _NEXT.where(_HEAD.c.chain == chain)
    head = execute(step).first()
    if head is None:
        _begin(execute, chain, values)
        head = execute(step).one()
    values = {"chain": chain, "number": head.number, **values}
    values["hash"] = _hash(head.hash, values)
    execute(insert(_ENTRY).values(**values))
    execute(update(_HEAD).where(_HEAD.c.chain == chain).values(hash=values["hash"]))


def _begin(execute: Callable[[Executable], Any], chain: str, values: dict[str, Any]) -> None:
    """Make the head of a chain; the portal's chain tells of each other one, so none can vanish."""
    row = inserting(_HEAD).values(chain=chain, number=0, hash="").on_conflict_do_nothing()
    made = execute(row.returning(_HEAD.c.chain)).first()
    if made is not None and chain != PORTAL:
        told = {"code": BEGUN, "kind": "chain", "object_id": chain, "fields": ""}
        _append(execute, PORTAL, {**values, **told})


def _hash(before: str, row: Mapping[str, Any]) -> str:
    """Return the keyed hash of a row (HMAC-SHA256, 64 hex characters)."""
    at = row["at"].astimezone(UTC).isoformat(timespec="microseconds")
    rest = [row[name] for name in ("role", "actor_id", "code", "kind", "object_id", "fields")]
    return blind_index(json.dumps([before, row["chain"], row["number"], at, *rest]), "audit")


def end_chain(organisation_id: str, *, now: datetime) -> int:
    """Delete the whole chain of an organisation whose data are erased; return how many entries."""
    gone = db.session.execute(delete(AuditEntry).where(AuditEntry.chain == organisation_id))
    there = db.session.execute(delete(AuditChain).where(AuditChain.chain == organisation_id))
    if changed(there):
        told = _entry(ENDED, "chain", organisation_id, (), now)
        _append(db.session.execute, PORTAL, told)
    return changed(gone)


def entries(organisation_id: str | None) -> Select[AuditEntry]:
    """Return the query of one organisation's entries, or of the portal's own, newest first."""
    chain = organisation_id or PORTAL
    query = select(AuditEntry).where(AuditEntry.chain == chain)
    return query.order_by(AuditEntry.number.desc())


def of_object(
    kind: str, object_id: str, *, organisation_id: str | None = None
) -> Select[AuditEntry]:
    """Return the query of what happened to one object, newest first."""
    chain = organisation_id or tenant_in_force()
    query = entries(chain)
    return query.where(AuditEntry.kind == kind, AuditEntry.object_id == object_id)


@dataclass(frozen=True)
class Verified:
    """How many entries and chains were read, and a sentence for each thing that is wrong."""

    entries: int
    chains: int
    problems: list[str]


def verify() -> Verified:
    """Read every chain from its first entry to its last, and name what does not fit."""
    with reading(), db.engine.connect() as connection:
        heads = {row.chain: row for row in connection.execute(select(_HEAD))}
        query = select(_ENTRY).order_by(_ENTRY.c.chain, _ENTRY.c.number)
        stream = connection.execution_options(yield_per=_VERIFIED_AT_ONCE).execute(query)
        check = _Check(heads)
        problems = list(check.walk(stream))
    return Verified(check.read, len(heads), problems)


class _Check:
    """Walks over all entries in order."""

    def __init__(self, heads: dict[str, Row[Any]]) -> None:
        self.read = 0
        self._heads = heads
        self._last: dict[str, tuple[int, str]] = {}
        self._alive: dict[str, bool] = {}

    def walk(self, rows: Iterable[Row[Any]]) -> Iterator[str]:
        """Yield a sentence for each thing that is wrong."""
        for row in rows:
            self.read += 1
            number, before = self._last.get(row.chain, (0, ""))
            for missing in range(number + 1, row.number):
                yield f"Entry {missing} of chain {row.chain} was removed."
            # After a gap the hash before is not known: the gap is told, the rest is still checked.
            if row.number == number + 1 and _hash(before, dict(row._mapping)) != row.hash:  # noqa: SLF001
                yield f"Entry {row.number} of chain {row.chain} was changed or moved."
            self._last[row.chain] = row.number, row.hash
            if row.chain == PORTAL and row.code in {BEGUN, ENDED}:
                self._alive[row.object_id] = row.code == BEGUN
        yield from self._ends()

    def _ends(self) -> Iterator[str]:
        for chain, head in sorted(self._heads.items()):
            number, last = self._last.pop(chain, (0, ""))
            for missing in range(number + 1, head.number + 1):
                yield f"Entry {missing} of chain {chain} was removed."
            if number > head.number or (number == head.number and last != head.hash):
                yield f"The head of chain {chain} does not fit its last entry, {number}."
        yield from (f"Chain {chain} has lost its head." for chain in sorted(self._last))
        for chain in sorted(name for name, alive in self._alive.items() if alive):
            if chain not in self._heads:
                yield f"Chain {chain} was removed as a whole."


@event.listens_for(TenantSession, "before_flush")
def _never_changed(session: TenantSession, *_: object) -> None:
    """Refuse to change or delete an entry through a session."""
    if any(isinstance(row, AuditEntry) for row in (*session.dirty, *session.deleted)):
        message = "The audit log is only ever added to."
        raise TypeError(message)
