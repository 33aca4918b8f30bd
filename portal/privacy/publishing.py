"""Numbers a new notice in the transaction that changes what it says, so that none is forgotten.

What changes a notice lies below this room (a provider's address, an organisation, a switched
plugin) and cannot call it; so the session is watched, and its commit brings the new number along.
"""

from __future__ import annotations

from sqlalchemy import event, select

from portal import clock
from portal.database import TenantSession
from portal.privacy import service
from portal.tenants.models import (
    Organisation,
    PluginSwitch,
    ProviderCompany,
    ProviderProcessor,
)
from portal.tenants.scope import across_tenants

SPOKEN_OF = (ProviderCompany, ProviderProcessor, Organisation, PluginSwitch)
CHANGED = "notices_to_number"


def watch() -> None:
    """Watch every session of the portal, once however many applications are built."""
    if not event.contains(TenantSession, "before_commit", _publish):
        event.listen(TenantSession, "after_flush", _note)
        event.listen(TenantSession, "before_commit", _publish)


def _note(session: TenantSession, _context: object) -> None:
    gone = (row for row in session.deleted if isinstance(row, ProviderProcessor))
    for row in (*session.new, *session.dirty, *gone):
        if isinstance(row, SPOKEN_OF):
            session.info.setdefault(CHANGED, set()).add(_whose(row))


def _whose(row: ProviderCompany | ProviderProcessor | Organisation | PluginSwitch) -> str:
    """Return the id of the company, or of the organisation that leads to it."""
    if isinstance(row, ProviderProcessor):
        return row.provider_company_id
    return row.organisation_id if isinstance(row, PluginSwitch) else row.id


def _publish(session: TenantSession) -> None:
    session.flush()
    changed = session.info.pop(CHANGED, None)
    if not changed:
        return
    touched = select(Organisation.provider_company_id).where(Organisation.id.in_(changed))
    query = select(ProviderCompany).where(
        ProviderCompany.id.in_(changed) | ProviderCompany.id.in_(touched)
    )
    with across_tenants("The notice of a company is numbered with what changed in it."):
        for company in session.scalars(query).all():
            service.publish_for(company, clock.now())
