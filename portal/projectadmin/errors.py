"""What project administration refuses, in words that say what to do."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.errors import PortalError


class NoSeatError(PortalError):
    """The contract has fewer seats than this would take."""

    code = "no_seat"
    status = 409
    sentence = _l("Dafür sind nicht genug Plätze frei.")

    def __init__(self, wanted: int, free: int) -> None:
        super().__init__(wanted=wanted, free=free)
        self.cure = _(
            "Gebraucht werden %(wanted)s, frei sind %(free)s. Sperren oder entfernen Sie Konten, "
            "oder bitten Sie Ihre Anbieterin um mehr Plätze.",
            wanted=wanted,
            free=free,
        )


class LastAdministratorError(PortalError):
    """Nobody would be left to administer the organisation."""

    code = "last_administrator"
    status = 409
    sentence = _l("Es muss mindestens eine aktive Projektadministration bleiben.")
    cure = _l("Machen Sie zuerst ein anderes Konto zur Projektadministration.")


class WrongWordError(PortalError):
    """The word that confirms a removal was not typed."""

    code = "wrong_word"
    status = 422
    sentence = _l("Zum Entfernen fehlt das Wort.")
    cure = _l("Tippen Sie es so, wie es im Satz darüber steht.")


class NothingChosenError(PortalError):
    """An action was asked for without accounts."""

    code = "nothing_chosen"
    status = 422
    sentence = _l("Es ist kein Konto ausgewählt.")
    cure = _l("Setzen Sie in der Liste Häkchen, und wählen Sie die Aktion noch einmal.")


class RestrictedError(PortalError):
    """The person wished that the data are only kept, so nobody changes them (Art. 18 GDPR)."""

    code = "data_restricted"
    status = 409
    sentence = _l("Die Verarbeitung dieser Daten ist auf Wunsch der Person eingeschränkt.")
    cure = _l("Erst wenn sie das unter „Meine Daten“ aufhebt, geht es weiter.")
