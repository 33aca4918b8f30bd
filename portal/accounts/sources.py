"""Who decides which accounts an organisation has: the portal's own pages, or a directory (ADM-7).

The seam for directories, of which none is built yet: ``organisation.identity_source`` names the
source, and whoever hands out a password or takes one asks here. With any other source than the
portal no link for a password is made or opened, and no password signs in. A directory will add its
own way in beside ``service.sign_in``, and write accounts through the services that are there.
"""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal.errors import PortalError
from portal.extensions import db
from portal.tenants.models import Organisation

PORTAL = "portal"


class DirectoryDecidesError(PortalError):
    """The accounts of the organisation come from its directory, so the portal has no passwords."""

    code = "directory_decides"
    status = 409
    sentence = _l("Die Konten dieser Organisation kommen aus ihrem eigenen Verzeichnis.")
    cure = _l("Bitte wenden Sie sich an die Stelle, die das Verzeichnis führt.")


def check_portal(organisation_id: str) -> None:
    """Let go on where the portal itself keeps accounts and passwords.

    :raise DirectoryDecidesError: a directory does.
    """
    query = select(Organisation.identity_source).where(Organisation.id == organisation_id)
    if db.session.scalar(query) != PORTAL:
        raise DirectoryDecidesError
