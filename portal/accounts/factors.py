"""Second factors: an authenticator app, passkeys, text messages, codes on paper (ACC-3).

A factor counts once it is confirmed. With the first one come ten recovery codes, shown once.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from typing import TYPE_CHECKING

import pyotp
from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, func, select, update

from portal import audit, qr
from portal.accounts.models import Factor, RecoveryCode
from portal.columns import blind_index
from portal.errors import NotFoundHereError, PortalError
from portal.extensions import db

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from typing import Any

    from markupsafe import Markup

STEP_SECONDS = 30
RECOVERY_CODES = 10
# Without 0, 1, I, L, O and U; twelve of them are 60 bits.
_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_GROUP, _GROUPS = 4, 3
MAX_FACTORS = 10

audit.words(
    {
        "accounts.factor.added": _l("Zweiter Faktor eingerichtet"),
        "accounts.factor.removed": _l("Zweiter Faktor entfernt"),
        "accounts.factor.reset": _l("Alle zweiten Faktoren zurückgesetzt"),
        "accounts.recovery.made": _l("Wiederherstellungscodes erstellt"),
        "accounts.recovery.used": _l("Wiederherstellungscode benutzt"),
    }
)


class LastFactorError(PortalError):
    """The organisation requires a second factor, and this is the last one."""

    code = "last_factor"
    status = HTTPStatus.CONFLICT
    sentence = _l("Ihre Praxis oder Einrichtung verlangt einen zweiten Faktor.")
    cure = _l("Richten Sie erst einen anderen ein, dann können Sie diesen entfernen.")


class TooManyFactorsError(PortalError):
    """Nobody has that many."""

    code = "too_many_factors"
    status = HTTPStatus.CONFLICT
    sentence = _l("Sie haben schon zehn zweite Faktoren.")
    cure = _l("Entfernen Sie erst einen, den Sie nicht mehr benutzen.")


class WrongCodeError(PortalError):
    """The code that should confirm a factor does not fit."""

    code = "wrong_code"
    status = 422
    sentence = _l("Dieser Code stimmt nicht.")
    cure = _l("Nehmen Sie den Code, der gerade gezeigt wird. Die Uhr des Geräts muss stimmen.")

    def __init__(self) -> None:
        super().__init__(fields={"code": [self.message()]})


class Kind(StrEnum):
    """What somebody can prove themself with."""

    PASSKEY = "passkey"
    TOTP = "totp"
    SMS = "sms"
    RECOVERY = "recovery"
    PASSWORD = "password"  # noqa: S105  a kind, not a password


def kind_words(kind: str) -> str:
    """Return what a kind of factor is called on pages."""
    return {
        Kind.PASSKEY: _("Passkey"),
        Kind.TOTP: _("Authenticator-App"),
        Kind.SMS: _("SMS"),
        Kind.RECOVERY: _("Wiederherstellungscode"),
        Kind.PASSWORD: _("Passwort"),
    }[Kind(kind)]


def confirmed(credential_id: str) -> Sequence[Factor]:
    """Return the factors of a login that count, the oldest first."""
    mine = Factor.credential_id == credential_id
    query = select(Factor).where(mine, Factor.confirmed_at.is_not(None))
    return db.session.scalars(query.order_by(Factor.created_at, Factor.id)).all()


def ways(credential_id: str) -> list[Kind]:
    """Return by what a login can be proved: its second factors, or the password if it has none."""
    kinds = {Kind(factor.kind) for factor in confirmed(credential_id)}
    if not kinds:
        return [Kind.PASSWORD]
    return [*(kind for kind in Kind if kind in kinds), Kind.RECOVERY]


def confirm(factor: Factor, *, now: datetime) -> list[str]:
    """Let a factor count; return recovery codes if it is the first one, to be shown once."""
    first = not confirmed(factor.credential_id)
    factor.confirmed_at = now
    db.session.flush()
    audit.record("accounts.factor.added", "credential", factor.credential_id, now=now)
    return make_recovery_codes(factor.credential_id, now=now) if first else []


def get_factor(credential_id: str, factor_id: str) -> Factor:
    """Return a factor of one's own.

    :raise NotFoundHereError: it does not exist, or is somebody else's.
    """
    factor = db.session.get(Factor, factor_id)
    if factor is None or factor.credential_id != credential_id:
        raise NotFoundHereError
    return factor


def remove(credential_id: str, factor_id: str, *, now: datetime) -> None:
    """Take a factor away; with the last one go the recovery codes."""
    db.session.delete(get_factor(credential_id, factor_id))
    db.session.flush()
    if not confirmed(credential_id):
        db.session.execute(delete(RecoveryCode).where(RecoveryCode.credential_id == credential_id))
    audit.record("accounts.factor.removed", "credential", credential_id, now=now)


def remove_all(credential_id: str, *, now: datetime) -> None:
    """Take all factors and recovery codes away, as when a telephone is lost."""
    for table in (Factor, RecoveryCode):
        db.session.execute(delete(table).where(table.credential_id == credential_id))
    audit.record("accounts.factor.reset", "credential", credential_id, now=now)


@dataclass(frozen=True)
class TotpOffer:
    """What an authenticator app needs to be set up, to be shown until it is confirmed."""

    factor_id: str
    secret: str
    qr: Markup


def begin(credential_id: str, kind: Kind, secret: str, *, now: datetime) -> Factor:
    """Make a factor that does not count yet; an earlier unfinished one of its kind is dropped."""
    unfinished = delete(Factor).where(
        Factor.credential_id == credential_id, Factor.kind == kind, Factor.confirmed_at.is_(None)
    )
    db.session.execute(unfinished)
    factor = Factor(
        credential_id=credential_id,
        kind=kind,
        secret=secret,
        label=kind_words(kind),
        created_at=now,
    )
    db.session.add(factor)
    db.session.flush()
    return factor


def offer_totp(credential_id: str, login_name: str, *, now: datetime) -> TotpOffer:
    """Begin with an authenticator app (RFC 6238: SHA-1, six digits, 30 seconds)."""
    secret = pyotp.random_base32()
    factor = begin(credential_id, Kind.TOTP, secret, now=now)
    uri = pyotp.TOTP(secret).provisioning_uri(name=login_name, issuer_name="Praxisfenster")
    return TotpOffer(factor.id, secret, qr.inline(uri))


def check_totp(factor: Factor, code: str, *, now: datetime) -> bool:
    """Tell whether a code fits, a step early or late at most, and was not used before.

    The step is remembered by one conditional statement: of two with the same code one wins.
    """
    digits = "".join(code.split())
    totp = pyotp.TOTP(factor.secret or "")
    present = int(now.timestamp()) // STEP_SECONDS
    for step in (present, present - 1, present + 1):
        if hmac.compare_digest(totp.generate_otp(step).encode(), digits.encode()):
            return _advance(factor.id, step, now)
    return False


def _advance(factor_id: str, counter: int, now: datetime) -> bool:
    mine = update(Factor).where(Factor.id == factor_id, Factor.counter < counter)
    used = mine.values(counter=counter, last_used_on=now.date()).returning(Factor.id)
    row: Any = db.session.execute(used.execution_options(synchronize_session=False)).first()
    return row is not None


def make_recovery_codes(credential_id: str, *, now: datetime) -> list[str]:
    """Return ten fresh codes, the only time they are known in clear; the old ones end."""
    codes = [_code() for _number in range(RECOVERY_CODES)]
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.credential_id == credential_id))
    for code in codes:
        db.session.add(
            RecoveryCode(
                hash=_recovery_hash(credential_id, code),
                credential_id=credential_id,
                created_at=now,
            )
        )
    db.session.flush()
    audit.record("accounts.recovery.made", "credential", credential_id, now=now)
    return codes


def check_recovery(credential_id: str, code: str, *, now: datetime) -> bool:
    """Use a recovery code up, once; small letters, spaces and missing strokes do not matter."""
    mine = update(RecoveryCode).where(
        RecoveryCode.hash == _recovery_hash(credential_id, code),
        RecoveryCode.credential_id == credential_id,
        RecoveryCode.used_at.is_(None),
    )
    spent = mine.values(used_at=now).returning(RecoveryCode.hash)
    if db.session.execute(spent.execution_options(synchronize_session=False)).first() is None:
        return False
    audit.record("accounts.recovery.used", "credential", credential_id, now=now)
    return True


def recovery_codes_left(credential_id: str) -> int:
    """Return how many recovery codes were not used."""
    mine = RecoveryCode.credential_id == credential_id
    query = select(func.count()).where(mine, RecoveryCode.used_at.is_(None))
    return int(db.session.scalar(query) or 0)


def _code() -> str:
    letters = "".join(secrets.choice(_LETTERS) for _each in range(_GROUP * _GROUPS))
    return "-".join(letters[at : at + _GROUP] for at in range(0, len(letters), _GROUP))


def _recovery_hash(credential_id: str, code: str) -> str:
    plain = "".join(each for each in code.upper() if each.isalnum())
    return blind_index(f"{credential_id}\0{plain}", "recovery")


def host() -> str:
    """Return the address of the portal, to which passkeys are bound."""
    return str(current_app.config["BASE_URL"])
