"""Second factors: apps, passkeys, text messages, codes on paper; nothing works half signed in."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import select

from portal import clock as the_clock
from portal.accounts import factors, service, tokens
from portal.accounts.models import Factor, RecoveryCode
from portal.accounts.tokens import UNFINISHED
from portal.extensions import db
from portal.permissions import FRESH, policy_of
from tests.accounts.authenticator import Authenticator
from tests.accounts.post import act
from tests.deleting import deleted
from tests.sockets import Socket
from tests.tenants.test_matrix import filled, ids_of, rules
from tests.world import PASSWORD, Caller, with_password

SECRET = re.compile(r'data-testid="totp-secret">([A-Z2-7]+)<')
CONFIRM = re.compile(r'action="(/account/factors/totp/[0-9a-f]{32})"')
CODE = re.compile(r"<code>([0-9A-Z-]{14})</code>")


def sign_in(name="ash.doctor", password=PASSWORD):
    return Caller().post("/sign-in", name=name, password=password)


@pytest.fixture
def doctor(world):
    with_password(world.ash, "doctor", "ash.doctor")
    return Caller(sign_in().json["token"])


def now_code(secret):
    return pyotp.TOTP(secret).at(the_clock.now())


def set_up_app(caller):
    """Set an app up; return its secret and the recovery codes."""
    offered = caller.post("/account/factors/totp").text
    secret = SECRET.search(offered)[1]
    shown = caller.post(CONFIRM.search(offered)[1], code=now_code(secret))
    assert shown.status_code == 200, shown.text
    return secret, CODE.findall(shown.text)


@pytest.fixture
def app_of(doctor, clock):
    """Return secret and recovery codes of a doctor with an app; the code used is over."""
    made = set_up_app(doctor)
    clock.move(timedelta(seconds=60))
    return made


def unfinished():
    answer = sign_in()
    assert answer.json["pending"] == "factor"
    assert answer.json["home"] == "/sign-in/second"
    return Caller(answer.json["token"])


def prove(caller, kind, proof):
    return caller.post("/sign-in/second", kind=kind, proof=proof)


@pytest.mark.requirement("ACC-3")
def test_an_app_is_asked_for_after_the_password(doctor, app_of):
    secret, _codes = app_of
    half = unfinished()
    assert 'data-way="totp"' in half.get("/sign-in/second").text
    answer = prove(half, "totp", now_code(secret))
    assert answer.status_code == 200
    assert answer.json["home"] == "/desk"
    assert Caller(answer.json["token"]).get("/desk").status_code == 200
    assert half.get("/sign-in/second").status_code == 401


@pytest.mark.requirement("ACC-3")
def test_half_signed_in_opens_nothing(app, world, doctor, app_of):
    half = unfinished()
    tried = 0
    for method, pattern, endpoint in rules(app):
        declared = policy_of(app, endpoint)
        if declared.roles and "factor" not in declared.pending:
            answer = half.send(method, filled(pattern, ids_of(world.ash)))
            assert answer.status_code == 401, endpoint
            tried += 1
    assert tried > 30
    assert not Socket(app, half.token).is_open
    assert half.get("/imprint").status_code == 200


@pytest.mark.requirement("ACC-3")
def test_half_signed_in_ends_soon(doctor, app_of, clock):
    secret, _codes = app_of
    half = unfinished()
    clock.move(UNFINISHED)
    assert prove(half, "totp", now_code(secret)).status_code == 401


@pytest.mark.requirement("ACC-3")
def test_a_code_is_taken_once(doctor, app_of):
    secret, _codes = app_of
    code = now_code(secret)
    assert prove(unfinished(), "totp", code).status_code == 200
    again = prove(unfinished(), "totp", code)
    assert again.status_code == 422
    assert again.json["error"]["code"] == "wrong_proof"


@pytest.mark.parametrize("steps", [-3, -2, 2, 3])
def test_an_old_or_early_code_is_refused(doctor, app_of, steps):
    secret, _codes = app_of
    code = pyotp.TOTP(secret).at(the_clock.now() + timedelta(seconds=30 * steps))
    assert prove(unfinished(), "totp", code).status_code == 422


@pytest.mark.requirement("ACC-3")
def test_a_recovery_code_helps_once(doctor, app_of):
    _secret, codes = app_of
    assert len(set(codes)) == factors.RECOVERY_CODES
    typed = codes[0].lower().replace("-", " ")
    assert prove(unfinished(), "recovery", typed).status_code == 200
    assert prove(unfinished(), "recovery", codes[0]).status_code == 422
    assert prove(unfinished(), "recovery", codes[1]).status_code == 200
    kept = {
        str(value)
        for row in db.session.scalars(select(RecoveryCode))
        for value in vars(row).values()
    }
    assert not kept & set(codes)


def test_the_secret_of_an_app_is_encrypted(doctor, app_of, portal):
    with db.engine.connect() as connection:
        stored = connection.execute(Factor.__table__.select()).mappings().all()
        raw = connection.exec_driver_sql("SELECT secret FROM factor").scalar()
    assert [row["secret"] for row in stored] == [app_of[0]]
    assert app_of[0] not in raw


@pytest.mark.requirement("ACC-5")
def test_guessing_codes_is_slowed_down(doctor, app_of):
    secret, _codes = app_of
    half = unfinished()
    for _ in range(5):
        assert prove(half, "totp", "000000").status_code == 422
    assert prove(half, "totp", now_code(secret)).status_code == 429


@pytest.mark.parametrize("kind", ["password", "sms", "passkey", "nonsense", ""])
def test_a_way_that_is_not_theirs_proves_nothing(doctor, app_of, kind):
    assert prove(unfinished(), kind, PASSWORD).status_code == 422


WIDE = "\uff11\uff12\uff13\uff14\uff15\uff16"


@pytest.mark.parametrize("proof", ["", "abc", WIDE, "0" * 9000, "{}", "[]", "null", "\0"])
@pytest.mark.parametrize("kind", ["totp", "recovery"])
def test_a_malformed_proof_is_answered_in_words(doctor, app_of, kind, proof):
    answer = prove(unfinished(), kind, proof)
    assert answer.status_code == 422
    assert answer.json["error"]["message"]


@pytest.mark.requirement("ACC-3")
def test_with_a_factor_the_password_is_no_fresh_proof(doctor, app_of, clock):
    secret, _codes = app_of
    clock.move(FRESH)
    assert doctor.post("/account/factors/totp").status_code == 403
    assert doctor.post("/proof", kind="password", proof=PASSWORD).status_code == 422
    assert doctor.post("/proof", kind="totp", proof=now_code(secret)).status_code == 204
    assert doctor.post("/account/factors/totp").status_code == 200


@pytest.mark.requirement("ACC-3")
def test_an_organisation_can_require_one(world, doctor):
    service.require_factor(world.ash.id, on=True, now=the_clock.now())
    db.session.commit()
    db.session.remove()
    answer = sign_in().json
    assert answer["pending"] == "enrol"
    half = Caller(answer["token"])
    assert 'data-testid="add-totp"' in half.get("/sign-in/second").text
    assert half.get("/desk").status_code == 401
    assert half.post("/sign-in/second/done").status_code == 404
    assert prove(half, "password", PASSWORD).status_code == 401
    set_up_app(half)
    done = half.post("/sign-in/second/done")
    assert done.status_code == 200
    assert Caller(done.json["token"]).get("/desk").status_code == 200


def test_who_knows_only_the_password_cannot_add_a_factor(doctor, app_of):
    half = unfinished()
    for path in ("totp", "passkey/options", "passkey", "sms", "recovery"):
        assert half.post(f"/account/factors/{path}", phone="x").status_code == 401


def test_the_last_factor_stays_where_one_is_required(world, doctor, app_of):
    service.require_factor(world.ash.id, on=True, now=the_clock.now())
    db.session.commit()
    factor = db.session.scalars(select(Factor.id)).one()
    db.session.remove()
    refused = doctor.post(f"/account/factors/{factor}/remove")
    assert refused.json["error"]["code"] == "last_factor"
    service.require_factor(world.ash.id, on=False, now=the_clock.now())
    db.session.commit()
    assert doctor.post(f"/account/factors/{factor}/remove").status_code == 200
    assert sign_in().json["pending"] == ""
    assert db.session.scalars(select(RecoveryCode)).all() == []


def test_a_colleagues_factor_cannot_be_removed(world, doctor, app_of):
    factor = db.session.scalars(select(Factor.id)).one()
    db.session.remove()
    with_password(world.ash, "colleague", "ash.colleague")
    colleague = Caller(sign_in("ash.colleague").json["token"])
    assert colleague.post(f"/account/factors/{factor}/remove").status_code == 404
    assert colleague.post(f"/account/factors/totp/{factor}", code="000000").status_code == 404
    assert db.session.scalars(select(Factor)).all()


@pytest.mark.requirement("ADM-2")
def test_a_reset_takes_all_factors_and_ends_the_sessions(world, doctor, app_of):
    act(world.ash, "doctor", service.reset_factors, now=the_clock.now())
    assert doctor.get("/desk").status_code == 401
    assert sign_in().json["pending"] == ""
    assert db.session.scalars(select(Factor)).all() == []


@pytest.mark.requirement("ACC-3")
def test_a_passkey_proves_who_one_is(doctor):
    device = Authenticator()
    options = doctor.post("/account/factors/passkey/options").json
    assert options["authenticatorSelection"]["userVerification"] == "required"
    made = json.dumps(device.makes(options, "http://localhost"))
    shown = doctor.post("/account/factors/passkey", made=made, label="Schlüsselbund")
    assert shown.status_code == 200
    assert len(CODE.findall(shown.text)) == factors.RECOVERY_CODES
    half = unfinished()
    answer = device.proves(half.post("/proof/passkey").json, "http://localhost")
    assert prove(half, "passkey", json.dumps(answer)).status_code == 200
    # The same answer once more, in another sign-in, proves nothing.
    again = unfinished()
    again.post("/proof/passkey")
    assert prove(again, "passkey", json.dumps(answer)).status_code == 422


@pytest.mark.parametrize(
    "spoil",
    [
        {"origin": "https://evil.example"},
        {"challenge": "AAAA"},
        {"verified": False},
        {"rp_id": "evil.example"},
    ],
)
def test_a_passkey_for_another_place_or_question_proves_nothing(doctor, spoil):
    spoil = dict(spoil)
    device = Authenticator()
    made = device.makes(doctor.post("/account/factors/passkey/options").json, "http://localhost")
    doctor.post("/account/factors/passkey", made=json.dumps(made))
    half = unfinished()
    question = half.post("/proof/passkey").json
    origin = spoil.pop("origin", "http://localhost")
    answer = device.proves(question, origin, **spoil)
    assert prove(half, "passkey", json.dumps(answer)).status_code == 422


@pytest.mark.parametrize("made", ["", "{}", "[]", "null", '{"id": 1}', "x" * 30_000, "ä"])
def test_a_malformed_passkey_is_answered_in_words(doctor, made):
    doctor.post("/account/factors/passkey/options")
    answer = doctor.post("/account/factors/passkey", made=made)
    assert answer.status_code == 422
    assert answer.json["error"]["message"]


def test_staff_have_the_same_factors_but_no_text_message(world):
    operator = Caller(world.operator)
    row = tokens.who(world.operator, now=the_clock.now())
    from portal.accounts.models import Staff
    from portal.accounts.passwords import hash_password
    from portal.accounts.service import give_credential

    staff = db.session.get_one(Staff, row.subject_id)
    give_credential(staff, "ops", hash_password(PASSWORD))
    db.session.commit()
    set_up_app(operator)
    assert sign_in("ops").json["pending"] == "factor"
    assert operator.post("/account/factors/sms", phone="+491713920012").status_code == 404


def test_a_suspension_between_the_steps_stops_the_second(world, doctor, app_of):
    secret, _codes = app_of
    half = unfinished()
    act(world.ash, "doctor", lambda account: setattr(account, "state", "suspended"))
    assert prove(half, "totp", now_code(secret)).status_code == 401


def test_the_sessions_list_shows_no_unfinished_ones(doctor, app_of):
    half = tokens.who(unfinished().token, now=the_clock.now(), unfinished=True)
    assert half.token_id not in doctor.get("/sessions").text


def test_questions_are_forgotten(world, doctor, clock):
    from portal.accounts import challenges
    from portal.accounts.models import Challenge

    doctor.post("/account/factors/passkey/options")
    clock.move(challenges.LIFE + timedelta(seconds=1))
    deleted("challenge", the_clock.now())
    assert db.session.scalars(select(Challenge)).all() == []


@pytest.mark.requirement("ADM-2")
def test_project_administration_resets_them_after_a_proof(world, doctor, app_of, clock):
    with_password(world.ash, "projectadmin", "ash.admin")
    admin = Caller(sign_in("ash.admin").json["token"])
    asked = {"action": "reset_factors", "ids": [world.ash.ids["doctor"]]}
    clock.move(FRESH)
    refused = admin.send("POST", "/admin/actions", data=asked)
    assert refused.headers["X-Portal-Proof"] == "needed"
    assert db.session.scalars(select(Factor)).all()
    db.session.rollback()
    assert admin.post("/proof", kind="password", proof=PASSWORD).status_code == 204
    assert admin.send("POST", "/admin/actions", data=asked).status_code == 200
    assert db.session.scalars(select(Factor)).all() == []
    db.session.rollback()
    assert sign_in().json["pending"] == ""
