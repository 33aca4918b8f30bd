"""Brings the database to the newest form: the portal's own migrations, and each plugin's."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config as AlembicConfig
from sqlalchemy import create_engine

import portal
from portal import clock
from portal.extensions import db
from portal.pluginhost import service as pluginhost
from portal.privacy.service import publish
from portal.tenants import rowsecurity

if TYPE_CHECKING:
    from flask import Flask

logger = logging.getLogger(__name__)


def alembic_config(app: Flask, plugin: str = "", folder: Path | None = None) -> AlembicConfig:
    """Return Alembic's settings for the portal, or for one plugin; there is no ini file.

    Each keeps its own table of versions and speaks of its own tables (``p_<plugin>_*``), so that
    a plugin which is taken away, or left out, never keeps the portal from its own migrations.
    """
    own = Path(portal.__file__).parent / "migrations"
    config = AlembicConfig()
    config.set_main_option("script_location", str(own))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", str(folder or own / "versions"))
    config.attributes["app"] = app
    config.attributes["plugin"] = plugin
    return config


def upgrade(app: Flask, *, app_role: str | None = None) -> None:
    """Run every migration that is missing, and number the notices that say something new.

    A plugin whose migration fails is named in the log; the portal's own are not held up by it.
    On PostgreSQL every tenant-owned table, a plugin's included, then gets row-level security.

    :param app_role: PostgreSQL's role of web and worker; it may read and write, and owns nothing.
    """
    command.upgrade(alembic_config(app), "heads")
    with app.app_context():
        folders = pluginhost.migration_folders()
    for name, folder in folders.items():
        try:
            command.upgrade(alembic_config(app, name, folder), "heads")
        except Exception:  # whatever a plugin's own code raises
            logger.exception("the migrations of %s failed", name)
    with app.app_context():
        _fence(app_role)
        publish(clock.now())
        db.session.commit()


def _fence(app_role: str | None) -> None:
    if db.engine.dialect.name != "postgresql":
        return
    with db.engine.begin() as connection:
        rowsecurity.fence(connection)
        if app_role:
            rowsecurity.grant(connection, app_role)


def check_role(url: str) -> None:
    """Refuse a database role that row-level security would not hold; SQLite has none.

    :raise RoleError: says what to do.
    """
    if url.startswith("sqlite"):
        return
    engine = create_engine(url)
    try:
        rowsecurity.check_role(engine)
    finally:
        engine.dispose()


def revise(app: Flask, message: str) -> None:
    """Write a new migration of the portal from the difference to the models; for developers."""
    command.revision(alembic_config(app), message, autogenerate=True)
