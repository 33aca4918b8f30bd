"""Support's side of requests: a list by deadline, answers, a reminder before a month is over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select

from portal import audit
from portal.accounts.models import Account, Staff
from portal.errors import NotFoundHereError
from portal.extensions import db
from portal.language import written_date
from portal.messages.service import queue_mail
from portal.permissions import Role
from portal.projectadmin import service as accounts
from portal.rights import service
from portal.rights.models import RightsRequest
from portal.tenants.models import Organisation
from portal.tenants.scope import across_tenants, current_tenant, tenant_scope
from portal.tenants.service import get_organisation

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

PER_PAGE = 25
REMIND_BEFORE = timedelta(days=7)


@dataclass(frozen=True)
class Waiting:
    """A request as support sees it: what was asked, by whom, until when; nothing more of them."""

    organisation_id: str
    organisation: str
    id: str
    number: str
    kind: str
    name: str
    email: str
    text: str
    asked_at: datetime
    due_at: datetime
    is_late: bool
    is_soon: bool


def queue(company_id: str, number: int, *, now: datetime) -> tuple[Sequence[Waiting], bool]:
    """Return one page of a company's open requests by deadline, and whether more follow.

    Each organisation reads in its audit log that the request was looked at (TEN-8).
    """
    query = (
        select(RightsRequest, Organisation.name, Account)
        .join(Organisation, Organisation.id == RightsRequest.organisation_id)
        .outerjoin(
            Account,
            (Account.organisation_id == RightsRequest.organisation_id)
            & (Account.id == RightsRequest.account_id),
        )
        .where(Organisation.provider_company_id == company_id, RightsRequest.state == service.OPEN)
        .order_by(RightsRequest.due_at, RightsRequest.id)
        .limit(PER_PAGE + 1)
        .offset((number - 1) * PER_PAGE)
    )
    with across_tenants("Support answers the requests of its company's organisations."):
        rows = [_waiting(*row, now) for row in db.session.execute(query)]
    db.session.rollback()
    for row in rows[:PER_PAGE]:
        audit.record_reading(
            "rights.request.opened",
            "rights_request",
            row.id,
            now=now,
            organisation_id=row.organisation_id,
        )
    return rows[:PER_PAGE], len(rows) > PER_PAGE


def _waiting(
    row: RightsRequest, organisation: str, account: Account | None, now: datetime
) -> Waiting:
    return Waiting(
        organisation_id=row.organisation_id,
        organisation=organisation,
        id=row.id,
        number=row.number,
        kind=row.kind,
        name=account.full_name if account else "",
        email=account.email if account else "",
        text=row.text,
        asked_at=row.asked_at,
        due_at=row.due_at,
        is_late=now >= row.due_at,
        is_soon=now >= row.due_at - REMIND_BEFORE,
    )


def answer(
    company_id: str, key: tuple[str, str], state: str, text: str, staff_id: str, *, now: datetime
) -> str:
    """Answer a request and mail the answer; an erasure that is granted deletes the account.

    :param key: the ids of organisation and request.
    :return: the number of the request.
    :raise NotFoundHereError: no such request with this company.
    :raise AnsweredError: somebody answered already.
    :raise LastAdministratorError: nobody would be left to administer.
    """
    organisation = get_organisation(key[0], company_id)
    with tenant_scope(organisation.id):
        row = service.get(key[1])
        service.close(row, state, text, staff_id, now=now)
        account = db.session.get(Account, (current_tenant(), row.account_id))
        if account is not None:
            with force_locale(account.language):
                words = _mail(row, account.full_name)
            queue_mail(account.email, "rights_answer", words, subject_id=row.id, now=now)
            if row.kind == "erasure" and state == service.DONE:
                account.restricted_at = None
                accounts.remove([account.id], now=now)
        number = row.number
        db.session.flush()
    return number


def _mail(row: RightsRequest, name: str) -> tuple[str, str]:
    subject = _("Antwort auf Ihr Anliegen %(number)s", number=row.number)
    return subject, _(
        "Guten Tag %(name)s,\n\nIhr Anliegen %(number)s ist %(state)s:\n\n%(answer)s\n\nWenn Sie "
        "nicht einverstanden sind, können Sie sich bei der Aufsichtsbehörde beschweren, die in der "
        "Datenschutzerklärung genannt ist.\n",
        name=name,
        number=row.number,
        state=service.STATES[row.state],
        answer=row.answer,
    )


def remind(now: datetime) -> int:
    """Mail support, once, of each request that must be answered within a week; return how many."""
    soon = select(RightsRequest.organisation_id, RightsRequest.id).where(
        RightsRequest.state == service.OPEN,
        RightsRequest.reminded_at.is_(None),
        RightsRequest.due_at <= now + REMIND_BEFORE,
    )
    with across_tenants("The daily job finds the requests whose month is nearly over."):
        found = db.session.execute(soon.limit(1_000)).all()
    db.session.rollback()
    return sum(_reminded(organisation_id, request_id, now) for organisation_id, request_id in found)


def _reminded(organisation_id: str, request_id: str, now: datetime) -> bool:
    """Remind of one request in a session of its own, as one serves a single organisation."""
    from flask import current_app

    with current_app.app_context(), tenant_scope(organisation_id):
        try:
            row = service.get(request_id)
        except NotFoundHereError:
            return False
        company_id = get_organisation(organisation_id).provider_company_id
        staff = select(Staff).where(
            Staff.provider_company_id == company_id,
            Staff.role == Role.SUPPORT,
            Staff.state == "active",
        )
        people = db.session.scalars(staff).all()
        row.reminded_at = now
        with force_locale("de"):
            words = (
                _("Frist für Anliegen %(number)s", number=row.number),
                _(
                    "Das Anliegen %(number)s muss bis zum %(date)s beantwortet sein. Sie finden es "
                    "im Portal unter „Anliegen“.\n",
                    number=row.number,
                    date=written_date(row.due_at),
                ),
            )
        for person in people:
            queue_mail(person.email, "rights_due", words, subject_id=row.id, now=now)
        db.session.commit()
    return True
