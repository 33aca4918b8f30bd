"""What an organisation wants its guests to agree to."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, StringField, TextAreaField
from wtforms.validators import Optional

from portal.api import PortalForm, at_most, needed, one_line


class ConsentFormForm(PortalForm):
    """A heading and a text, in German and if wished in English."""

    heading = StringField(
        _l("Überschrift"), filters=[one_line], validators=[needed(), at_most(120)]
    )
    text = TextAreaField(
        _l("Worin die Gäste einwilligen"),
        description=_l("Die Gäste lesen diesen Text, während sie warten. Höchstens 2000 Zeichen."),
        render_kw={"rows": 8},
        validators=[needed(), at_most(2000)],
    )
    text_en = TextAreaField(
        _l("Derselbe Text auf Englisch"),
        render_kw={"rows": 8},
        validators=[Optional(), at_most(2000)],
    )
    needed = BooleanField(
        _l("Gäste erst hereinbitten lassen, wenn sie eingewilligt haben"),
        description=_l("Sonst zeigt der Arbeitsplatz nur an, ob die Einwilligung vorliegt."),
    )
    monthly_mail = BooleanField(
        _l("Der Projektadministration jeden Monat die Anzahl als E-Mail schicken")
    )
