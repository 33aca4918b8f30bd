"""The actions on one or many accounts: what each will do, in numbers, and the way back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from portal.accounts import states
from portal.errors import NotFoundHereError
from portal.permissions import Role
from portal.projectadmin import service
from portal.projectadmin.errors import NothingChosenError, WrongWordError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from flask_babel.speaklater import LazyString

    from portal.accounts.models import Account


@dataclass(frozen=True)
class Action:
    """One action: its verb on the button, whether it is dangerous, and what takes it back.

    ``proof`` asks first who sits there (T24). ``many`` offers it for several accounts at once.
    """

    name: str
    verb: str | LazyString
    dangerous: bool = False
    undo: str = ""
    word: str | LazyString = ""
    proof: bool = False
    many: bool = True


WORD = _l("ENTFERNEN")
ACTIONS = {
    each.name: each
    for each in (
        Action("invite", _l("Einladen")),
        Action("move", _l("Verschieben")),
        Action("suspend", _l("Sperren"), dangerous=True, undo="reactivate"),
        Action("reactivate", _l("Freigeben"), undo="suspend"),
        Action(
            "reset_factors",
            _l("Zweite Faktoren zurücksetzen"),
            dangerous=True,
            proof=True,
            many=False,
        ),
        Action("remove", _l("Entfernen"), dangerous=True, word=WORD, proof=True),
    )
}


@dataclass(frozen=True)
class Plan:
    """What an action will do, before anybody confirms it."""

    action: Action
    accounts: Sequence[Account]
    sentences: Sequence[str]

    @property
    def names(self) -> Sequence[str]:
        """Return the first names in the list, so that a slip is seen."""
        return [account.full_name for account in self.accounts[:5]]

    @property
    def more(self) -> int:
        """Return how many are not named."""
        return max(0, len(self.accounts) - 5)


def get(name: str) -> Action:
    """Return an action by its name.

    :raise NotFoundHereError: there is none.
    """
    if name not in ACTIONS:
        raise NotFoundHereError
    return ACTIONS[name]


def plan(name: str, ids: Sequence[str]) -> Plan:
    """Return what an action would do to accounts.

    :raise NothingChosenError: no account was chosen.
    :raise NotFoundHereError: one of them, or the action, does not exist here.
    """
    action = get(name)
    if not ids:
        raise NothingChosenError
    accounts = service.chosen(ids)
    return Plan(action, accounts, _SAYS[name](accounts))


def run(
    name: str, ids: Sequence[str], *, department: str = "", word: str = "", now: datetime
) -> list[str]:
    """Carry an action out; return the ids of the accounts that it changed.

    :raise WrongWordError: it asks for a word, and another one was typed.
    """
    action = get(name)
    if not ids:
        raise NothingChosenError
    if action.word and word != str(action.word):
        raise WrongWordError
    if name == "move":
        return service.move(ids, department or None, now=now)
    return {
        "invite": service.invite,
        "suspend": service.suspend,
        "reactivate": service.reactivate,
        "reset_factors": service.reset_factors,
        "remove": service.remove,
    }[name](ids, now=now)


def result(name: str, number: int) -> str:
    """Return what an action did, in words."""
    return {
        "invite": ngettext(
            "%(num)s Einladung geht hinaus.", "%(num)s Einladungen gehen hinaus.", number
        ),
        "move": ngettext("%(num)s Konto verschoben.", "%(num)s Konten verschoben.", number),
        "suspend": ngettext("%(num)s Konto gesperrt.", "%(num)s Konten gesperrt.", number),
        "reactivate": ngettext("%(num)s Konto freigegeben.", "%(num)s Konten freigegeben.", number),
        "reset_factors": ngettext(
            "Zweite Faktoren von %(num)s Konto zurückgesetzt.",
            "Zweite Faktoren von %(num)s Konten zurückgesetzt.",
            number,
        ),
        "remove": ngettext("%(num)s Konto entfernt.", "%(num)s Konten entfernt.", number),
    }[name]


def _count(accounts: Sequence[Account], *wanted: str) -> int:
    return sum(account.state in wanted for account in accounts)


def _says_invite(accounts: Sequence[Account]) -> list[str]:
    number = _count(accounts, states.APPLIED)
    said = [
        ngettext(
            "%(num)s Konto bekommt eine E-Mail mit einem Link für das erste Passwort.",
            "%(num)s Konten bekommen eine E-Mail mit einem Link für das erste Passwort.",
            number,
        )
    ]
    if len(accounts) > number:
        rest = len(accounts) - number
        said.append(
            ngettext(
                "%(num)s Konto hat seine Adresse schon bestätigt und bekommt keine.",
                "%(num)s Konten haben ihre Adresse schon bestätigt und bekommen keine.",
                rest,
            )
        )
    return said


def _says_move(accounts: Sequence[Account]) -> list[str]:
    return [
        ngettext(
            "%(num)s Konto kommt in die Abteilung, die Sie wählen.",
            "%(num)s Konten kommen in die Abteilung, die Sie wählen.",
            len(accounts),
        )
    ]


def _says_suspend(accounts: Sequence[Account]) -> list[str]:
    number = len(accounts) - _count(accounts, states.SUSPENDED)
    return [
        ngettext(
            "%(num)s Konto wird gesperrt und kann sich nicht mehr anmelden.",
            "%(num)s Konten werden gesperrt und können sich nicht mehr anmelden.",
            number,
        ),
        _("Wer gerade angemeldet ist, wird in zwei Sekunden abgemeldet; ein Gespräch endet dann."),
        _("Die Plätze werden frei. Sie können das zurücknehmen."),
    ]


def _says_reactivate(accounts: Sequence[Account]) -> list[str]:
    number = _count(accounts, states.SUSPENDED)
    return [
        ngettext(
            "%(num)s Konto wird freigegeben und nimmt wieder einen Platz ein.",
            "%(num)s Konten werden freigegeben und nehmen wieder Plätze ein.",
            number,
        )
    ]


def _says_reset_factors(accounts: Sequence[Account]) -> list[str]:
    return [
        ngettext(
            "%(num)s Konto verliert alle zweiten Faktoren und die Wiederherstellungscodes.",
            "%(num)s Konten verlieren alle zweiten Faktoren und die Wiederherstellungscodes.",
            len(accounts),
        ),
        _("Das Passwort bleibt. Wer gerade angemeldet ist, wird abgemeldet."),
        _("Verlangt Ihre Organisation einen zweiten Faktor, fragt die nächste Anmeldung danach."),
        _("Rufen Sie die Person vorher an: Eine E-Mail mit dieser Bitte kann gefälscht sein."),
        _("Das lässt sich nicht zurücknehmen."),
    ]


def _says_remove(accounts: Sequence[Account]) -> list[str]:
    doctors = sum(account.role == Role.DOCTOR for account in accounts)
    said = [
        ngettext(
            "%(num)s Konto wird gelöscht, mit Anmeldename, Passwort und Sitzungen.",
            "%(num)s Konten werden gelöscht, mit Anmeldenamen, Passwörtern und Sitzungen.",
            len(accounts),
        )
    ]
    if doctors:
        said.append(
            ngettext(
                "Darunter ist %(num)s Ärztin oder Arzt; die Wartezimmer bleiben.",
                "Darunter sind %(num)s Ärztinnen oder Ärzte; die Wartezimmer bleiben.",
                doctors,
            )
        )
    said.append(_("Das lässt sich nicht zurücknehmen."))
    return said


_SAYS = {
    "invite": _says_invite,
    "move": _says_move,
    "suspend": _says_suspend,
    "reactivate": _says_reactivate,
    "reset_factors": _says_reset_factors,
    "remove": _says_remove,
}
