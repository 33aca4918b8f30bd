"""Single-use links: mailed to the right address, used once, in time, by nobody else (ACC-6)."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal import audit
from portal import clock as the_clock
from portal.accounts import link_views, links, tokens
from portal.accounts.links import LIVES, Purpose
from portal.accounts.models import Link, Staff
from portal.accounts.tokens import Owner, Pending
from portal.extensions import db
from portal.permissions import Role
from tests.accounts.post import act, keys, mails, read_account
from tests.deleting import deleted
from tests.world import PASSWORD, Caller, with_password

NEW = "vier zufällige Wörter 😀"


def sign_in(name, password):
    return Caller().post("/sign-in", name=name, password=password)


@pytest.fixture
def invited(world):
    act(world.ash, "doctor", links.invite, now=the_clock.now())
    return keys(world.ash)[0]


def set_password(key, password=NEW, caller=None):
    return (caller or Caller()).post("/link/password", key=key, password=password)


@pytest.mark.requirement("ACC-6", "ADM-2")
def test_an_invitation_leads_to_a_password_and_to_the_desk(world, invited):
    shown = Caller().post("/link/look", key=invited)
    assert shown.status_code == 200
    assert "Praxis Ash" in shown.text
    answer = set_password(invited)
    assert answer.status_code == 200
    assert answer.json["name"] == "doctor@ash.example"
    assert sign_in(answer.json["name"], NEW).status_code == 200
    assert read_account(world.ash, "doctor", "email_confirmed_at") is not None
    written = db.session.scalars(
        audit.of_object("account", world.ash.ids["doctor"], organisation_id=world.ash.id)
    ).all()
    assert [row.code for row in written] == ["accounts.password.set", "accounts.account.invited"]


@pytest.mark.requirement("ACC-6")
def test_an_invitation_goes_to_the_account_in_its_language(world):
    def english(account):
        account.language = "en"
        links.invite(account, now=the_clock.now())

    act(world.ash, "doctor", english)
    act(world.ash, "assistant", links.invite, now=the_clock.now())
    first, second = mails(world.ash)
    assert first["to"] == "doctor@Ash.example"
    assert "has set up an account" in first["text"]
    assert "ein Konto eingerichtet" in second["text"]


@pytest.mark.requirement("ACC-6")
def test_the_secret_stands_behind_the_hash_and_only_its_hash_is_kept(world, invited):
    assert len(invited) >= 43
    assert f"http://localhost/link#{invited}" in mails(world.ash)[0]["text"]
    row = db.session.scalars(select(Link)).one()
    assert invited not in {str(value) for value in vars(row).values()}


@pytest.mark.requirement("ACC-6")
def test_looking_uses_nothing_up_and_setting_does(world, invited):
    for _ in range(3):
        assert Caller().get("/link").status_code == 200
        assert Caller().post("/link/look", key=invited).status_code == 200
    assert set_password(invited).status_code == 200
    for again in (set_password(invited, NEW + "!"), Caller().post("/link/look", key=invited)):
        assert again.status_code == 410
        assert again.json["error"]["code"] == "used_link"
    assert sign_in("doctor@ash.example", NEW).status_code == 200


@pytest.mark.requirement("ACC-6")
def test_of_two_at_once_one_wins(app, world, invited):
    start = threading.Barrier(2)
    results = {}

    def press(password):
        with app.app_context():
            start.wait()
            results[password] = set_password(invited, password).status_code

    chosen = ["first of two passwords", "second of two passwords"]
    threads = [threading.Thread(target=press, args=(each,)) for each in chosen]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(results.values()) == [200, 410]
    for password, status in results.items():
        wanted = 200 if status == 200 else 422
        assert sign_in("doctor@ash.example", password).status_code == wanted


@pytest.mark.requirement("ACC-6")
@pytest.mark.parametrize("purpose", list(Purpose))
def test_a_late_link_says_so(world, clock, purpose):
    now = the_clock.now()
    make = {
        Purpose.INVITE: lambda account: links.invite(account, now=now),
        Purpose.RESET: lambda account: links.reset(account, now=now),
        Purpose.EMAIL: lambda account: links.change_email(account, "n@x.example", now=now),
    }
    act(world.ash, "doctor", make[purpose])
    key = keys(world.ash)[0]
    clock.move(LIVES[purpose] - timedelta(seconds=30))
    assert Caller().post("/link/look", key=key).status_code == 200
    clock.move(timedelta(seconds=30))
    path = "/link/email" if purpose is Purpose.EMAIL else "/link/password"
    for late in (Caller().post("/link/look", key=key), Caller().post(path, key=key, password=NEW)):
        assert late.status_code == 410
        assert late.json["error"]["code"] == "late_link"


@pytest.mark.requirement("ACC-6")
@pytest.mark.parametrize("who", ["colleague", "guest", "projectadmin", "operator"])
def test_a_link_is_refused_while_somebody_else_is_signed_in(world, invited, who):
    caller = world.caller(who)
    for answer in (caller.post("/link/look", key=invited), set_password(invited, caller=caller)):
        assert answer.status_code == 409
        assert answer.json["error"]["code"] == "foreign_link"
    stranger = Caller(world.birch.tokens["doctor"])
    assert set_password(invited, caller=stranger).json["error"]["code"] == "foreign_link"
    assert set_password(invited, caller=world.caller("doctor")).status_code == 200


def test_a_new_link_replaces_the_one_before(world, invited):
    act(world.ash, "doctor", links.reset, now=the_clock.now())
    old, new = invited, next(key for key in keys(world.ash) if key != invited)
    assert set_password(old).json["error"]["code"] == "used_link"
    assert set_password(new).status_code == 200


def test_a_suspended_account_cannot_use_its_link(world, invited):
    act(world.ash, "doctor", lambda account: setattr(account, "state", "suspended"))
    assert set_password(invited).json["error"]["code"] == "suspended"


@pytest.mark.parametrize("key", ["", "x", "x" * 99, "x" * 5000, "' OR 1=1 --", "ä\u202e"])
@pytest.mark.parametrize("path", ["/link/look", "/link/password", "/link/email"])
def test_a_malformed_link_is_answered_in_words(world, path, key):
    answer = Caller().post(path, key=key, password=NEW)
    assert answer.status_code in {404, 422}
    assert answer.json["error"]["message"]


def test_trying_unknown_links_is_slowed_down(world):
    for _ in range(30):
        assert Caller().post("/link/look", key="x").status_code == 404
    refused = Caller().post("/link/look", key="x")
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0


def test_a_link_for_one_thing_does_another_thing_never(world, invited):
    assert Caller().post("/link/email", key=invited).status_code == 404
    act(world.ash, "colleague", links.change_email, "n@x.example", now=the_clock.now())
    key = next(each for each in keys(world.ash) if each != invited)
    assert set_password(key).status_code == 404


@pytest.mark.requirement("ACC-6")
def test_a_reset_ends_all_sessions_and_is_mailed_on_request(world, monkeypatch):
    monkeypatch.setattr(link_views, "AFTERWARDS", lambda act, *values: act(*values))
    with_password(world.ash, "doctor", "ash.doctor")
    before = world.caller("doctor")
    assert before.get("/desk").status_code == 200
    known = Caller().post("/forgotten", name=" Ash.Doctor ")
    unknown = Caller().post("/forgotten", name="nobody")
    assert known.status_code == unknown.status_code == 200
    assert known.data == unknown.data
    assert [mail["to"] for mail in mails(world.ash)] == ["doctor@Ash.example"]
    assert set_password(keys(world.ash)[0]).json["name"] == "ash.doctor"
    assert before.get("/desk").status_code == 401
    assert sign_in("ash.doctor", PASSWORD).status_code == 422
    assert sign_in("ash.doctor", NEW).status_code == 200


@pytest.mark.requirement("ACC-5")
def test_nobody_can_flood_a_mailbox(world, monkeypatch):
    monkeypatch.setattr(link_views, "AFTERWARDS", lambda act, *values: act(*values))
    with_password(world.ash, "doctor", "ash.doctor")
    for _ in range(3):
        assert Caller().post("/forgotten", name="ash.doctor").status_code == 200
        assert Caller().post("/forgotten", name="nobody").status_code == 200
    refused = [Caller().post("/forgotten", name=name) for name in ("ash.doctor", "nobody")]
    assert [each.status_code for each in refused] == [429, 429]
    assert len(mails(world.ash)) == 3


def test_a_suspended_account_gets_no_mail(world, monkeypatch):
    monkeypatch.setattr(link_views, "AFTERWARDS", lambda act, *values: act(*values))
    with_password(world.ash, "doctor", "ash.doctor")
    act(world.ash, "doctor", lambda account: setattr(account, "state", "suspended"))
    assert Caller().post("/forgotten", name="ash.doctor").status_code == 200
    assert mails(world.ash) == []


@pytest.mark.requirement("ACC-6")
def test_a_new_address_holds_when_confirmed_and_the_old_one_is_told(world):
    act(world.ash, "doctor", links.change_email, "new@ash.example", now=the_clock.now())
    asked = {mail["to"]: mail["text"] for mail in mails(world.ash)}
    assert set(asked) == {"new@ash.example", "doctor@Ash.example"}
    assert "/link#" not in asked["doctor@Ash.example"]
    assert "new@ash.example" not in asked["doctor@Ash.example"]
    assert read_account(world.ash, "doctor", "email") == "doctor@Ash.example"
    key = keys(world.ash)[0]
    assert "new@ash.example" in Caller().post("/link/look", key=key).text
    assert Caller().post("/link/email", key=key).status_code == 200
    assert read_account(world.ash, "doctor", "email") == "new@ash.example"
    assert [mail["to"] for mail in mails(world.ash)].count("doctor@Ash.example") == 2
    assert Caller().post("/link/email", key=key).json["error"]["code"] == "used_link"


def test_a_login_name_that_was_the_address_follows_it(world, invited):
    set_password(invited)
    act(world.ash, "doctor", links.change_email, "new@ash.example", now=the_clock.now())
    key = next(each for each in keys(world.ash) if each != invited)
    Caller().post("/link/email", key=key)
    assert sign_in("doctor@ash.example", NEW).status_code == 422
    assert sign_in("new@ash.example", NEW).status_code == 200


def test_an_address_that_is_a_login_name_elsewhere_is_not_given_twice(world):
    with_password(world.birch, "doctor", "doctor@ash.example")
    act(world.ash, "doctor", links.invite, now=the_clock.now())
    name = set_password(keys(world.ash)[0]).json["name"]
    assert name != "doctor@ash.example"
    assert world.ash.ids["doctor"][:4] in name
    assert sign_in(name, NEW).status_code == 200


def test_staff_get_a_link_that_is_shown_once(world):
    staff = db.session.scalars(select(Staff).where(Staff.role == "operator")).one()
    url = links.for_staff(staff, Purpose.INVITE, now=the_clock.now())
    db.session.commit()
    address, _, key = url.partition("#")
    assert address == "http://localhost/link"
    name = set_password(key).json["name"]
    assert sign_in(name, NEW).json["home"] == "/operator"
    assert set_password(key).json["error"]["code"] == "used_link"


def test_links_are_forgotten_a_month_after_they_ended(world, invited, clock):
    clock.move(LIVES[Purpose.INVITE] + timedelta(days=30, seconds=1))
    assert deleted("link", the_clock.now()) > 0
    assert db.session.scalars(select(Link)).all() == []


@pytest.mark.requirement("ACC-6")
def test_a_new_password_ends_the_change_of_address_that_somebody_else_asked_for(world):
    act(world.ash, "doctor", links.change_email, "thief@x.example", now=the_clock.now())
    asked = keys(world.ash)[0]
    act(world.ash, "doctor", links.reset, now=the_clock.now())
    assert set_password(next(key for key in keys(world.ash) if key != asked)).status_code == 200
    assert Caller().post("/link/email", key=asked).json["error"]["code"] == "used_link"
    assert read_account(world.ash, "doctor", "email") == "doctor@Ash.example"


@pytest.mark.requirement("ACC-6", "ADM-2")
def test_a_corrected_address_ends_the_invitation_that_went_to_the_wrong_one(world, invited):
    act(world.ash, "doctor", lambda account: setattr(account, "email", "right@ash.example"))
    assert set_password(invited).json["error"]["code"] == "used_link"


def test_who_is_half_signed_in_elsewhere_is_told_so_too(world, invited):
    owner = Owner(Role.DOCTOR, world.birch.ids["doctor"], organisation_id=world.birch.id)
    secret = tokens.issue(owner, now=the_clock.now(), pending=Pending.FACTOR)
    db.session.commit()
    answer = Caller(secret).post("/link/look", key=invited)
    assert (answer.status_code, answer.json["error"]["code"]) == (409, "foreign_link")
