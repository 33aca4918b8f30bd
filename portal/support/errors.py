"""What can be in the way of remote support, in words for those who meet it."""

from __future__ import annotations

from http import HTTPStatus

from flask_babel import lazy_gettext as _l

from portal.errors import PortalError


class AlreadyOpenError(PortalError):
    """A session of the organisation is open already."""

    code = "support_already_open"
    status = HTTPStatus.CONFLICT
    sentence = _l("Eine Fernwartung ist schon geöffnet.")
    cure = _l("Beenden Sie sie zuerst; dann können Sie eine neue öffnen.")


class WrongPasswordError(PortalError):
    """No session is open under this password."""

    code = "support_password"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    sentence = _l("Unter diesem Einmalpasswort ist keine Fernwartung geöffnet.")
    cure = _l("Lassen Sie es sich noch einmal vorlesen. Jedes gilt nur für einen Zugang.")


class SessionOverError(PortalError):
    """The customer ended the session, or its time is over."""

    code = "support_over"
    status = HTTPStatus.CONFLICT
    sentence = _l("Diese Fernwartung ist beendet.")
    cure = _l("Bitten Sie die Praxis um eine neue, wenn noch etwas zu tun ist.")


class OwnActError(PortalError):
    """Somebody wanted to be their own second person."""

    code = "support_own_act"
    status = HTTPStatus.CONFLICT
    sentence = _l("Über den eigenen Schritt entscheidet eine andere Person.")
    cure = _l("Bitten Sie eine Kollegin oder einen Kollegen.")


class NothingToDoError(PortalError):
    """The account is already as the act would make it."""

    code = "support_nothing_to_do"
    status = HTTPStatus.CONFLICT
    sentence = _l("An diesem Konto ändert der Schritt nichts mehr.")
    cure = _l("Es ist schon gesperrt oder freigegeben. Lehnen Sie den Schritt ab, wenn er wartet.")


class DecidedError(PortalError):
    """A second person has decided already."""

    code = "support_decided"
    status = HTTPStatus.CONFLICT
    sentence = _l("Darüber ist schon entschieden.")
    cure = ""
