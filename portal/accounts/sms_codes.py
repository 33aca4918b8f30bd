"""Codes by text message: sent to signed-in people only, seldom, and to a number they confirmed."""

from __future__ import annotations

import hmac
import secrets
from typing import TYPE_CHECKING

from flask_babel import gettext as _

from portal import ratelimit
from portal.accounts import challenges
from portal.extensions import db
from portal.messages.service import queue_sms

if TYPE_CHECKING:
    from datetime import datetime

    from portal.accounts.tokens import Principal

SMS = "sms"
# A text message costs money, and a number may be somebody else's (T28).
SENT_SOON = ratelimit.Limit("sms-code.soon", attempts=3, seconds=600)
SENT_TODAY = ratelimit.Limit("sms-code.day", attempts=10, seconds=86400)


def send(principal: Principal, phone: str, *, now: datetime) -> None:
    """Put the text message with a fresh code of six digits into the outbox.

    :raise TooManyError: three in ten minutes, or ten today, were sent already.
    :raise BadNumberError: the number is none that a text message can go to.
    :raise NoSmsError: the organisation has no provider.
    """
    db.session.rollback()  # attempts are counted in transactions of their own
    limits = (SENT_SOON, SENT_TODAY)
    for limit in limits:
        ratelimit.check(limit, principal.subject_id)
    for limit in limits:
        ratelimit.spend(limit, principal.subject_id)
    code = f"{secrets.randbelow(10**6):06}"
    text = _("Ihr Code für die Anmeldung: %(code)s. Geben Sie ihn nicht weiter.", code=code)
    queue_sms(phone, "second_factor", text, subject_id=principal.subject_id, now=now)
    challenges.ask(principal.token_id, SMS, f"{code} {phone}", now=now)


def check(principal: Principal, typed: str, *, now: datetime) -> str | None:
    """Return the number that the code went to, if it fits; five tries, ten minutes, once."""
    asked = challenges.tried(principal.token_id, SMS, now=now)
    if asked is None:
        return None
    code, _space, phone = asked.partition(" ")
    if not hmac.compare_digest(code.encode(), "".join(typed.split()).encode()):
        return None
    return phone if challenges.answered(principal.token_id, SMS) else None
