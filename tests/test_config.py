"""Settings: wrong ones stop the start with one line that says what to do."""

from __future__ import annotations

import subprocess
import sys

import pytest

from portal.config import VARIABLES, ConfigError, from_environment


def test_there_are_at_most_twelve_variables():
    assert len(VARIABLES) <= 12


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORTAL_COLOUR", "red"),
        ("PORTAL_DEMO", "maybe"),
        ("PORTAL_PROXIES", "-1"),
        ("PORTAL_PROXIES", "many"),
        ("PORTAL_DATABASE_URL", "mysql://x"),
        ("PORTAL_BASE_URL", "localhost"),
        ("PORTAL_BASE_URL", "http://[half"),
        ("PORTAL_KEYS", "k1:short"),
        ("PORTAL_KEYS", "no colon"),
        ("PORTAL_KEYS_FILE", "/does/not/exist"),
        ("PORTAL_DATA", "/proc/nowhere"),
        ("PORTAL_SMTP_URL", "http://mail"),
    ],
)
def test_a_wrong_setting_is_named_in_one_line(tmp_path, name, value):
    environment = {"PORTAL_DATA": str(tmp_path), name: value}
    with pytest.raises(ConfigError) as refused:
        from_environment(environment)
    assert name.removesuffix("_FILE") in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_setting_may_stand_in_a_file(tmp_path):
    secret = tmp_path / "turn"
    secret.write_text("hush\n")
    environment = {"PORTAL_DATA": str(tmp_path), "PORTAL_TURN_SECRET_FILE": str(secret)}
    assert from_environment(environment).turn_secret == "hush"


def test_a_setting_in_both_places_is_refused(tmp_path):
    environment = {
        "PORTAL_DATA": str(tmp_path),
        "PORTAL_TURN_SECRET": "a",
        "PORTAL_TURN_SECRET_FILE": "b",
    }
    with pytest.raises(ConfigError, match="both set"):
        from_environment(environment)


def test_the_key_is_made_once_and_kept(tmp_path):
    environment = {"PORTAL_DATA": str(tmp_path)}
    first = from_environment(environment).keys
    assert from_environment(environment).keys == first
    assert (tmp_path / "keys").stat().st_mode & 0o077 == 0


def test_secrets_are_not_in_the_written_form(tmp_path):
    environment = {"PORTAL_DATA": str(tmp_path), "PORTAL_TURN_SECRET": "hush"}
    config = from_environment(environment)
    assert "hush" not in repr(config)
    assert str(next(iter(config.keys.values()))) not in repr(config)


@pytest.mark.parametrize("command", [["run"], ["worker"], ["db", "upgrade"]])
def test_the_command_stops_with_that_line(tmp_path, command):
    done = subprocess.run(
        [sys.executable, "-m", "portal.cli", *command],
        env={"PORTAL_COLOUR": "red", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        "portal: PORTAL_COLOUR is not a setting of the portal. Remove it, or see docs/operators.md."
    ]
