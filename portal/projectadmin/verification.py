"""The provider's look at who a doctor is, before anybody is admitted (TEN-4, Anlage 31b).

Support does it, not sales: whoever earns by a contract should not decide who may have one, and
support is bound by an undertaking of secrecy for its other work already. Support sees what the
decision needs and nothing else: name, number, address, e-mail, organisation, since when.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import or_, select

from portal import audit
from portal.accounts import physicians, states
from portal.accounts.models import Account
from portal.accounts.service import get_account
from portal.extensions import db
from portal.messages.service import queue_mail
from portal.permissions import Role
from portal.projectadmin.service import check_unrestricted
from portal.tenants.models import Organisation
from portal.tenants.scope import across_tenants, tenant_scope
from portal.tenants.service import get_organisation

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

PER_PAGE = 25


@dataclass(frozen=True)
class Waiting:
    """A doctor who waits to be verified."""

    organisation_id: str
    organisation: str
    id: str
    name: str
    number: str
    finding: physicians.Finding
    email: str
    address: str
    since: datetime | None


def queue(company_id: str, q: str, number: int, *, now: datetime) -> tuple[Sequence[Waiting], bool]:
    """Return one page of a company's doctors who wait, longest first, and whether more follow.

    Each organisation can read in its audit log that its doctor was looked at (TEN-8).
    """
    query = (
        select(Account, Organisation.name, Organisation.country)
        .join(Organisation, Organisation.id == Account.organisation_id)
        .where(
            Organisation.provider_company_id == company_id,
            Account.role == Role.DOCTOR,
            Account.state == states.CONFIRMED,
        )
        .order_by(Account.state_since, Account.id)
    )
    for word in q.split():
        query = query.where(
            or_(
                *(
                    column.icontains(word, autoescape=True)
                    for column in (Account.last_name, Account.first_name, Organisation.name)
                ),
                Account.physician_number.startswith(word, autoescape=True),
            )
        )
    page = query.limit(PER_PAGE + 1).offset((number - 1) * PER_PAGE)
    with across_tenants("Support looks at the doctors who wait, in its company's organisations."):
        rows = [_waiting(*row) for row in db.session.execute(page)]
    # The log has a transaction of its own, which this one must not keep waiting.
    db.session.rollback()
    for row in rows[:PER_PAGE]:
        audit.record_reading(
            "projectadmin.verification.seen",
            "account",
            row.id,
            now=now,
            organisation_id=row.organisation_id,
        )
    return rows[:PER_PAGE], len(rows) > PER_PAGE


def _waiting(account: Account, organisation: str, country: str) -> Waiting:
    return Waiting(
        organisation_id=account.organisation_id,
        organisation=organisation,
        id=account.id,
        name=account.full_name,
        number=account.physician_number,
        finding=physicians.look(account.physician_number, country),
        email=account.email,
        address=account.address,
        since=account.state_since or account.created_at,
    )


def verify(organisation_id: str, account_id: str, company_id: str, *, now: datetime) -> str:
    """Make a doctor active and tell them; return the name.

    :raise NotFoundHereError: no such doctor with this company.
    :raise WrongStateError: somebody decided already.
    """
    return _decide(organisation_id, account_id, company_id, reason="", now=now)


def reject(
    organisation_id: str, account_id: str, company_id: str, reason: str, *, now: datetime
) -> str:
    """Refuse a doctor with a reason and tell them; return the name.

    :raise NotFoundHereError: no such doctor with this company.
    :raise WrongStateError: somebody decided already.
    """
    return _decide(organisation_id, account_id, company_id, reason=reason, now=now)


def _decide(
    organisation_id: str,
    account_id: str,
    company_id: str,
    *,
    reason: str,
    now: datetime,
) -> str:
    organisation = get_organisation(organisation_id, company_id)
    with tenant_scope(organisation.id):
        account = get_account(account_id)
        check_unrestricted(account)
        moved = (
            states.reject([account_id], reason, now=now)
            if reason
            else states.verify([account_id], now=now)
        )
        if not moved:
            raise states.WrongStateError
        with force_locale(account.language):
            mail = _refusal(account.full_name, reason) if reason else _welcome(account.full_name)
        queue_mail(account.email, "verification", mail, subject_id=account.id, now=now)
        code = f"projectadmin.account.{'rejected' if reason else 'verified'}"
        audit.record(code, "account", account.id, now=now, fields=["state"])
        name = account.full_name
        db.session.flush()
    return name


def _welcome(name: str) -> tuple[str, str]:
    return _("Ihr Konto ist freigeschaltet"), _(
        "Guten Tag %(name)s,\n\nIhre Angaben sind bestätigt. Ab jetzt können Sie Gäste aus Ihrem "
        "Wartezimmer hereinbitten.\n",
        name=name,
    )


def _refusal(name: str, reason: str) -> tuple[str, str]:
    return _("Ihre Angaben konnten nicht bestätigt werden"), _(
        "Guten Tag %(name)s,\n\nIhre Angaben konnten nicht bestätigt werden: %(reason)s\n\n"
        "Bitte geben Sie Ihrer Projektadministration die richtige Nummer. Dann wird noch einmal "
        "geprüft.\n",
        name=name,
        reason=reason,
    )
