"""The forms of the waiting room: a code, a guest's name and consent, a new code."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    FieldList,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    TimeField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional, Regexp

from portal import clock
from portal.forms import PortalForm, at_most, needed, one_line, visible
from portal.language import ZONE
from portal.waitingroom import hours
from portal.waitingroom.access import LONGEST
from portal.waitingroom.codes import MAX_TYPED

if TYPE_CHECKING:
    from portal.waitingroom.models import Room

# What a mail server can be asked about: one @, a domain with a dot, nothing that ends a header.
EMAIL = r"^[^\s@<>()\[\],;:\"\\]{1,64}@[A-Za-z0-9.-]{1,180}\.[A-Za-z]{2,24}$"
BAD_EMAIL = _l("Bitte prüfen Sie die Adresse: name@beispiel.de")
REQUEST_KEY = r"^[0-9a-f-]{32,36}$"
MAX_NAME = 80
MAX_TEXT = 300


class CodeForm(PortalForm):
    """What a guest types first."""

    code = StringField(_l("Ihr Zugangscode"), validators=[needed(), at_most(MAX_TYPED)])


class EasyForm(PortalForm):
    """The guest's consent; who comes is known from the code."""

    code = HiddenField(validators=[needed(), at_most(MAX_TYPED)])
    consent = BooleanField(_l("Ich bin einverstanden"))
    consent_version = HiddenField(validators=[needed(), at_most(40)])

    def validate_consent(self, field: BooleanField) -> None:
        """Refuse to go on without consent."""
        if not field.data:
            raise ValidationError(str(_l("Ohne Ihre Einwilligung ist kein Gespräch möglich.")))


class EntryForm(EasyForm):
    """The guest's name and consent."""

    name = StringField(
        _l("Ihr Name"),
        filters=[one_line],
        validators=[needed(), visible, at_most(MAX_NAME)],
    )


class CompanionForm(PortalForm):
    """How many companions a guest wants to bring; asking twice for one brings one."""

    number = RadioField(choices=[SelectChoice("1"), SelectChoice("2")], default="1")


class NewCodeForm(PortalForm):
    """A code for a named guest and one room."""

    guest_name = StringField(
        _l("Name des Gastes"),
        filters=[one_line],
        validators=[needed(), visible, at_most(MAX_NAME)],
    )
    room = SelectField(_l("Wartezimmer"), validate_choice=True)
    uses = RadioField(
        _l("Gilt für"),
        choices=[
            SelectChoice("single", _l("einen Besuch")),
            SelectChoice("several", _l("mehrere Besuche")),
        ],
        default="single",
    )
    valid_on = DateField(_l("Nur am Tag"), validators=[Optional()])
    at = TimeField(_l("Uhrzeit"), validators=[Optional()])
    remind = BooleanField(_l("Am Tag davor erinnern"))
    phone = StringField(
        _l("Mobilnummer für eine SMS"), filters=[one_line], validators=[Optional(), at_most(40)]
    )
    email = StringField(
        _l("Adresse für eine E-Mail"),
        filters=[one_line],
        validators=[
            Optional(),
            at_most(254),
            Regexp(EMAIL, message=BAD_EMAIL),
        ],
    )
    # Made by the page: a request that arrives twice makes one code and one message.
    request_key = HiddenField(validators=[Optional(), Regexp(REQUEST_KEY)])

    def validate_valid_on(self, field: DateField) -> None:
        """Refuse a day that is over or more than thirty days away."""
        if field.data is None:
            return
        today = clock.now().astimezone(ZONE).date()
        if not today <= field.data <= today + timedelta(days=LONGEST.days):
            raise ValidationError(str(_l("Bitte wählen Sie einen Tag in den nächsten 30 Tagen.")))

    def validate_at(self, field: TimeField) -> None:
        """Refuse a time without a day, and one that is over."""
        if field.data is None or self.valid_on.errors:
            return
        if self.valid_on.data is None:
            raise ValidationError(str(_l("Wählen Sie zur Uhrzeit auch den Tag.")))
        if datetime.combine(self.valid_on.data, field.data, tzinfo=ZONE) < clock.now():
            raise ValidationError(str(_l("Diese Uhrzeit ist schon vorbei.")))


