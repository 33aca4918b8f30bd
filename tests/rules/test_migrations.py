"""The migrations make exactly the tables that the models speak of, on whichever database."""

from __future__ import annotations

from alembic import command

from portal.operations.database import alembic_config, upgrade


def test_the_migrations_and_the_models_agree(app):
    command.check(alembic_config(app))


def test_upgrading_twice_does_nothing_new(app):
    upgrade(app)
    command.check(alembic_config(app))
