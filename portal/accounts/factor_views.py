"""The pages of second factors: the second step of signing in, and setting factors up."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, jsonify, render_template
from flask_login import current_user

from portal import clock, ratelimit
from portal.accounts import credentials, factors, passkeys, proofs, service, sms_codes, tokens
from portal.accounts.factors import Kind
from portal.accounts.forms import CodeForm, PasskeyForm, PhoneForm, ProofForm
from portal.accounts.proofs import WrongProofError
from portal.accounts.tokens import Pending
from portal.errors import NotFoundHereError
from portal.extensions import db
from portal.permissions import ACCOUNTS, policy
from portal.pluginhost import service as pluginhost

if TYPE_CHECKING:
    from portal.accounts.models import Credential, Factor

bp = Blueprint("factors", __name__)

UNFINISHED = (Pending.FACTOR, Pending.ENROL)
CONFIRMED_WRONG = ratelimit.Limit("factor-confirm", attempts=10, seconds=300)


@bp.get("/sign-in/second")
@policy(*ACCOUNTS, page=True, pending=UNFINISHED)
def second() -> str:
    """Ask for the second factor, or for one to be set up, whichever is missing."""
    known = _known()
    shown = {"home": service.HOME[current_user.role], "login_name": known.login_name}
    if current_user.pending == Pending.ENROL:
        return render_template("accounts/second_setup.html", **shown, **overview(known))
    return render_template("accounts/second.html", **shown, ways=factors.ways(known.id))


@bp.post("/sign-in/second")
@policy(*ACCOUNTS, pending=(Pending.FACTOR,))
def finish() -> Response:
    """Exchange the unfinished sign-in and a proof for a token that opens the portal."""
    form = ProofForm.received()
    if current_user.pending != Pending.FACTOR:
        raise NotFoundHereError
    now = clock.now()
    proofs.check(current_user, _known(), form.value("kind"), form.value("proof"), now=now)
    return _entered()


@bp.post("/sign-in/second/done")
@policy(*ACCOUNTS, pending=(Pending.ENROL,))
def enrolled() -> Response:
    """Exchange the unfinished sign-in for a token once a second factor is set up."""
    if current_user.pending != Pending.ENROL or not factors.confirmed(_known().id):
        raise NotFoundHereError
    return _entered()


def _entered() -> Response:
    signed_in = service.complete(current_user, now=clock.now())
    db.session.commit()
    return jsonify(token=signed_in.token, home=signed_in.home, name=signed_in.name)


@bp.get("/proof")
@policy(*ACCOUNTS, pending=(Pending.RESTRICTED,))
def ask() -> str:
    """Return the dialog that asks who sits here."""
    known = _known()
    return render_template(
        "accounts/_proof.html", login_name=known.login_name, ways=factors.ways(known.id)
    )


@bp.post("/proof")
@policy(*ACCOUNTS, pending=(Pending.RESTRICTED,))
def prove() -> tuple[str, int]:
    """Take a proof; for ten minutes dangerous actions then ask no more."""
    form = ProofForm.received()
    now = clock.now()
    proofs.check(current_user, _known(), form.value("kind"), form.value("proof"), now=now)
    tokens.prove(current_user.token_id, now=now)
    db.session.commit()
    return "", 204


@bp.post("/proof/passkey")
@policy(*ACCOUNTS, pending=(Pending.FACTOR, Pending.RESTRICTED))
def passkey_question() -> Response:
    """Return what a browser asks a passkey."""
    options = passkeys.ask(current_user.token_id, _known().id, now=clock.now())
    db.session.commit()
    return _json(options)


@bp.post("/proof/sms")
@policy(*ACCOUNTS, pending=(Pending.FACTOR, Pending.RESTRICTED))
def send_sms() -> tuple[str, int]:
    """Send a code to the number that was confirmed."""
    mine = [each for each in factors.confirmed(_known().id) if each.kind == Kind.SMS]
    numbers = [str(each.secret) for each in mine]
    if not numbers:
        raise NotFoundHereError
    sms_codes.send(current_user, numbers[0], now=clock.now())
    db.session.commit()
    return "", 204


@bp.post("/account/factors/totp")
@policy(*ACCOUNTS, fresh=True, pending=(Pending.ENROL,))
def offer_totp() -> str:
    """Show the QR code of an authenticator app that is to be set up."""
    known = _known()
    _room(known)
    offer = factors.offer_totp(known.id, known.login_name, now=clock.now())
    db.session.commit()
    return render_template("accounts/_factor_totp.html", offer=offer)


@bp.post("/account/factors/totp/<factor_id>")
@policy(*ACCOUNTS, fresh=True, pending=(Pending.ENROL,))
def confirm_totp(factor_id: str) -> str:
    """Let the app count once it has given a right code."""
    known = _known()
    factor = factors.get_factor(known.id, factor_id)
    if factor.confirmed_at is not None or factor.kind != Kind.TOTP:
        raise NotFoundHereError
    form = CodeForm.received()
    ratelimit.check(CONFIRMED_WRONG, known.id)
    if not factors.check_totp(factor, form.value("code"), now=clock.now()):
        _wrong(known)
    return _confirmed(factor, known)


@bp.post("/account/factors/passkey/options")
@policy(*ACCOUNTS, fresh=True, pending=(Pending.ENROL,))
def offer_passkey() -> Response:
    """Return what a browser needs to make a passkey."""
    known = _known()
    _room(known)
    options = passkeys.offer(current_user.token_id, known.id, known.login_name, now=clock.now())
    db.session.commit()
    return _json(options)


@bp.post("/account/factors/passkey")
@policy(*ACCOUNTS, fresh=True, pending=(Pending.ENROL,))
def add_passkey() -> str:
    """Keep the passkey that the browser made."""
    form = PasskeyForm.received()
    known = _known()
    label, made = form.value("label"), form.value("made")
    factor = passkeys.add(current_user.token_id, known.id, made, label, now=clock.now())
    if factor is None:
        raise WrongProofError
    return _confirmed(factor, known)


@bp.post("/account/factors/sms")
@policy(*ACCOUNTS, fresh=True, pending=(Pending.ENROL,))
def offer_sms() -> str:
    """Send a code to a number that is to become a second factor."""
    form = PhoneForm.received()
    if current_user.organisation_id is None:
        raise NotFoundHereError  # staff have no organisation that could send
    _room(_known())
    sms_codes.send(current_user, form.value("phone"), now=clock.now())
    db.session.commit()
    return render_template("accounts/_factor_sms.html")


@bp.post("/account/factors/sms/confirm")
@policy(*ACCOUNTS, fresh=True, pending=(Pending.ENROL,))
def confirm_sms() -> str:
    """Let the number count once its code was typed."""
    form = CodeForm.received()
    known = _known()
    ratelimit.check(CONFIRMED_WRONG, known.id)
    phone = sms_codes.check(current_user, form.value("code"), now=clock.now())
    if phone is None:
        _wrong(known)
    factor = factors.begin(known.id, Kind.SMS, str(phone), now=clock.now())
    return _confirmed(factor, known)


@bp.post("/account/factors/<factor_id>/remove")
@policy(*ACCOUNTS, fresh=True)
def remove(factor_id: str) -> str:
    """Take a factor away, unless the organisation requires one and it is the last."""
    known = _known()
    factors.get_factor(known.id, factor_id)
    if len(factors.confirmed(known.id)) == 1 and service.requires_factor(
        current_user.organisation_id
    ):
        raise factors.LastFactorError
    factors.remove(known.id, factor_id, now=clock.now())
    db.session.commit()
    return render_template("accounts/_factors.html", **overview(known))


@bp.post("/account/factors/recovery")
@policy(*ACCOUNTS, fresh=True)
def recovery() -> str:
    """Make ten fresh recovery codes; the old ones end."""
    known = _known()
    if not factors.confirmed(known.id):
        raise NotFoundHereError
    codes = factors.make_recovery_codes(known.id, now=clock.now())
    db.session.commit()
    return render_template("accounts/_factors.html", codes=codes, **overview(known))


def _known() -> Credential:
    return credentials.of_principal(current_user)


def _room(known: Credential) -> None:
    """Refuse an eleventh factor: nobody has that many."""
    if len(factors.confirmed(known.id)) >= factors.MAX_FACTORS:
        raise factors.TooManyFactorsError


def _wrong(known: Credential) -> None:
    db.session.rollback()
    ratelimit.spend(CONFIRMED_WRONG, known.id)
    raise factors.WrongCodeError


def _confirmed(factor: Factor, known: Credential) -> str:
    codes = factors.confirm(factor, now=clock.now())
    db.session.commit()
    return render_template("accounts/_factors.html", codes=codes, **overview(known))


def overview(known: Credential) -> dict[str, Any]:
    """Return what the list of factors shows."""
    rows = [
        {
            "id": each.id,
            "kind": factors.kind_words(each.kind),
            "label": each.label,
            "created_at": each.created_at,
            "last_used_on": each.last_used_on,
        }
        for each in factors.confirmed(known.id)
    ]
    return {
        "rows": rows,
        "left": factors.recovery_codes_left(known.id),
        "enrolling": current_user.pending == Pending.ENROL,
        "with_sms": current_user.organisation_id is not None
        and bool(pluginhost.answering("send_sms")),
        "required": service.requires_factor(current_user.organisation_id),
    }


def _json(options: str) -> Response:
    return jsonify(json.loads(options))
