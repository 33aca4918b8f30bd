"""What an organisation says about its questionnaires."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField

from portal.api import PortalForm


class VinteosForm(PortalForm):
    """Whether answers are kept."""

    count_only = BooleanField(
        _l("Nur zählen: Antworten nicht speichern, auch nicht für die Ärztin oder den Arzt selbst")
    )
