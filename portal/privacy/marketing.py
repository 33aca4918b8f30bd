"""Consent to advertising and surveys: off by default, one click to give or end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal.accounts.models import Account
from portal.language import language
from portal.privacy import consent
from portal.tenants.scope import across_tenants

if TYPE_CHECKING:
    from datetime import datetime


def is_on(account_id: str) -> bool:
    """Tell whether an account of the current organisation agrees to advertising and surveys."""
    return consent.is_given("account", account_id, consent.MARKETING)


def set_to(account_id: str, *, on: bool, way: str, now: datetime) -> None:
    """Keep that an account agrees, or does not any more; twice the same does nothing new.

    :param way: where it was said: ``account`` or ``first-sign-in``.
    """
    if on == is_on(account_id):
        return
    if on:
        consent.record(
            "account",
            account_id,
            language=language(),
            way=way,
            now=now,
            text_id=consent.MARKETING,
        )
    else:
        consent.withdraw("account", account_id, now=now, text_id=consent.MARKETING)


def release_consents(now: datetime) -> int:
    """Note that the accounts are gone which consents were given for; return how many."""
    with across_tenants("The deletion job looks which accounts are gone in every organisation."):
        return consent.note_ground_gone("account", Account.id, now=now)
