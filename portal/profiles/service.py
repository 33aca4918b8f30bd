"""Profiles: what a doctor states, and whether others may find them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l

from portal import audit
from portal.accounts import service as accounts
from portal.extensions import db
from portal.permissions import Role
from portal.privacy import consent
from portal.profiles import cards
from portal.profiles.cards import IN_ACCOUNT, SHOWABLE, get_profile

if TYPE_CHECKING:
    from datetime import datetime

    from portal.accounts.models import Account
    from portal.profiles.models import Profile

# Where somebody answered; kept with the consent.
WAYS = ("first_sign_in", "desk", "profile")
STATED = (*SHOWABLE, "mobile")

audit.words(
    {
        "profiles.profile.changed": _l("Profil geändert"),
        "profiles.findable.switched_on": _l("In der Kontaktsuche auffindbar"),
        "profiles.findable.switched_off": _l("In der Kontaktsuche nicht mehr auffindbar"),
    },
    {
        "specialty": _l("Fachbereich"),
        "practice_name": _l("Name der Praxis"),
        "practice_address": _l("Anschrift der Praxis"),
        "country": _l("Land"),
        "phone": _l("Telefon"),
        "fax": _l("Fax"),
        "website": _l("Website"),
        "mobile": _l("Mobilnummer"),
        "show_specialty": _l("Fachbereich sichtbar"),
        "show_practice_name": _l("Name der Praxis sichtbar"),
        "show_practice_address": _l("Anschrift der Praxis sichtbar"),
        "show_country": _l("Land sichtbar"),
        "show_phone": _l("Telefon sichtbar"),
        "show_fax": _l("Fax sichtbar"),
        "show_website": _l("Website sichtbar"),
    },
)


def values(account: Account) -> dict[str, Any]:
    """Return what the form of a profile begins with."""
    profile = get_profile(account.id)
    stated = {name: getattr(_home(account, profile, name), name) for name in STATED}
    return {**stated, **{f"show_{name}": getattr(profile, f"show_{name}") for name in SHOWABLE}}


def _home(account: Account, profile: Profile, name: str) -> Account | Profile:
    return account if name in IN_ACCOUNT or name == "mobile" else profile


def save(account: Account, wanted: dict[str, Any], *, now: datetime) -> None:
    """Keep what a doctor states and shows."""
    profile = get_profile(account.id)
    db.session.add(profile)
    changed = []
    for name, value in wanted.items():
        home = _home(account, profile, name)
        if getattr(home, name) != value:
            setattr(home, name, value)
            changed.append(name)
    db.session.flush()
    cards.publish(account)
    if changed:
        audit.record(
            "profiles.profile.changed", "account", account.id, now=now, fields=sorted(changed)
        )


def must_ask(account_id: str) -> bool:
    """Tell whether an account has yet to say if it wants to be found; asked of doctors, once."""
    account = accounts.get_account(account_id)
    return account.role == Role.DOCTOR and not get_profile(account_id).asked


def set_findable(
    account_id: str, *, findable: bool, language: str, way: str, now: datetime
) -> None:
    """Let others find a doctor, or no longer; the consent is kept with its text, time and way.

    Until staff have verified the doctor nobody finds them; from then on others do by themselves.
    """
    account = accounts.get_account(account_id)
    profile = get_profile(account_id)
    db.session.add(profile)
    if findable != profile.findable:
        _note(account_id, findable=findable, now=now)
    if findable and not profile.findable:
        consent.record(
            "account", account_id, language=language, way=way, now=now, text_id=consent.FINDABLE
        )
    if not findable:
        consent.withdraw("account", account_id, now=now, text_id=consent.FINDABLE)
    profile.findable, profile.asked = findable, True
    db.session.flush()
    cards.publish(account)


def _note(account_id: str, *, findable: bool, now: datetime) -> None:
    if findable:
        audit.record("profiles.findable.switched_on", "account", account_id, now=now)
    else:
        audit.record("profiles.findable.switched_off", "account", account_id, now=now)