class DeclineForm(PortalForm):
    """The words for a guest who cannot be received."""

    text = TextAreaField(_l("Nachricht an den Gast"), validators=[Optional(), at_most(MAX_TEXT)])


class MessageForm(PortalForm):
    """A message to one who waits, or to all."""

    text = StringField(
        _l("Nachricht"), filters=[one_line], validators=[needed(), visible, at_most(MAX_TEXT)]
    )


class MoveForm(PortalForm):
    """The waiting room to which a guest is sent."""

    room = StringField(_l("Wartezimmer"), validators=[needed(), at_most(32)])


class SendCodeForm(PortalForm):
    """Where a code that exists is sent once more: a mail address, or a mobile number."""

    to = StringField(
        _l("E-Mail-Adresse oder Mobilnummer"),
        filters=[one_line],
        validators=[needed(), at_most(254)],
    )
    request_key = HiddenField(validators=[Optional(), Regexp(REQUEST_KEY)])

    def validate_to(self, field: StringField) -> None:
        """Refuse what is no address; a number is judged where it is read."""
        if "@" in (field.data or "") and not re.match(EMAIL, field.data):
            raise ValidationError(str(BAD_EMAIL))


class ChimeForm(PortalForm):
    """Whether an arrival makes a sound."""

    on = BooleanField()


class RoomForm(PortalForm):
    """A waiting room, as whoever organises the practice sets it up."""

    name = StringField(
        _l("Name des Wartezimmers"),
        filters=[one_line],
        validators=[needed(), visible, at_most(120)],
    )
    kind = SelectField(
        _l("Art"),
        choices=[
            SelectChoice("personal", _l("persönlich, für eine Ärztin oder einen Arzt")),
            SelectChoice("shared", _l("gemeinsam, für mehrere")),
            SelectChoice("group", _l("Gruppe, bis zu neun Personen im Gespräch")),
        ],
    )
    doctor_name = StringField(
        _l("Name, den Gäste lesen"), filters=[one_line], validators=[at_most(200)]
    )
    address = StringField(_l("Anschrift für Gäste"), filters=[one_line], validators=[at_most(300)])
    phone = StringField(_l("Telefon für Gäste"), filters=[one_line], validators=[at_most(40)])
    email = StringField(
        _l("E-Mail für Gäste"),
        filters=[one_line],
        validators=[Optional(), at_most(254), Regexp(EMAIL, message=BAD_EMAIL)],
    )
    language = SelectField(
        _l("Sprache der Nachrichten"),
        choices=[
            SelectChoice("", _l("wie auf dem Schreibtisch")),
            SelectChoice("de", "Deutsch"),
            SelectChoice("en", "English"),
        ],
        default="",
    )
    text = TextAreaField(_l("Begrüßung"), filters=[one_line], validators=[at_most(500)])

    days = FieldList(
        StringField(filters=[one_line]), _l("Sprechzeiten"), min_entries=7, max_entries=7
    )

    def validate_days(self, field: FieldList[StringField]) -> None:
        """Refuse hours that cannot be read, and say on which day."""
        for name, day in zip(hours.DAYS, field.entries, strict=True):
            try:
                hours.read(day.data or "")
            except ValueError as error:
                words = _("%(day)s: %(words)s", day=name, words=error)
                raise ValidationError(words) from error

    def values(self) -> dict[str, str]:
        """Return what the form holds, as columns of a room."""
        found = {name: self.value(name) for name in self._fields if name != "days"}
        week = [hours.read(day.data or "") for day in self.days.entries]
        return {**found, "hours": hours.stored(week)}

    @classmethod
    def of(cls, room: Room) -> Self:
        """Return the form of a room that is there."""
        return cls(obj=room, days=[hours.written(day) for day in hours.of_week(room.hours)])
