"""One's own account: seen whole, changed after a proof, by nobody else."""

from __future__ import annotations

import pytest

from portal import clock as the_clock
from portal.accounts import tokens
from portal.accounts.models import Staff
from portal.extensions import db
from portal.permissions import FRESH
from portal.sockets import WATCH_SECONDS, close_ended
from tests.accounts.post import act, keys, mails, read_account
from tests.sockets import Socket
from tests.world import PASSWORD, Caller, with_password

NEW = "four quite random words"


def sign_in(password=PASSWORD, name="ash.doctor"):
    return Caller().post("/sign-in", name=name, password=password)


@pytest.fixture
def doctor(world):
    with_password(world.ash, "doctor", "ash.doctor")
    return Caller(sign_in().json["token"])


@pytest.mark.requirement("ACC-2")
def test_a_new_password_ends_the_other_sessions_and_not_this_one(doctor):
    other = Caller(sign_in().json["token"])
    assert doctor.post("/account/password", password=NEW).status_code == 200
    assert doctor.get("/desk").status_code == 200
    assert other.get("/desk").status_code == 401
    assert sign_in().status_code == 422
    assert sign_in(NEW).status_code == 200


@pytest.mark.parametrize("password", ["", "short", "password12345", "ash.doctor 12", "x" * 300])
def test_a_weak_new_password_changes_nothing(doctor, password):
    refused = doctor.post("/account/password", password=password)
    assert refused.status_code == 422
    assert refused.json["error"]["details"]["fields"]["password"]
    assert sign_in().status_code == 200


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("/account/password", {"password": NEW}),
        ("/account/email", {"email": "n@ash.example"}),
        ("/account/factors/totp", {}),
        ("/account/factors/passkey/options", {}),
        ("/account/factors/recovery", {}),
    ],
)
def test_what_is_dangerous_asks_for_a_proof_first(doctor, clock, path, data):
    clock.move(FRESH)
    refused = doctor.post(path, **data)
    assert refused.status_code == 403
    assert refused.headers["X-Portal-Proof"] == "needed"
    assert sign_in().status_code == 200


@pytest.mark.requirement("ACC-6")
def test_a_new_password_ends_a_change_of_address_that_is_under_way(doctor, world):
    doctor.post("/account/email", email="thief@x.example")
    assert doctor.post("/account/password", password=NEW).status_code == 200
    refused = Caller().post("/link/email", key=keys(world.ash)[0])
    assert refused.json["error"]["code"] == "used_link"


@pytest.mark.requirement("ACC-6")
def test_nobody_mails_strangers_without_end(doctor, world):
    for number in range(5):
        assert doctor.post("/account/email", email=f"{number}@x.example").status_code == 200
    assert doctor.post("/account/email", email="6@x.example").status_code == 429
    assert len(mails(world.ash)) == 10


@pytest.mark.requirement("ACC-6")
def test_a_new_address_is_mailed_and_the_old_one_told(doctor, world):
    assert doctor.post("/account/email", email="new@ash.example").status_code == 200
    assert {mail["to"] for mail in mails(world.ash)} == {"new@ash.example", "doctor@Ash.example"}
    assert read_account(world.ash, "doctor", "email") == "doctor@Ash.example"


@pytest.mark.parametrize(
    "email",
    [
        "",
        "x",
        "a@b",
        "a b@c.de",
        "a@b.de\nBcc: x@y.de",
        "a@b.de, c@d.de",
        "x" * 300 + "@a.de",
        "\0@a.de",
    ],
)
def test_an_address_that_is_none_is_refused(doctor, world, email):
    answer = doctor.post("/account/email", email=email)
    if answer.status_code == 200:
        # A line break becomes a space, and what then stands there is refused as well.
        pytest.fail(answer.text)
    assert answer.status_code == 422
    assert mails(world.ash) == []


def test_mails_come_in_the_language_that_was_chosen(doctor, world):
    assert doctor.post("/account/language", language="en").status_code == 204
    assert read_account(world.ash, "doctor", "language") == "en"
    assert doctor.post("/account/language", language="fr").status_code == 404


@pytest.mark.requirement("ACC-3")
def test_project_administration_can_require_a_second_factor(world, doctor):
    admin = world.caller("projectadmin")
    assert "require-factor" in admin.get("/account").text
    assert admin.post("/account/factor-required", on="1").status_code == 200
    assert sign_in().json["pending"] == "enrol"
    assert doctor.post("/account/factor-required", on="0").status_code == 404
    assert admin.post("/account/factor-required", on="0").status_code == 200
    assert sign_in().json["pending"] == ""


@pytest.mark.parametrize(
    "role", ["doctor", "assistant", "projectadmin", "sales", "support", "operator"]
)
def test_everybody_sees_their_own_account(world, role):
    page = world.caller(role).get("/account")
    assert page.status_code == 200
    assert "own-sessions" in page.text


def suspended(account):
    account.state = "suspended"


@pytest.mark.requirement("ACC-2", "ADM-2")
def test_a_suspension_closes_pages_and_sockets_within_two_seconds(app, world):
    """The watch over sockets looks each second for what ended; each message looks by itself."""
    page, quiet = Socket(app, world.ash.tokens["doctor"]), Socket(app, world.ash.tokens["doctor"])
    before = the_clock.now()
    act(world.ash, "doctor", suspended)
    assert world.caller("doctor").get("/desk").status_code == 401
    page.heard()
    page.send({"id": "1", "type": "call.leave", "call.leave": {"call": "0" * 32}})
    assert not page.is_open
    assert WATCH_SECONDS <= 1
    close_ended(tokens.ended_since(before))
    assert not quiet.is_open
    assert world.caller("colleague").get("/desk").status_code == 200


@pytest.mark.requirement("ACC-2")
def test_pages_of_several_organisations_are_closed_in_one_round(app, world):
    pages = [Socket(app, org.tokens["doctor"]) for org in (world.ash, world.birch)]
    before = the_clock.now()
    for org in (world.ash, world.birch):
        act(org, "doctor", suspended)
    close_ended(tokens.ended_since(before))
    assert [page.is_open for page in pages] == [False, False]


def test_a_role_that_changed_holds_from_the_next_request(world):
    act(world.ash, "doctor", lambda account: setattr(account, "role", "assistant"))
    assert world.caller("doctor").get("/desk").status_code == 401


def test_what_changes_nothing_about_rights_ends_no_session(world):
    act(world.ash, "doctor", lambda account: setattr(account, "last_name", "Anders"))
    act(world.ash, "unverified", lambda account: setattr(account, "state", "active"))
    for who in ("doctor", "unverified"):
        assert world.caller(who).get("/desk").status_code == 200


def test_staff_who_left_are_out_at_once(world):
    sales = tokens.who(world.ash.tokens["sales"], now=the_clock.now())
    db.session.get_one(Staff, sales.subject_id).state = "left"
    db.session.commit()
    assert world.caller("sales").get("/sales").status_code == 401
    assert world.caller("support").get("/sessions").status_code == 200
