"""Sign-in without cookies: tokens that end, limits that answer 429, nothing in a cookie ever."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import session
from flask_login import login_user

from portal import clock as the_clock
from portal.accounts import tokens
from portal.accounts.models import Token
from portal.accounts.tokens import LIMITS
from portal.extensions import db
from portal.permissions import Role
from portal.security import CookieError
from tests.sockets import Socket
from tests.tenants.test_matrix import filled, ids_of, rules
from tests.world import PASSWORD, Caller, with_password


def sign_in(name="ash.doctor", password=PASSWORD):
    return Caller().post("/sign-in", name=name, password=password)


@pytest.fixture
def doctor(world):
    with_password(world.ash, "doctor", "ash.doctor")
    return world


@pytest.mark.requirement("ACC-2")
def test_name_and_password_give_a_token_that_opens_the_desk(doctor):
    answer = sign_in()
    assert answer.status_code == 200
    assert answer.json["home"] == "/desk"
    assert Caller(answer.json["token"]).get("/desk").status_code == 200


@pytest.mark.requirement("ACC-2")
def test_only_the_hash_of_a_token_is_kept(doctor):
    token = sign_in().json["token"]
    kept = db.session.query(Token).all()
    assert token not in {value for row in kept for value in vars(row).values()}
    assert len(token) >= 43


@pytest.mark.requirement("ACC-5")
def test_an_unknown_name_is_answered_like_a_wrong_password(doctor):
    wrong, unknown = sign_in(password="wrong"), sign_in(name="nobody")
    assert wrong.status_code == unknown.status_code == 422
    assert wrong.data == unknown.data


@pytest.mark.requirement("ACC-2")
def test_signing_out_ends_the_token_on_the_server(world):
    caller = world.caller("doctor")
    assert caller.post("/sign-out").status_code == 204
    assert caller.get("/desk").status_code == 401


@pytest.mark.requirement("ACC-2")
@pytest.mark.parametrize("role", list(LIMITS))
def test_a_token_ends_when_idle_and_when_old(world, clock, role):
    caller = world.caller(role)
    # The world took a moment to make, and its tokens are as old.
    second = timedelta(seconds=60)
    who = lambda: tokens.who(caller.token, now=the_clock.now())  # noqa: E731
    idle, absolute = LIMITS[Role(role)]
    clock.move(idle - second)
    assert who() is not None
    clock.move(idle)
    assert who() is None
    clock.reset()
    with db.engine.begin() as connection:
        connection.execute(
            db.update(Token).values(last_seen_at=the_clock.now() + absolute - second)
        )
    clock.move(absolute)
    assert who() is None


@pytest.mark.requirement("ACC-2")
def test_own_sessions_are_listed_and_can_be_ended(doctor):
    first, other = sign_in().json["token"], sign_in().json["token"]
    listed = Caller(first).get("/sessions")
    assert listed.status_code == 200
    row = tokens.who(other, now=the_clock.now())
    assert row.token_id in listed.text
    assert Caller(first).post(f"/sessions/{row.token_id}/end").status_code == 200
    assert Caller(other).get("/desk").status_code == 401
    assert Caller(first).get("/desk").status_code == 200


def test_a_colleagues_session_cannot_be_ended(world):
    theirs = tokens.who(world.ash.tokens["colleague"], now=the_clock.now())
    refused = world.caller("doctor").post(f"/sessions/{theirs.token_id}/end")
    assert refused.status_code == 404
    assert world.caller("colleague").get("/desk").status_code == 200


def test_an_ended_token_closes_its_socket(app, world):
    from portal.sockets import close_ended

    page = Socket(app, world.ash.tokens["doctor"])
    other = Socket(app, world.ash.tokens["colleague"])
    before = the_clock.now()
    world.caller("doctor").post("/sign-out")
    close_ended(tokens.ended_since(before))
    assert not page.is_open
    assert other.is_open


def test_a_socket_of_an_ended_token_is_answered_nothing(app, world):
    page = Socket(app, world.ash.tokens["doctor"])
    world.caller("doctor").post("/sign-out")
    page.heard()
    page.send({"id": "1", "type": "call.leave", "call.leave": {"call": "0" * 32}})
    assert not page.is_open


@pytest.mark.parametrize("token", ["", "x", None, 5, {"a": 1}, "x" * 100_000])
def test_a_socket_without_a_good_token_is_refused(app, world, token):
    assert not Socket(app, token).is_open


@pytest.mark.parametrize("headers", [{}, {"Origin": ""}])
def test_a_socket_without_an_origin_is_refused(app, world, headers):
    assert not Socket(app, world.ash.tokens["doctor"], headers=headers).is_open


@pytest.mark.requirement("ACC-1")
def test_no_answer_sets_a_cookie(app, world):
    for name in ("nobody", "guest", "doctor", "sales", "projectadmin", "operator"):
        for method, pattern, _endpoint in rules(app):
            answer = world.caller(name).send(method, filled(pattern, ids_of(world.ash)))
            assert "Set-Cookie" not in answer.headers


@pytest.mark.requirement("ACC-1")
def test_whoever_tries_to_keep_a_session_is_stopped(app, world):
    with app.test_request_context("/"):
        with pytest.raises(CookieError):
            session["key"] = "value"
        with pytest.raises(CookieError):
            login_user(tokens.who(world.operator, now=the_clock.now()))


def test_a_page_of_another_site_cannot_send_anything(world):
    origin = {"Origin": "https://evil.example"}
    answer = world.caller("doctor").send("POST", "/desk/chime", data={"on": "1"}, headers=origin)
    assert answer.status_code == 403
    assert answer.json["error"]["code"] == "foreign_origin"


def ticket(caller, path):
    return caller.post("/tickets", path=path).json["url"]


def test_a_ticket_opens_one_download_once(world):
    address = ticket(world.caller("doctor"), "/desk/codes.csv")
    assert Caller().get(address).status_code == 200
    assert Caller().get(address).status_code == 401


def test_a_ticket_opens_nothing_else_and_not_late(world, clock, second):
    address = ticket(world.caller("doctor"), "/desk/codes.csv")
    assert Caller().get(address.replace("/desk/codes.csv", "/desk/queue")).status_code == 401
    clock.move(second * 30)
    assert Caller().get(address).status_code == 401


@pytest.mark.parametrize("path", ["", "https://evil.example/", "//evil", "/desk?x=1", "a" * 400])
def test_a_ticket_is_for_a_path_of_our_own(world, path):
    answer = world.caller("doctor").post("/tickets", path=path)
    assert answer.status_code == 422


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"name": "", "password": ""},
        {"name": "x" * 300, "password": "y"},
        {"name": "x", "password": "y" * 300},
        {"name": "\x00", "password": "\x00"},
        {"name": "' OR 1=1 --", "password": "x"},
    ],
)
def test_a_malformed_sign_in_is_answered_in_words(world, data):
    answer = Caller().post("/sign-in", **data)
    assert answer.status_code == 422
    assert answer.json["error"]["message"]
