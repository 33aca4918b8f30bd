"""What a project administrator may do to the accounts of the own organisation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select, update

from portal import audit
from portal.accounts import links, search, states, tokens
from portal.accounts.models import Account, Department
from portal.accounts.service import get_account
from portal.accounts.service import reset_factors as reset_factors_of
from portal.database import changed
from portal.errors import InvalidFormError, NotFoundHereError
from portal.extensions import db
from portal.permissions import Role
from portal.projectadmin.errors import LastAdministratorError, NoSeatError, RestrictedError
from portal.projectadmin.listing import PERSONAL, seats
from portal.tenants.models import Organisation
from portal.tenants.scope import current_tenant

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from flask_babel.speaklater import LazyString

ACCOUNT = "account"
EDITABLE = (*PERSONAL, "title", "gender", "department_id")


def lock() -> Organisation:
    """Hold the organisation's row until the commit, so that two who count seats take turns."""
    held = select(Organisation).where(Organisation.id == current_tenant()).with_for_update()
    return db.session.scalars(held.execution_options(populate_existing=True)).one()


def take_seats(wanted: int) -> None:
    """Make sure that so many accounts more fit into the contract.

    :raise NoSeatError: they do not.
    """
    lock()
    free = seats().free
    if wanted > free:
        raise NoSeatError(wanted, free)


def keep_administrator(leaving: Iterable[str]) -> None:
    """Make sure that somebody is left to administer the organisation.

    :raise LastAdministratorError: the accounts that leave are the last.
    """
    lock()
    others = (
        select(func.count())
        .select_from(Account)
        .where(
            Account.role == Role.PROJECTADMIN,
            Account.state == states.ACTIVE,
            # Whoever restricted their own data reaches no page of the administration.
            Account.restricted_at.is_(None),
            Account.id.not_in(list(leaving)),
        )
    )
    if not db.session.scalar(others):
        raise LastAdministratorError


def taken(email: str, number: str) -> dict[str, bool]:
    """Tell which of an e-mail address and a number an account here has already; empty ones none."""
    found = {}
    if email:
        rows = db.session.scalars(search.with_email([email]))
        found["email"] = any(row.email.lower() == email.lower() for row in rows)
    if number:
        same = select(Account.id).where(Account.physician_number == number).limit(1)
        found["physician_number"] = db.session.scalar(same) is not None
    return found


def refuse_taken(
    values: Mapping[str, Any], words: Mapping[str, LazyString], row: Account | None = None
) -> None:
    """Refuse an e-mail address or number that another account of the organisation has.

    :param row: the account that is changed; what it has stays its own.
    :raise InvalidFormError: names the field.
    """
    email, number = str(values["email"]), str(values["physician_number"])
    if row is not None:
        email = "" if email.lower() == row.email.lower() else email
        number = "" if number == row.physician_number else number
    wrong = {name: [str(words[name])] for name, there in taken(email, number).items() if there}
    if wrong:
        raise InvalidFormError(wrong)


def create(values: Mapping[str, Any], *, now: datetime) -> Account:
    """Make an account that nobody has confirmed yet.

    :raise NoSeatError: the contract has no seat left.
    """
    take_seats(1)
    _check_department(values.get("department_id"))
    account = Account(**values, state=states.APPLIED, created_at=now, state_since=now)
    db.session.add(account)
    db.session.flush()
    audit.record("projectadmin.account.created", ACCOUNT, account.id, now=now, fields=EDITABLE)
    return account


def edit(account: Account, values: Mapping[str, Any], *, now: datetime) -> list[str]:
    """Change an account; return the names of the fields that are different now.

    Another role ends the account's sessions, as a token carries the role. Another number of a
    doctor is looked at by staff again. A confirmed e-mail address changes when the new one is
    confirmed, through a link.

    :raise RestrictedError: its data may only be kept.
    """
    check_unrestricted(account)
    changed = [name for name in values if getattr(account, name) != values[name]]
    _check_department(values.get("department_id"))
    if "role" in changed:
        _change_role(account, str(values["role"]), now)
    for name in changed:
        if name == "email" and account.email_confirmed_at is not None:
            links.change_email(account, str(values["email"]), now=now)
        elif name != "role":
            setattr(account, name, values[name])
    db.session.flush()
    if "physician_number" in changed and account.role == Role.DOCTOR:
        states.correct([account.id], now=now)
        states.doubt([account.id], now=now)
    if changed:
        audit.record("projectadmin.account.changed", ACCOUNT, account.id, now=now, fields=changed)
    return changed


def _check_department(department_id: object) -> None:
    """Refuse a department of nobody, or of another organisation.

    :raise NotFoundHereError: it is not one of this organisation's.
    """
    if department_id:
        get_department(str(department_id))


def _change_role(account: Account, role: str, now: datetime) -> None:
    if account.role == Role.PROJECTADMIN and account.state == states.ACTIVE:
        keep_administrator([account.id])
    account.role = role
    # A doctor enters calls, so nobody becomes one without being verified.
    if role == Role.DOCTOR and account.state == states.ACTIVE:
        account.state, account.state_since = states.CONFIRMED, now
    elif role != Role.DOCTOR and account.state in {states.CONFIRMED, states.REJECTED}:
        account.state, account.state_since = states.ACTIVE, now
    if role == Role.DOCTOR and account.suspended_from == states.ACTIVE:
        account.suspended_from = states.CONFIRMED
    db.session.flush()
    tokens.end_all(account.organisation_id, account.id, now=now)


