"""The operators' guide names every setting and every command, and no other."""

from __future__ import annotations

import re

from portal import ROOT
from portal.cli import main
from portal.config import VARIABLES

GUIDE = (ROOT / "docs" / "operators.md").read_text(encoding="utf-8")


def test_every_setting_has_a_row():
    assert re.findall(r"^\| `(PORTAL_\w+)`", GUIDE, re.MULTILINE) == list(VARIABLES)


def test_every_command_that_the_guide_names_exists():
    for words in re.findall(r"^\| `portal ([a-z ]+)", GUIDE, re.MULTILINE):
        command = main
        for word in words.split():
            command = command.commands[word]


def test_every_command_is_named():
    for name, command in main.commands.items():
        assert command.hidden or f"`portal {name}" in GUIDE
