"""Brings the database to the newest form: the portal's own migrations, and each plugin's."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config as AlembicConfig

from portal import clock, pluginhost
from portal.extensions import db
from portal.privacy.service import publish

if TYPE_CHECKING:
    from flask import Flask


def alembic_config(app: Flask) -> AlembicConfig:
    """Return Alembic's settings for this application; there is no ini file."""
    own = Path(app.config["ROOT"]) / "portal" / "migrations"
    config = AlembicConfig()
    config.set_main_option("script_location", str(own))
    places = [own / "versions", *pluginhost.migration_folders()]
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", "\n".join(str(place) for place in places))
    config.attributes["app"] = app
    return config


def upgrade(app: Flask) -> None:
    """Run every migration that is missing, and number the notices that say something new."""
    command.upgrade(alembic_config(app), "heads")
    with app.app_context():
        publish(clock.now())
        db.session.commit()


def revise(app: Flask, message: str, branch: str = "portal") -> None:
    """Write a new migration from the difference between models and database; for developers."""
    command.revision(
        alembic_config(app), message, autogenerate=True, head=f"{branch}@head", splice=False
    )
