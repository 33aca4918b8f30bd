"""Brings the database to the newest form: the portal's own migrations, and each plugin's."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config as AlembicConfig

import portal
from portal import clock, pluginhost
from portal.extensions import db
from portal.privacy.service import publish

if TYPE_CHECKING:
    from flask import Flask

logger = logging.getLogger(__name__)


def alembic_config(app: Flask, plugin_folder: Path | None = None) -> AlembicConfig:
    """Return Alembic's settings for the portal, or for one plugin; there is no ini file.

    Each keeps its own table of versions and speaks of its own tables (``p_<plugin>_*``), so that
    a plugin which is taken away, or left out, never keeps the portal from its own migrations.
    """
    own = Path(portal.__file__).parent / "migrations"
    config = AlembicConfig()
    config.set_main_option("script_location", str(own))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", str(plugin_folder or own / "versions"))
    config.attributes["app"] = app
    config.attributes["plugin"] = plugin_folder.parent.name if plugin_folder else None
    return config


def upgrade(app: Flask) -> None:
    """Run every migration that is missing, and number the notices that say something new.

    A plugin whose migration fails is named in the log; the portal's own are not held up by it.
    """
    command.upgrade(alembic_config(app), "heads")
    with app.app_context():
        folders = pluginhost.migration_folders()
    for folder in folders:
        try:
            command.upgrade(alembic_config(app, folder), "heads")
        except Exception:  # whatever a plugin's own code raises
            logger.exception("the migrations of %s failed", folder.parent.name)
    with app.app_context():
        publish(clock.now())
        db.session.commit()


def revise(app: Flask, message: str) -> None:
    """Write a new migration of the portal from the difference to the models; for developers."""
    command.revision(alembic_config(app), message, autogenerate=True)
