"""Writes judged rows as accounts, a thousand at a time, and takes them back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select

from portal.accounts import search, states
from portal.accounts.models import Account, Credential, Department
from portal.extensions import db
from portal.permissions import Role
from portal.projectadmin.listing import departments
from portal.projectadmin.service import keep_administrator
from portal.tenants.scope import current_tenant, new_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from portal.projectadmin.judging import Verdict

AT_ONCE = 1_000
TEXTS = (
    "title",
    "first_name",
    "last_name",
    "gender",
    "email",
    "physician_number",
    "phone",
    "mobile",
    "fax",
    "address",
    "website",
)


def write(verdict: Verdict, *, now: datetime) -> dict[str, Any]:
    """Write a verdict without faults; return what undoing it needs. Nothing is committed here."""
    named = _named(
        [each.get("department", "") for each in verdict.fresh]
        + [values.get("department", "") for _id, values, _line, _name in verdict.changed]
    )
    created = _insert(verdict.fresh, named, now)
    before = _change(verdict, named, now)
    return {"created": created, "changed": before}


def _named(names: Iterable[str]) -> dict[str, str]:
    """Return ids of departments by name, made where there is none yet."""
    ids = {name: department_id for department_id, name in departments().items()}
    for name in dict.fromkeys(filter(None, names)):
        if name not in ids:
            row = Department(name=name)
            db.session.add(row)
            db.session.flush()
            ids[name] = row.id
    return ids


def _insert(rows: Sequence[dict[str, str]], named: dict[str, str], now: datetime) -> list[str]:
    organisation_id, created = current_tenant(), []
    # Every column that the model would fill in is given, as nothing here passes the ORM.
    same = {
        "organisation_id": organisation_id,
        "state": states.APPLIED,
        "state_since": now,
        "suspended_from": "",
        "rejection": "",
        "chime": True,
        "created_at": now,
    }
    for part in _parts(rows):
        accounts, words = [], []
        for row in part:
            account_id = new_id()
            texts = {name: row.get(name, "") for name in TEXTS}
            department_id = named.get(row.get("department", ""))
            role = row.get("role") or Role.DOCTOR.value
            accounts.append(
                {**same, **texts, "id": account_id, "role": role, "department_id": department_id}
            )
            words += search.rows_for(organisation_id, account_id, texts)
            created.append(account_id)
        db.session.execute(insert(Account), accounts)
        search.write(db.session, words)
    return created


def _change(
    verdict: Verdict, named: dict[str, str], now: datetime
) -> dict[str, dict[str, tuple[Any, Any]]]:
    """Change accounts; return, by id and field, what was there before and what is there now."""
    before: dict[str, dict[str, tuple[Any, Any]]] = {}
    for part in _parts(verdict.changed):
        values_of = {account_id: values for account_id, values, _line, _name in part}
        # Data that may only be kept (Art. 18 GDPR) are changed by no file either.
        found = select(Account).where(Account.id.in_(values_of), Account.restricted_at.is_(None))
        for account in db.session.scalars(found).all():
            noted = before.setdefault(account.id, {})
            for name, value in values_of[account.id].items():
                column = "department_id" if name == "department" else name
                new = named[value] if name == "department" else value
                noted[column] = (getattr(account, column), new)
                setattr(account, column, new)
        db.session.flush()
    doubted = [account_id for account_id, noted in before.items() if "physician_number" in noted]
    for some in _parts(doubted):
        states.correct(some, now=now)
        states.doubt(some, now=now)
    return before


def _parts(rows: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(rows), AT_ONCE):
        yield rows[start : start + AT_ONCE]


def take_back(undo: dict[str, Any], *, now: datetime) -> int:
    """Undo an import; return how many of its accounts are suspended instead of deleted.

    An account that somebody has signed in to is suspended: its rooms, codes and log stay true.
    What was changed again since the import stays as it is, and whose data may only be kept.
    """
    kept = 0
    for part in _parts(undo.get("created", [])):
        used = set(db.session.scalars(_with_password(part)))
        fresh = [account_id for account_id in part if account_id not in used]
        gone = delete(Account).where(
            Account.organisation_id == current_tenant(), Account.id.in_(fresh)
        )
        db.session.execute(gone.execution_options(synchronize_session=False))
        if used:
            keep_administrator(used)
        kept += len(states.suspend(sorted(used - _restricted(used)), now=now))
    for part in _parts(list(undo.get("changed", {}))):
        found = select(Account).where(Account.id.in_(part), Account.restricted_at.is_(None))
        for account in db.session.scalars(found).all():
            for column, (old, new) in undo["changed"][account.id].items():
                if getattr(account, column) == new:
                    setattr(account, column, old)
        db.session.flush()
    return kept


def _restricted(ids: Iterable[str]) -> set[str]:
    found = select(Account.id).where(Account.id.in_(ids), Account.restricted_at.is_not(None))
    return set(db.session.scalars(found))


def _with_password(ids: Sequence[str]) -> Any:  # noqa: ANN401  a query
    return select(Credential.account_id).where(
        Credential.organisation_id == current_tenant(), Credential.account_id.in_(ids)
    )
