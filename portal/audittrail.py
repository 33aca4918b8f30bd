"""Shows the audit log: who did what and when, in words, as lines under the object too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select

from portal import audit
from portal.accounts.models import Account, Staff
from portal.audit import AuditEntry
from portal.extensions import db
from portal.permissions import STAFF, Role
from portal.tenants.scope import tenant_in_force

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy import Select

SHOWN = 10
ROLES = {
    Role.OPERATOR: _l("Betrieb"),
    Role.SALES: _l("Vertrieb"),
    Role.SUPPORT: _l("Betreuung"),
    Role.PROJECTADMIN: _l("Projektadministration"),
    Role.DOCTOR: _l("Ärztin oder Arzt"),
    Role.ASSISTANT: _l("Praxisteam"),
    Role.GUEST: _l("Gast"),
}


@dataclass(frozen=True)
class Line:
    """One line of the log as a page shows it."""

    at: datetime
    words: str
    fields: Sequence[str]
    who: str
    role: str
    is_staff: bool


def of_object(kind: str, object_id: str, *, organisation_id: str | None = None) -> list[Line]:
    """Return the newest lines of one object."""
    query = audit.of_object(kind, object_id, organisation_id=organisation_id)
    return lines(db.session.scalars(query.limit(SHOWN)).all())


def of_organisation(organisation_id: str) -> list[Line]:
    """Return the newest lines of what staff did to one organisation, leaving out mere looks."""
    query = audit.entries(organisation_id).where(
        AuditEntry.role.in_(STAFF), AuditEntry.code.not_like("%.opened")
    )
    return lines(db.session.scalars(query.limit(SHOWN)).all())


def search(organisation_id: str, q: str, *, staff_only: bool) -> Select[AuditEntry]:
    """Return the query of an organisation's entries that a text finds: by what, or by who."""
    query = audit.entries(organisation_id)
    if staff_only:
        query = query.where(AuditEntry.role.in_(STAFF))
    for word in q.split():
        staff = select(Staff.id).where(
            or_(
                Staff.last_name.icontains(word, autoescape=True),
                Staff.first_name.icontains(word, autoescape=True),
            )
        )
        query = query.where(
            or_(AuditEntry.code.in_(audit.codes_with(word)), AuditEntry.actor_id.in_(staff))
        )
    return query


def lines(entries: Iterable[AuditEntry]) -> list[Line]:
    """Return entries in words; names of accounts only of the organisation in force."""
    rows = list(entries)
    names = _names({row.actor_id for row in rows if row.actor_id is not None})
    return [_line(row, names) for row in rows]


def _names(ids: set[str]) -> dict[str, str]:
    if not ids:
        return {}
    found: list[Staff | Account] = list(db.session.scalars(select(Staff).where(Staff.id.in_(ids))))
    if tenant_in_force() is not None:
        found += db.session.scalars(select(Account).where(Account.id.in_(ids)))
    return {each.id: each.full_name for each in found}


def _line(row: AuditEntry, names: dict[str, str]) -> Line:
    if row.actor_id is None:
        who, role = _("Das Portal"), ""
    else:
        role = str(ROLES.get(Role(row.role), row.role))
        who = names.get(row.actor_id, "")
    fields = [audit.word_for_field(name) for name in row.fields.split()]
    return Line(row.at, audit.word_for(row.code), fields, who or role, role, row.role in STAFF)
