"""Accounts: who signs in, who they are, and who may admit a guest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal import audit
from portal.accounts import agents, credentials, factors, passwords, search, sources, tokens
from portal.accounts.models import Account, Credential, Staff
from portal.accounts.tokens import Owner, Pending, Principal
from portal.database import glance
from portal.errors import NotFoundHereError, PortalError
from portal.extensions import db
from portal.happenings import Happened, Happening, happened
from portal.permissions import Role
from portal.tenants.models import Organisation
from portal.tenants.scope import current_tenant, tenant_scope
from portal.tenants.service import check_running

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Select


HOME = {
    Role.OPERATOR: "/operator",
    Role.SALES: "/sales",
    Role.SUPPORT: "/verification",
    Role.PROJECTADMIN: "/admin",
    Role.DOCTOR: "/desk",
    Role.ASSISTANT: "/desk",
    Role.GUEST: "/visit",
}
RIGHTS = "/rights"


SECOND_STEP = "/sign-in/second"
audit.words(
    {
        "accounts.factor.required": _l("Zweiter Faktor für alle verlangt"),
        "accounts.factor.optional": _l("Zweiter Faktor freigestellt"),
    }
)


class WrongPasswordError(PortalError):
    """The name is unknown, the password is wrong, or the account is suspended: one answer."""

    code = "wrong_password"
    status = 422
    sentence = _l("Anmeldename oder Passwort stimmen nicht.")
    cure = _l("Bitte prüfen Sie beides, auch Groß- und Kleinschreibung.")


@dataclass(frozen=True)
class SignedIn:
    """What a browser page gets when somebody signed in."""

    token: str
    role: Role
    name: str
    home: str
    pending: str = ""


def sign_in(login_name: str, password: str, *, now: datetime) -> SignedIn:
    """Return a fresh token for a login name and its password.

    Where a second factor is missing, the token opens nothing but the page that asks for it.

    :raise WrongPasswordError: either is wrong, or the account may not sign in.
    :raise ContractEndedError: the contract of the organisation is terminated.
    :raise DirectoryDecidesError: passwords open nothing in this organisation.
    """
    name = login_name.strip().lower()
    found = glance(select(Credential).where(Credential.login_name == name))
    row = found[0] if found else None
    if not passwords.verify(row.password_hash if row else None, password) or row is None:
        raise WrongPasswordError
    if row.staff_id:
        owner, full_name = _staff_owner(row.staff_id)
    else:
        with tenant_scope(row.organisation_id):
            owner, full_name = _account_owner(row.account_id)
    pending = _missing(row.id, owner)
    if pending:
        token = tokens.issue(owner, now=now, pending=pending)
        return SignedIn(token, owner.role, full_name, SECOND_STEP, pending)
    return _enter(owner, full_name, now)


def complete(unfinished: Principal, *, now: datetime) -> SignedIn:
    """Exchange a sign-in whose second step was taken for a token that opens the portal.

    :raise WrongPasswordError: the account was suspended meanwhile.
    """
    tokens.end(unfinished.token_id, now=now)
    if unfinished.organisation_id is None:
        return _enter(*_staff_owner(unfinished.subject_id), now)
    with tenant_scope(unfinished.organisation_id):
        owner, full_name = _account_owner(unfinished.subject_id)
    return _enter(owner, full_name, now)


def _missing(credential_id: str, owner: Owner) -> str:
    """Return what is missing after the right password."""
    if factors.confirmed(credential_id):
        return Pending.FACTOR
    return Pending.ENROL if requires_factor(owner.organisation_id) else ""


def requires_factor(organisation_id: str | None) -> bool:
    """Tell whether everybody of an organisation needs a second factor; staff may choose."""
    if organisation_id is None:
        return False
    organisation = db.session.get(Organisation, organisation_id)
    return organisation is not None and organisation.factor_required


def require_factor(organisation_id: str, *, on: bool, now: datetime) -> None:
    """Ask everybody of an organisation for a second factor from their next sign-in on, or not."""
    db.session.get_one(Organisation, organisation_id).factor_required = on
    code = "accounts.factor.required" if on else "accounts.factor.optional"
    audit.record(code, "organisation", organisation_id, now=now, organisation_id=organisation_id)


def reset_factors(account: Account, *, now: datetime) -> None:
    """Take all second factors of an account away and end its sessions; for a lost telephone.

    Where the organisation requires one, the next sign-in asks for a new one.
    """
    credential = credentials.of(account)
    if credential is not None:
        factors.remove_all(credential.id, now=now)
    tokens.end_all(account.organisation_id, account.id, now=now)


def _enter(owner: Owner, full_name: str, now: datetime) -> SignedIn:
    if owner.organisation_id is not None:
        with tenant_scope(owner.organisation_id):
            account = get_account(owner.subject_id)
            if account.restricted_at is not None:
                token = tokens.issue(owner, now=now, pending=Pending.RESTRICTED)
                return SignedIn(token, owner.role, full_name, RIGHTS)
            account.last_sign_in_on = now.date()
            db.session.flush()
        happened(
            Happened(
                Happening.SIGN_IN,
                now,
                owner.organisation_id,
                who=owner.subject_id,
                facts=agents.facts(owner.role),
            )
        )
    token = tokens.issue(owner, now=now)
    return SignedIn(token, owner.role, full_name, HOME[owner.role])


def _staff_owner(staff_id: str) -> tuple[Owner, str]:
    staff = db.session.get(Staff, staff_id)
    if staff is None or staff.state != "active":
        raise WrongPasswordError
    owner = Owner(Role(staff.role), staff.id, provider_company_id=staff.provider_company_id)
    return owner, staff.full_name


def _account_owner(account_id: str) -> tuple[Owner, str]:
    account = get_account(account_id)
    if account.state == "suspended":
        raise WrongPasswordError
    check_running(account.organisation_id)
    sources.check_portal(account.organisation_id)
    owner = Owner(Role(account.role), account.id, organisation_id=account.organisation_id)
    return owner, account.full_name


def get_account(account_id: str) -> Account:
    """Return an account of the current organisation.

    :raise NotFoundHereError: it does not exist, or is another organisation's.
    """
    account = db.session.get(Account, (current_tenant(), account_id))
    if account is None:
        raise NotFoundHereError
    return account


def account_query(q: str) -> Select[Account]:
    """Return the query of the organisation's accounts that match a text, by name."""
    return search.found(select(Account), q, search.BY_NAME)


