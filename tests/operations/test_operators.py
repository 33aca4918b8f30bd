"""The first account of an empty portal is made at the machine, and so is a way back in."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

import portal
from portal import cli
from portal.extensions import db
from tests.world import Caller

WORDS = "four quite random words"
CREATE = ("operator", "create", "ina@example.org", "--first-name", "Ina", "--last-name", "Betrieb")


@pytest.fixture
def command(app, monkeypatch):
    """Run a command on the test's own application."""
    monkeypatch.setattr(portal, "create_app", lambda _config: app)
    monkeypatch.setattr(cli, "_config", lambda: None)

    def run(*words):
        answer = CliRunner().invoke(cli.main, words)
        db.session.remove()
        return answer

    return run


def key_in(answer):
    assert answer.exit_code == 0, answer.output
    return answer.output.strip().partition("/link#")[2]


def sets_password(key, password=WORDS):
    return Caller().post("/link/password", key=key, password=password)


@pytest.mark.requirement("OPS-1")
def test_the_printed_link_makes_an_operator_of_an_empty_portal(command):
    key = key_in(command(*CREATE))
    assert sets_password(key).status_code == 200
    signed_in = Caller().post("/sign-in", name="ina@example.org", password=WORDS)
    assert signed_in.json["home"] == "/operator"
    assert Caller(signed_in.json["token"]).get("/operator").status_code == 200
    assert sets_password(key).json["error"]["code"] == "used_link"


def test_a_new_link_ends_the_one_before(command):
    first = key_in(command(*CREATE))
    second = key_in(command("operator", "link", "ina@example.org"))
    assert sets_password(first).json["error"]["code"] == "used_link"
    assert sets_password(second).status_code == 200


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("operator", "create", "nonsense", "--first-name", "I", "--last-name", "B"), "email:"),
        (("operator", "create", "i@x.org", "--first-name", " ", "--last-name", "B"), "first_name:"),
        (("operator", "link", "nobody@example.org"), "No active account of the operator"),
        (CREATE, "email:"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(command, words, told):
    command(*CREATE)
    answer = command(*words)
    assert answer.exit_code == 1
    assert answer.output.startswith("portal: ")
    assert told in answer.output
    assert answer.output.count("\n") == 1


def test_sales_cannot_be_given_a_link_as_an_operator(command, world):
    assert command("operator", "link", "s@example.org").exit_code == 1
