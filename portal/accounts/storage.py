"""All that the portal keeps in a browser: where, under which key, why, and for how long.

There is no cookie. A browser test compares this list with what is really there (ACC-7), and the
privacy notice shows it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from portal.personaldata import Text


class Place(StrEnum):
    """Where a browser keeps things."""

    SESSION = "sessionStorage"
    LOCAL = "localStorage"


@dataclass(frozen=True)
class Stored:
    """One key that the portal's scripts may set.

    :param needed_for: the service that somebody asked for and that does not work without it
        (TDDDG section 25, paragraph 2); without one it would need a consent.
    """

    place: Place
    key: str
    purpose: Text
    lifetime: Text
    needed_for: Text


WITH_THE_TAB = Text(
    "bis Sie sich abmelden oder den Tab schließen", "until you sign out or close the tab"
)

INVENTORY = (
    Stored(
        Place.SESSION,
        "portal.token",
        Text(
            "Der Schlüssel Ihrer Sitzung: Daran erkennt das Portal diese Seite wieder.",
            "The key of your session, by which the portal recognises this page.",
        ),
        WITH_THE_TAB,
        Text("Anmeldung und Warten", "Signing in and waiting"),
    ),
    Stored(
        Place.SESSION,
        "portal.language",
        Text("Die Sprache, die Sie gewählt haben.", "The language that you chose."),
        Text("bis Sie den Tab schließen", "until you close the tab"),
        Text("Wechsel der Sprache", "Switching the language"),
    ),
    Stored(
        Place.SESSION,
        "portal.blur",
        Text(
            "Dass Ihr Hintergrund unscharf sein soll, wenn Sie es eingeschaltet haben.",
            "That your background is to be blurred, if you have switched that on.",
        ),
        Text(
            "bis Sie es ausschalten oder den Tab schließen",
            "until you switch it off or close the tab",
        ),
        Text(
            "Nach dem Neuladen niemandem den Hintergrund zeigen",
            "Showing nobody the background after a reload",
        ),
    ),
    Stored(
        Place.LOCAL,
        "portal.name",
        Text(
            "Ihr Anmeldename, wenn Sie diesem Gerät vertrauen wollen. Er allein öffnet nichts.",
            "Your login name, if you want to trust this device. By itself it opens nothing.",
        ),
        Text(
            "bis Sie in Ihrem Konto oder auf der Anmeldeseite „Vergessen“ drücken",
            "until you press “Forget” in your account or on the sign-in page",
        ),
        Text("Anmeldename merken", "Remembering the login name"),
    ),
)