def may_admit(account: Account) -> bool:
    """Tell whether an account may enter media: a doctor whose identity staff have verified.

    One whose data are restricted may not (Art. 18 GDPR).
    """
    is_verified = account.role == Role.DOCTOR and account.state == "active"
    return is_verified and account.restricted_at is None


def display_name(principal: Principal) -> str:
    """Return the name that the menu shows; empty for guests, who have no menu."""
    if principal.role is Role.GUEST:
        return ""
    if principal.is_staff:
        staff = db.session.get(Staff, principal.subject_id)
        return staff.full_name if staff else ""
    return get_account(principal.subject_id).full_name


def organisation_name(principal: Principal) -> str:
    """Return the name of the caller's organisation, or nothing for staff."""
    if principal.organisation_id is None:
        return ""
    organisation = db.session.get(Organisation, principal.organisation_id)
    return organisation.name if organisation else ""


def give_credential(owner: Account | Staff, login_name: str, password_hash: str) -> Credential:
    """Let an account or a member of staff sign in; for demo data and tests.

    People choose their own password, by a link of ``portal.accounts.links``.
    """
    row = Credential(login_name=login_name.strip().lower(), password_hash=password_hash)
    if isinstance(owner, Account):
        row.organisation_id, row.account_id = owner.organisation_id, owner.id
    else:
        row.staff_id = owner.id
    db.session.add(row)
    return row
