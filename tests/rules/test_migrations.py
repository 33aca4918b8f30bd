"""The migrations make exactly the tables that the models speak of, on whichever database."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from alembic import command
from alembic.script import ScriptDirectory

from portal.operations.database import alembic_config, upgrade
from portal.pluginhost import service as pluginhost


def test_the_migrations_and_the_models_agree(app):
    command.check(alembic_config(app))


def test_so_do_those_of_each_plugin(app):
    folders = pluginhost.migration_folders()
    assert folders
    for name, folder in folders.items():
        command.check(alembic_config(app, name, folder))


def test_upgrading_twice_does_nothing_new(app):
    upgrade(app)
    command.check(alembic_config(app))


@pytest.mark.requirement("PLG-3")
@pytest.mark.parametrize("second", ["", "vinteos"])
def test_a_plugin_that_was_taken_away_holds_nothing_up(tmp_path, second):
    for plugins in ("vinteos", second):
        environment = {"PORTAL_DATA": str(tmp_path), "PORTAL_PLUGINS": plugins}
        subprocess.run(
            [sys.executable, "-m", "portal.cli", "db", "upgrade"],
            env={**environment, "PATH": os.environ["PATH"]},
            check=True,
            timeout=120,
        )


def test_the_chain_has_one_head(app):
    script = ScriptDirectory.from_config(alembic_config(app))
    assert len(script.get_heads()) == 1
