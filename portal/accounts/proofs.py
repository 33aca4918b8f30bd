"""Proofs of who sits there, whichever way: for the second step of signing in, and in between."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l

from portal import ratelimit
from portal.accounts import factors, passkeys, passwords, sms_codes
from portal.accounts.factors import Kind
from portal.errors import PortalError
from portal.extensions import db

if TYPE_CHECKING:
    from datetime import datetime

    from portal.accounts.models import Credential
    from portal.accounts.tokens import Principal

# Three of a million codes of an app fit at a time. Somebody who knows the password and tries a
# hundred a day finds one after 3,333 days on average; five in five minutes alone let it be 231.
TRIES = (
    ratelimit.Limit("proof.soon", attempts=5, seconds=300),
    ratelimit.Limit("proof.day", attempts=100, seconds=86400),
)


class WrongProofError(PortalError):
    """The password, code or key does not fit, was used before, or is late: one answer."""

    code = "wrong_proof"
    status = 422
    sentence = _l("Das stimmt nicht.")
    cure = _l("Bitte prüfen Sie die Eingabe, oder bestätigen Sie auf einem anderen Weg.")

    def __init__(self) -> None:
        super().__init__(fields={"proof": [self.message()]})


def check(principal: Principal, known: Credential, kind: str, proof: str, *, now: datetime) -> None:
    """Let through who proves themself by one of their ways; a right proof forgets the wrong ones.

    :raise WrongProofError: the proof does not fit, or the way is none of theirs.
    :raise TooManyError: five were wrong in five minutes, or a hundred today.
    """
    possible = factors.ways(known.id)
    # Counted before it is looked at: of a hundred that come at once, five are looked at.
    for limit in TRIES:
        ratelimit.spend_within(limit, known.id)
    # No lock is held while a password is hashed.
    db.session.commit()
    if kind not in possible or not _fits(principal, known, Kind(kind), proof, now):
        db.session.rollback()
        raise WrongProofError
    for limit in TRIES:
        ratelimit.clear(limit, known.id)


def _fits(principal: Principal, known: Credential, kind: Kind, proof: str, now: datetime) -> bool:
    if kind is Kind.PASSWORD:
        return passwords.verify(known.password_hash, proof)
    if kind is Kind.RECOVERY:
        return factors.check_recovery(known.id, proof, now=now)
    if kind is Kind.PASSKEY:
        return passkeys.check(principal.token_id, known.id, proof, now=now)
    if kind is Kind.SMS:
        return sms_codes.check(principal, proof, now=now) in _numbers(known.id)
    totps = [each for each in factors.confirmed(known.id) if each.kind == Kind.TOTP]
    return any(factors.check_totp(each, proof, now=now) for each in totps)


def _numbers(credential_id: str) -> set[str]:
    found = factors.confirmed(credential_id)
    return {each.secret for each in found if each.kind == Kind.SMS and each.secret}