def chosen(ids: Sequence[str]) -> list[Account]:
    """Return accounts of the current organisation.

    :raise NotFoundHereError: one of them does not exist, or is another organisation's.
    :raise RestrictedError: the data of one of them may only be kept.
    """
    wanted = list(dict.fromkeys(ids))
    found = select(Account).where(Account.id.in_(wanted))
    rows = db.session.scalars(found.order_by(Account.last_name, Account.first_name)).all()
    if len(rows) != len(wanted):
        raise NotFoundHereError
    for row in rows:
        check_unrestricted(row)
    return list(rows)


def check_unrestricted(row: Account) -> None:
    """Let go on with an account whose data may be used.

    :raise RestrictedError: the person wished that they are only kept (Art. 18 GDPR).
    """
    if row.restricted_at is not None:
        raise RestrictedError


def _noted(code: str, ids: Iterable[str], now: datetime, *fields: str) -> None:
    for account_id in ids:
        audit.record(f"projectadmin.account.{code}", ACCOUNT, account_id, now=now, fields=fields)


def invite(ids: Sequence[str], *, now: datetime) -> list[str]:
    """Mail the link for the first password to those who have not used one; return their ids."""
    waiting = [account for account in chosen(ids) if account.state == states.APPLIED]
    for account in waiting:
        links.invite(account, now=now)
    told = [account.id for account in waiting]
    _noted("invited", told, now)
    return told


def suspend(ids: Sequence[str], *, now: datetime) -> list[str]:
    """Take accounts out of use and end their sessions; return the ids that moved.

    :raise LastAdministratorError: nobody would be left to administer.
    """
    chosen(ids)
    keep_administrator(ids)
    moved = states.suspend(ids, now=now)
    _noted("suspended", moved, now, "state")
    return moved


def reactivate(ids: Sequence[str], *, now: datetime) -> list[str]:
    """Put suspended accounts back; return the ids that moved.

    :raise NoSeatError: the contract has too few seats.
    """
    waiting = [each.id for each in chosen(ids) if each.state == states.SUSPENDED]
    take_seats(len(waiting))
    moved = states.reactivate(waiting, now=now)
    _noted("reactivated", moved, now, "state")
    return moved


def reset_factors(ids: Sequence[str], *, now: datetime) -> list[str]:
    """Take all second factors of accounts away and end their sessions; return their ids.

    Who has a lost telephone cannot do it alone. A mail tells them, in case it was not their wish.
    """
    accounts = chosen(ids)
    for account in accounts:
        reset_factors_of(account, now=now)
        links.tell_factors_reset(account, now=now)
    done = [account.id for account in accounts]
    _noted("factors_reset", done, now)
    return done


def remove(ids: Sequence[str], *, now: datetime) -> list[str]:
    """Delete accounts with their sign-in, sessions and places in rooms; return their ids.

    :raise LastAdministratorError: nobody would be left to administer.
    """
    accounts = chosen(ids)
    keep_administrator(ids)
    for account in accounts:
        tokens.end_all(account.organisation_id, account.id, now=now)
        db.session.delete(account)
    db.session.flush()
    gone = [account.id for account in accounts]
    _noted("removed", gone, now)
    return gone


def move(ids: Sequence[str], department_id: str | None, *, now: datetime) -> list[str]:
    """Move accounts to a department, or out of any; return the ids that moved."""
    chosen(ids)
    _check_department(department_id)
    there = Account.department_id.is_not_distinct_from(department_id)
    mine = update(Account).where(
        Account.organisation_id == current_tenant(), Account.id.in_(list(ids)), ~there
    )
    moved = mine.values(department_id=department_id or None).returning(Account.id)
    found = list(db.session.scalars(moved.execution_options(synchronize_session=False)))
    db.session.expire_all()
    _noted("moved", found, now, "department_id")
    return found


def get_department(department_id: str) -> Department:
    """Return a department of the current organisation.

    :raise NotFoundHereError: it does not exist, or is another organisation's.
    """
    row = db.session.get(Department, (current_tenant(), department_id))
    if row is None:
        raise NotFoundHereError
    return row


def department_named(name: str, besides: str = "") -> Department | None:
    """Return the department of this name, in small or capital letters, other than one."""
    same = select(Department).where(
        func.lower(Department.name) == name.lower(), Department.id != besides
    )
    return db.session.scalars(same.limit(1)).first()


def save_department(department_id: str, name: str, *, now: datetime) -> Department:
    """Make a department, or give one another name."""
    row = get_department(department_id) if department_id else Department()
    row.name = name
    db.session.add(row)
    db.session.flush()
    verb = "renamed" if department_id else "created"
    code = f"projectadmin.department.{verb}"
    audit.record(code, "department", row.id, now=now, fields=["name"])
    return row


def delete_department(row: Department, *, now: datetime) -> int:
    """Delete a department; its accounts stay, without one. Return how many they were."""
    mine = update(Account).where(
        Account.organisation_id == row.organisation_id, Account.department_id == row.id
    )
    moved = db.session.execute(
        mine.values(department_id=None).execution_options(synchronize_session=False)
    )
    db.session.delete(row)
    db.session.flush()
    audit.record("projectadmin.department.deleted", "department", row.id, now=now)
    return changed(moved)


def account(account_id: str) -> Account:
    """Return an account of the current organisation.

    :raise NotFoundHereError: it does not exist, or is another organisation's.
    """
    return get_account(account_id)
