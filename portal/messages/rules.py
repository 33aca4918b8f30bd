"""What an organisation allows: to which countries, how many text messages a day.

A bot or a slip must not cost it a fortune. The counts are kept as those of attempts are: by a
keyed hash that changes every day, gone after a day.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal import ratelimit
from portal.errors import PortalError, TooManyError
from portal.extensions import db
from portal.messages.models import MessageRules
from portal.ratelimit import Limit
from portal.tenants.scope import current_tenant
from portal.tenants.service import get_organisation

if TYPE_CHECKING:
    from portal.messages.numbers import Number

DAY_SECONDS = 86_400
DAILY_PARTS, PER_NUMBER = 200, 5
# Somebody who signs in often needs a code each time; the room of accounts limits its guesses.
OFTEN, PER_NUMBER_OFTEN = frozenset({"second_factor"}), 30
# Germany and its German-speaking neighbours; an organisation may allow others.
COUNTRIES = ("DE", "AT", "CH")
KEY = "rules"


@dataclass(frozen=True)
class Rules:
    """What is allowed in one organisation.

    :param countries: where text messages may go, two letters each.
    :param daily_parts: how many parts may be sent on one day (UTC).
    :param per_number: how many messages may go to one number on one day (UTC).
    :param report_salt: part of the secret in the addresses of reports.
    """

    countries: tuple[str, ...]
    daily_parts: int = DAILY_PARTS
    per_number: int = PER_NUMBER
    report_salt: str = ""


class CountryNotAllowedError(PortalError):
    """The organisation sends no text messages to this country."""

    code = "country_not_allowed"
    status = 422
    sentence = _l("In dieses Land verschickt Ihre Praxis keine SMS.")
    cure = _l("Die Projektadministration kann das Land freigeben.")

    def __init__(self) -> None:
        super().__init__(fields={"phone": [str(self.sentence)]})


class SmsLimitError(PortalError):
    """So many text messages were sent today that no more may go out."""

    code = "sms_limit"
    status = 429
    sentence = _l("Für heute ist die Höchstzahl an SMS Ihrer Praxis erreicht.")
    cure = _l("Lesen Sie den Code vor, oder bitten Sie die Projektadministration um mehr.")


class NumberLimitError(SmsLimitError):
    """So many text messages went to this number today that no more may."""

    code = "sms_number_limit"
    sentence = _l("An diese Nummer gingen heute schon viele SMS.")
    cure = _l("Lesen Sie den Code vor, oder versuchen Sie es morgen noch einmal.")


def get() -> Rules:
    """Return the rules of the organisation in force, as set or as they are at first."""
    row = _row()
    if row is None:
        home = get_organisation(current_tenant()).country
        return Rules(tuple(dict.fromkeys((home, *COUNTRIES))))
    return Rules(tuple(row.countries.split()), row.daily_parts, row.per_number, row.report_salt)


def _row() -> MessageRules | None:
    return db.session.scalar(select(MessageRules))


def store(**changes: object) -> None:
    """Change some of the rules; the caller commits."""
    row = _row()
    if row is None:
        now = get()
        row = MessageRules(
            id=KEY,
            countries=" ".join(now.countries),
            daily_parts=now.daily_parts,
            per_number=now.per_number,
            report_salt=now.report_salt,
        )
        db.session.add(row)
    for name, value in changes.items():
        setattr(row, name, value)
    db.session.flush()


def _of_number(rules: Rules, occasion: str) -> Limit:
    if occasion in OFTEN:
        return Limit(f"sms.number.{occasion}", PER_NUMBER_OFTEN, DAY_SECONDS)
    return Limit("sms.number", rules.per_number, DAY_SECONDS)


def _of_day(rules: Rules) -> Limit:
    return Limit("sms.day", rules.daily_parts, DAY_SECONDS)


def spend(number: Number, parts: int, occasion: str) -> None:
    """Count a message in the caller's transaction, which must not go on when it is one too many.

    :raise CountryNotAllowedError: the organisation sends none to this country.
    :raise NumberLimitError: too many went to this number today.
    :raise SmsLimitError: too many went out today.
    """
    rules = get()
    if number.country not in rules.countries:
        raise CountryNotAllowedError
    try:
        ratelimit.spend_within(_of_number(rules, occasion), f"{current_tenant()}\0{number.e164}")
    except TooManyError as error:
        raise NumberLimitError from error
    try:
        ratelimit.spend_within(_of_day(rules), current_tenant(), parts)
    except TooManyError as error:
        raise SmsLimitError from error


def spent_today() -> int:
    """Return how many parts the organisation in force has sent today."""
    return ratelimit.spent(_of_day(get()), current_tenant())
