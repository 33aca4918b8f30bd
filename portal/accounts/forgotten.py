"""A forgotten password: who gets a mail for the name that somebody typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from portal.accounts import links, service
from portal.accounts.models import Credential
from portal.accounts.sources import DirectoryDecidesError, check_portal
from portal.database import glance
from portal.errors import NotFoundHereError
from portal.extensions import db
from portal.tenants.scope import tenant_scope
from portal.tenants.service import ContractEndedError, check_running

if TYPE_CHECKING:
    from datetime import datetime


def mail(login_name: str, *, now: datetime) -> bool:
    """Mail a link for a new password; tell whether there is somebody to mail it to.

    Staff get theirs from the operator, in person: they have no organisation that could mail it.
    Nothing is mailed for a suspended account, nor after the end of the contract.
    """
    found = glance(select(Credential).where(Credential.login_name == login_name))
    if not found or found[0].organisation_id is None:
        return False
    with tenant_scope(found[0].organisation_id):
        try:
            account = service.get_account(found[0].account_id)
            check_running(account.organisation_id)
            check_portal(account.organisation_id)
        except (NotFoundHereError, ContractEndedError, DirectoryDecidesError):
            return False
        if account.state == "suspended":
            return False
        links.reset(account, now=now)
        db.session.flush()
    return True
