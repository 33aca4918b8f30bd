"""The forms of remote support: what the customer opens, and how the supporter comes in."""

from __future__ import annotations

from typing import ClassVar

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from portal.forms import PortalForm, at_most, needed, one_line, visible
from portal.support.acts import ORGANISATION, OWN

MINUTES = (15, 30, 60)


class OpenForm(PortalForm):
    """For what, for how long, and that it is wished."""

    SCOPES: ClassVar[tuple[str, ...]]

    minutes = SelectField(
        _l("Wie lange"),
        choices=[SelectChoice(str(each), _l("%(n)s Minuten", n=each)) for each in MINUTES],
        default="30",
    )
    consent = BooleanField(
        _l("Ich bin einverstanden, dass die Betreuung in diesem Umfang zugreift."),
        validators=[InputRequired(_l("Ohne Ihr Einverständnis bleibt der Zugang geschlossen."))],
    )

    def scopes(self) -> list[str]:
        """Return what was ticked."""
        return [name for name in self.SCOPES if self[name].data]

    def refuse_nothing(self) -> None:
        """Refuse a session for nothing."""
        if not self.scopes():
            raise ValidationError(str(_l("Bitte wählen Sie mindestens einen Bereich.")))


class OrganisationForm(OpenForm):
    """What a project administration opens."""

    SCOPES = tuple(ORGANISATION)

    accounts = BooleanField(_l("Konten: ansehen, und mit zweiter Person sperren oder zurücksetzen"))
    messages = BooleanField(_l("Nachrichten: sehen, ob sie angekommen sind, ohne Nummer und Text"))
    extensions = BooleanField(
        _l("Erweiterungen: sehen, welche an sind, und ihre Verbindung prüfen")
    )

    def validate_accounts(self, _field: BooleanField) -> None:
        """Refuse a session for nothing."""
        self.refuse_nothing()


class OwnForm(OpenForm):
    """What a doctor opens of the own area."""

    SCOPES = tuple(OWN)

    codes = BooleanField(
        _l("Codes: sehen, ob Ihre Codes gelten und angekommen sind, ohne Code und Namen")
    )
    contacts = BooleanField(_l("Kontakte: sehen, wie Ihre Anfragen stehen, ohne Namen"))
    profile = BooleanField(
        _l(
            "Profil: sehen, was angegeben und sichtbar ist, und mit zweiter Person Ihre zweiten "
            "Faktoren zurücksetzen"
        )
    )
    own_extensions = BooleanField(
        _l("Eigene Erweiterungen: sehen, welche an sind, und ihre Verbindung prüfen")
    )

    def validate_codes(self, _field: BooleanField) -> None:
        """Refuse a session for nothing."""
        self.refuse_nothing()


class EnterForm(PortalForm):
    """The one-time password, and what is going to be done."""

    password = StringField(
        _l("Einmalpasswort der Praxis"), filters=[one_line], validators=[needed(), at_most(60)]
    )
    description = StringField(
        _l("Kurze Beschreibung der Tätigkeit"),
        filters=[one_line],
        validators=[needed(), visible, at_most(300)],
    )
