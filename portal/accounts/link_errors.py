"""What somebody reads who opens a single-use link that does not hold."""

from __future__ import annotations

from http import HTTPStatus

from flask_babel import lazy_gettext as _l

from portal.errors import PortalError


class UnknownLinkError(PortalError):
    """Nobody was sent such a link, or it ended long ago."""

    code = "unknown_link"
    status = HTTPStatus.NOT_FOUND
    sentence = _l("Diesen Link kennt das Portal nicht.")
    cure = _l(
        "Öffnen Sie ihn genau so, wie er in der Nachricht steht, oder bitten Sie um einen neuen."
    )


class UsedLinkError(PortalError):
    """The link was used, or a newer one replaced it."""

    code = "used_link"
    status = HTTPStatus.GONE
    sentence = _l("Dieser Link wurde schon benutzt oder durch einen neueren ersetzt.")
    cure = _l("Melden Sie sich an, oder fordern Sie unter „Passwort vergessen“ einen neuen an.")


class LateLinkError(PortalError):
    """The link was not used in time."""

    code = "late_link"
    status = HTTPStatus.GONE
    sentence = _l("Dieser Link ist abgelaufen.")
    cure = _l(
        "Fordern Sie unter „Passwort vergessen“ einen neuen an, oder bitten Sie Ihre "
        "Projektadministration um eine neue Einladung."
    )


class ForeignLinkError(PortalError):
    """Somebody else is signed in on the page that opens the link."""

    code = "foreign_link"
    status = HTTPStatus.CONFLICT
    sentence = _l("Dieser Link gehört zu einem anderen Konto als dem, das hier angemeldet ist.")
    cure = _l("Melden Sie sich ab, und öffnen Sie den Link noch einmal.")


class SuspendedError(PortalError):
    """The account that the link is for may not sign in."""

    code = "suspended"
    status = HTTPStatus.CONFLICT
    sentence = _l("Dieses Konto ist zurzeit gesperrt.")
    cure = _l("Bitte wenden Sie sich an Ihre Projektadministration.")
