"""What an organisation says about its part in the special project, and a doctor for themself."""

from __future__ import annotations

from datetime import date

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, IntegerField, PasswordField, StringField
from wtforms.validators import NumberRange, Optional, ValidationError

from plugins.vinteos.participation import DEFAULT_QUOTA
from portal.api import PortalForm, at_most, https_address, one_line

MAX_QUOTA = 10_000


class DayField(DateField):  # type: ignore[misc]
    """A day; settings are kept as text, so it is read from one."""

    def process_data(self, value: date | str | None) -> None:
        """Take a day, or the text of one."""
        self.data = date.fromisoformat(value) if isinstance(value, str) and value else value or None


class VinteosForm(PortalForm):
    """Whether answers are kept, and what a doctor agrees to when taking part."""

    count_only = BooleanField(
        _l("Nur zählen: Antworten nicht speichern, auch nicht für die Ärztin oder den Arzt selbst")
    )
    quota = IntegerField(
        _l("Fragebögen je Teilnahme"),
        default=DEFAULT_QUOTA,
        description=_l("Ist die Zahl erreicht, endet die Teilnahme."),
        validators=[
            Optional(),
            NumberRange(1, MAX_QUOTA, message=_l("Bitte eine Zahl von 1 bis 10.000.")),
        ],
    )
    starts_on = DayField(_l("Erster Tag des Projekts"), validators=[Optional()])
    ends_on = DayField(_l("Letzter Tag des Projekts"), validators=[Optional()])

    partner_url = StringField(
        _l("Adresse des Partners für die Monatsmeldung"),
        description=_l(
            "Freigegebene Meldungen werden dorthin als JSON gesendet. Der Partner hat keine "
            "öffentliche Beschreibung; das Format ist eine Annahme. Ohne Adresse wird nichts "
            "gesendet, und Sie laden die Meldung als Datei herunter."
        ),
        filters=[one_line],
        validators=[Optional(), at_most(300), https_address],
    )
    partner_user = StringField(
        _l("Benutzername beim Partner"), filters=[one_line], validators=[Optional(), at_most(100)]
    )
    partner_password = PasswordField(
        _l("Passwort beim Partner"),
        description=_l("Wird nicht angezeigt. Leer lassen, um das gespeicherte zu behalten."),
        render_kw={"autocomplete": "new-password"},
        validators=[Optional(), at_most(200)],
    )

    def validate_ends_on(self, field: DayField) -> None:
        """Refuse an end before the beginning."""
        first = self.starts_on.data
        if first and field.data and field.data < first:
            raise ValidationError(_l("Der letzte Tag liegt vor dem ersten."))


class OwnForm(PortalForm):
    """How a doctor wants to be reminded."""

    quiet = BooleanField(_l("In der Sprechstunde nicht an offene Fragebögen erinnern"))
