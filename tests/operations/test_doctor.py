"""``portal doctor``: each part is checked, and what is wrong is named with its cure."""

from __future__ import annotations

import dataclasses
import os
import socket
import threading
from datetime import timedelta

import pytest
from click.testing import CliRunner

from portal import cli
from portal import clock as the_clock
from portal.config import VARIABLES
from portal.extensions import db
from portal.operations import doctor
from portal.outbox import Letter, put
from portal.tenants.scope import tenant_scope
from tests.plugins.fixtures import plugins

ON_SQLITE = os.environ.get("PORTAL_TEST_DATABASE", "sqlite") == "sqlite"
ROOT = __import__("portal").ROOT


def examined(app, **settings) -> dict[str, doctor.Finding]:
    """Return what is found of each part with some settings changed; the last of each."""
    before = app.extensions["portal_config"]
    app.extensions["portal_config"] = dataclasses.replace(before, **settings)
    try:
        return {each.part: each for each in doctor.examine(app)}
    finally:
        app.extensions["portal_config"] = before


@pytest.mark.requirement("OPS-2")
def test_each_part_is_checked_and_what_is_wrong_has_a_cure(app):
    found = doctor.examine(app)
    parts = {each.part for each in found}
    assert {
        "data folder",
        "keys",
        "database",
        "worker",
        "plugins",
        "address",
        "mail",
        "redis",
        "relay",
    } <= parts
    assert all(bool(each.cure) == (each.state != doctor.GOOD) for each in found)
    assert {each.part: each.state for each in found}["database"] == doctor.GOOD


@pytest.mark.requirement("OPS-2")
def test_rows_that_nobody_carries_out_tell_that_no_worker_runs(app, world, clock):
    with tenant_scope(world.ash.id):
        put(Letter("announcement", "call_event", {}, "c" * 32, "vinteos"), now=the_clock.now())
        db.session.commit()
    db.session.remove()
    assert examined(app)["worker"].state == doctor.GOOD
    clock.move(timedelta(minutes=16))
    assert "portal worker" in examined(app)["worker"].cure


@pytest.mark.requirement("OPS-2")
@pytest.mark.parametrize(
    ("settings", "part", "state"),
    [
        ({"base_url": "https://video.example.org"}, "address", doctor.GOOD),
        ({"base_url": "http://video.example.org"}, "address", doctor.BAD),
        ({"smtp_url": ""}, "mail", doctor.BAD),
        ({"smtp_url": "smtp://127.0.0.1:9"}, "mail", doctor.BAD),
        ({"redis_url": "redis://127.0.0.1:9"}, "redis", doctor.BAD),
        ({"ice_urls": ()}, "relay", doctor.WARNING),
        ({"ice_urls": ("turn:127.0.0.1:9?transport=tcp",), "turn_secret": "x"}, "relay", "bad"),
    ],
)
def test_a_part_that_is_away_or_missing_is_told(app, settings, part, state):
    assert examined(app, **settings)[part].state == state


@pytest.mark.requirement("OPS-2")
@pytest.mark.skipif(ON_SQLITE, reason="SQLite is told by the portal to wait for the disk.")
def test_a_postgresql_that_confirms_before_it_writes_is_told(app, monkeypatch):
    told = examined(app)["power cut"]
    # The server of the tests is made to be lost.
    assert (told.state, told.said.count(",")) == (doctor.BAD, 2)
    monkeypatch.setattr(doctor, "LASTING", ("row_security",))
    assert examined(app)["power cut"].state == doctor.GOOD


@pytest.mark.requirement("OPS-2")
def test_a_relay_that_answers_is_well_and_one_without_secret_is_not(app):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        url = f"turn:127.0.0.1:{server.getsockname()[1]}"

        def answer() -> None:
            for _ in range(2):
                packet, who = server.recvfrom(100)
                server.sendto(packet, who)

        thread = threading.Thread(target=answer)
        thread.start()
        assert examined(app, ice_urls=(url,), turn_secret="x")["relay"].state == doctor.GOOD
        assert "no secret" in examined(app, ice_urls=(url,), turn_secret="")["relay"].said
        thread.join()


@pytest.mark.requirement("OPS-2")
def test_a_plugin_that_is_left_out_is_named(app):
    with plugins(app, "misspelt"):
        assert "misspelt" in examined(app)["plugins"].said


def test_a_check_that_fails_does_not_hide_the_others(app, monkeypatch):
    def _broken(_config):
        raise ZeroDivisionError

    monkeypatch.setattr(doctor, "CHECKS", (_broken, *doctor.CHECKS))
    found = doctor.examine(app)
    assert "ZeroDivisionError" in found[0].said
    assert len(found) >= len(doctor.CHECKS)


@pytest.mark.requirement("OPS-2")
def test_the_command_prints_a_line_for_each_and_ends_with_1(app, monkeypatch):
    monkeypatch.setattr(cli, "_app", lambda: app)
    answer = CliRunner().invoke(cli.main, ["doctor"])
    assert answer.exit_code == 1  # no mail server in the tests
    assert "Set PORTAL_SMTP_URL." in answer.output


# What is shipped to run it by.


@pytest.mark.requirement("OPS-2")
@pytest.mark.parametrize("name", ["web", "worker"])
def test_a_unit_runs_a_command_that_exists(name):
    unit = (ROOT / "deploy" / "systemd" / f"praxisfenster-{name}.service").read_text()
    (line,) = [each for each in unit.splitlines() if each.startswith("ExecStart=")]
    assert line.partition("/portal ")[2].split()[0] in cli.main.commands
    assert "User=praxisfenster" in unit


@pytest.mark.requirement("OPS-2")
def test_neither_an_image_nor_the_repository_takes_secrets_in():
    for name, line in ((".dockerignore", "deploy/secrets"), (".gitignore", "/deploy/secrets/")):
        assert line in (ROOT / name).read_text().splitlines()


@pytest.mark.requirement("OPS-2")
def test_the_compose_file_names_settings_that_exist():
    import re

    text = (ROOT / "deploy" / "compose.yaml").read_text()
    named = set(re.findall(r"^\s+(PORTAL_\w+):", text, re.MULTILINE))
    assert len(named) > 5
    assert {each.removesuffix("_FILE") for each in named} <= set(VARIABLES)
    for service in ("database", "redis", "upgrade", "web", "worker", "coturn"):
        assert re.search(rf"^  {service}:$", text, re.MULTILINE)
