"""The list of one organisation's accounts: what it shows, and how it is searched and sorted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import request
from sqlalchemy import Select, func, select

from portal import paging
from portal.accounts import search, states
from portal.accounts.models import Account, Department
from portal.extensions import db
from portal.permissions import Role
from portal.tenants.scope import current_tenant
from portal.tenants.service import get_organisation

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

# ADM-1: what a project administrator sees of a person. A test holds this list.
PERSONAL = (
    "first_name",
    "last_name",
    "physician_number",
    "email",
    "phone",
    "mobile",
    "fax",
    "address",
    "website",
)
# ADM-6: what they see of the account.
ADMINISTRATIVE = ("id", "role", "state", "last_sign_in_on", "department_id")
ROLES = (Role.DOCTOR, Role.ASSISTANT, Role.PROJECTADMIN)
SORTS: dict[str, tuple[Any, ...]] = {
    "name": search.BY_NAME,
    "number": (Account.physician_number, Account.id),
    "email": (Account.email, Account.id),
    "state": (Account.state, *search.BY_NAME),
    "sign_in": (Account.last_sign_in_on, Account.id),
}
NO_DEPARTMENT = "none"


# What stands for the state of an account whose data may only be kept (Art. 18 GDPR).
RESTRICTED = "restricted"


@dataclass(frozen=True)
class AccountRow:
    """An account as its project administrator may see it: exactly ADM-1 and ADM-6."""

    id: str
    first_name: str
    last_name: str
    physician_number: str
    email: str
    phone: str
    mobile: str
    fax: str
    address: str
    website: str
    role: str
    state: str
    last_sign_in_on: date | None
    department_id: str | None
    department: str = ""


@dataclass(frozen=True)
class Wish:
    """How the list is asked for; each part is one of the known ones, or empty."""

    q: str = ""
    role: str = ""
    state: str = ""
    department: str = ""
    sort: str = "name"
    down: bool = False

    @property
    def filtered(self) -> bool:
        """Tell whether anything narrows the list."""
        return bool(self.q or self.role or self.state or self.department)


def wished() -> Wish:
    """Return what the address asks for; what it does not know is left out."""
    _number, q = paging.asked()
    asked = request.args
    role, state, sort = asked.get("role", ""), asked.get("state", ""), asked.get("sort", "")
    return Wish(
        q=q,
        role=role if role in ROLES else "",
        state=state if state in states.STATES else "",
        department=asked.get("department", "")[:32],
        sort=sort if sort in SORTS else "name",
        down=asked.get("down") == "1",
    )


def query(wish: Wish) -> Select[Any]:
    """Return the query of the accounts that were asked for, in their order."""
    order = SORTS[wish.sort]
    order = tuple(each.desc() for each in order) if wish.down else order
    found = search.found(select(Account), wish.q, order)
    if wish.role:
        found = found.where(Account.role == wish.role)
    if wish.state:
        found = found.where(Account.state == wish.state)
    if wish.department == NO_DEPARTMENT:
        found = found.where(Account.department_id.is_(None))
    elif wish.department:
        found = found.where(Account.department_id == wish.department)
    return found


def row(account: Account, departments: dict[str, str]) -> AccountRow:
    """Return what a project administrator may see of an account, and nothing else.

    Whatever else its state is, of one whose data may only be kept the list says that.
    """
    values = {name: getattr(account, name) for name in (*PERSONAL, *ADMINISTRATIVE)}
    if account.restricted_at is not None:
        values["state"] = RESTRICTED
    return AccountRow(**values, department=departments.get(account.department_id or "", ""))


def departments() -> dict[str, str]:
    """Return the names of the organisation's departments by id, sorted by name."""
    named = select(Department.id, Department.name).order_by(Department.name)
    return {row.id: row.name for row in db.session.execute(named)}


def department_sizes() -> Sequence[tuple[str, str, int]]:
    """Return id, name and number of accounts of each department, by name."""
    counted = (
        select(Department.id, Department.name, func.count(Account.id))
        .outerjoin(Account, Account.department_id == Department.id)
        .group_by(Department.organisation_id, Department.id, Department.name)
        .order_by(Department.name)
    )
    return [(each[0], each[1], each[2]) for each in db.session.execute(counted)]


@dataclass(frozen=True)
class Seats:
    """The seats of the contract, and how many accounts take one."""

    all: int
    used: int

    @property
    def free(self) -> int:
        """Return how many are left; never below zero."""
        return max(0, self.all - self.used)


def seats() -> Seats:
    """Return the seats of the current organisation."""
    counted = select(func.count()).select_from(Account).where(Account.state.in_(states.SEATED))
    organisation = get_organisation(current_tenant())
    return Seats(organisation.seats, db.session.scalar(counted) or 0)
