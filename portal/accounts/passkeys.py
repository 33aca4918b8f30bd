"""Passkeys (WebAuthn level 3): the challenge lies in a row, and the key is bound to our address."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import webauthn
from sqlalchemy import update
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, options_to_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from portal.accounts import challenges, factors
from portal.accounts.factors import Kind
from portal.accounts.models import Factor
from portal.extensions import db

if TYPE_CHECKING:
    from datetime import datetime

ADDING, PROVING = "adding", "proving"
NAME = "Praxisfenster"
MAX_LABEL = 60


def _place() -> tuple[str, str]:
    """Return the domain and the origin that passkeys are bound to."""
    origin = factors.host()
    return urlsplit(origin).hostname or "", origin


def _known(credential_id: str) -> list[PublicKeyCredentialDescriptor]:
    found = (each for each in factors.confirmed(credential_id) if each.kind == Kind.PASSKEY)
    return [PublicKeyCredentialDescriptor(base64url_to_bytes(f.passkey_id or "")) for f in found]


def offer(token_id: str, credential_id: str, login_name: str, *, now: datetime) -> str:
    """Return the options with which a browser makes a passkey, as JSON."""
    options = webauthn.generate_registration_options(
        rp_id=_place()[0],
        rp_name=NAME,
        user_name=login_name,
        user_id=bytes.fromhex(credential_id),
        exclude_credentials=_known(credential_id),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
    )
    challenges.ask(token_id, ADDING, bytes_to_base64url(options.challenge), now=now)
    return options_to_json(options)


def add(
    token_id: str, credential_id: str, made: str, label: str, *, now: datetime
) -> Factor | None:
    """Keep the passkey that a browser made, not yet counting; None when it does not fit."""
    asked = challenges.tried(token_id, ADDING, now=now)
    if asked is None or not challenges.answered(token_id, ADDING):
        return None
    rp_id, origin = _place()
    try:
        verified = webauthn.verify_registration_response(
            credential=json.loads(made),
            expected_challenge=base64url_to_bytes(asked),
            expected_rp_id=rp_id,
            expected_origin=origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, TypeError, KeyError, AttributeError):
        return None
    factor = Factor(
        credential_id=credential_id,
        kind=Kind.PASSKEY,
        label=label[:MAX_LABEL] or factors.kind_words(Kind.PASSKEY),
        passkey_id=bytes_to_base64url(verified.credential_id),
        public_key=verified.credential_public_key.hex(),
        counter=verified.sign_count,
        created_at=now,
    )
    db.session.add(factor)
    db.session.flush()
    return factor


def ask(token_id: str, credential_id: str, *, now: datetime) -> str:
    """Return the options with which a browser proves that it holds a passkey, as JSON."""
    options = webauthn.generate_authentication_options(
        rp_id=_place()[0],
        allow_credentials=_known(credential_id),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    challenges.ask(token_id, PROVING, bytes_to_base64url(options.challenge), now=now)
    return options_to_json(options)


def check(token_id: str, credential_id: str, proof: str, *, now: datetime) -> bool:
    """Tell whether a browser's answer fits: our challenge, our address, a key of this login.

    The challenge is used up by any answer, so that none can be played again.
    """
    asked = challenges.tried(token_id, PROVING, now=now)
    if asked is None or not challenges.answered(token_id, PROVING):
        return False
    rp_id, origin = _place()
    try:
        answer = json.loads(proof)
        factor = _named(credential_id, str(answer["id"]))
        if factor is None:
            return False
        verified = webauthn.verify_authentication_response(
            credential=answer,
            expected_challenge=base64url_to_bytes(asked),
            expected_rp_id=rp_id,
            expected_origin=origin,
            credential_public_key=bytes.fromhex(factor.public_key or ""),
            credential_current_sign_count=factor.counter,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, TypeError, KeyError, AttributeError):
        return False
    used = update(Factor).where(Factor.id == factor.id)
    db.session.execute(used.values(counter=verified.new_sign_count, last_used_on=now.date()))
    return True


def _named(credential_id: str, passkey_id: str) -> Factor | None:
    for factor in factors.confirmed(credential_id):
        if factor.kind == Kind.PASSKEY and factor.passkey_id == passkey_id:
            return factor
    return None
