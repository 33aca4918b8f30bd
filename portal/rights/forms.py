"""What people type about their data."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice

from portal.forms import PortalForm, at_most, needed, one_line, visible
from portal.rights.service import DONE, KINDS, REFUSED, STATES, WRITTEN

TEXT_LENGTH = 4000
NAME_LENGTH = 200


def _stripped(text: str | None) -> str:
    return (text or "").strip()


class RequestForm(PortalForm):
    """A request that support answers."""

    kind = SelectField(
        _l("Worum geht es?"),
        choices=[SelectChoice(kind, KINDS[kind]) for kind in WRITTEN],
        validators=[needed()],
    )
    text = TextAreaField(
        _l("Was möchten Sie?"),
        description=_l(
            "Zum Beispiel, welche Angabe falsch ist und wie sie richtig lautet. Nennen Sie keine "
            "Namen von Gästen."
        ),
        filters=[_stripped],
        validators=[needed(), visible, at_most(TEXT_LENGTH)],
    )


class AnswerForm(PortalForm):
    """Support's answer."""

    state = RadioField(
        _l("Ergebnis"),
        choices=[SelectChoice(state, STATES[state]) for state in (DONE, REFUSED)],
        validators=[needed()],
    )
    answer = TextAreaField(
        _l("Antwort, die die Person liest"),
        filters=[_stripped],
        validators=[needed(), visible, at_most(TEXT_LENGTH)],
    )


class GuestCodeForm(PortalForm):
    """The code by which a guest sees what is kept."""

    code = StringField(
        _l("Zugangscode"), filters=[one_line], validators=[needed(), visible, at_most(40)]
    )


class GuestNameForm(GuestCodeForm):
    """The code, and the name as it should be."""

    name = StringField(
        _l("Name"), filters=[one_line], validators=[needed(), visible, at_most(NAME_LENGTH)]
    )
