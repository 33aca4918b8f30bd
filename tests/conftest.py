"""What every test stands on: one application a process, an empty database a test."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from portal import clock as the_clock
from portal import create_app
from portal.config import Config
from portal.extensions import db
from portal.operations.database import upgrade
from portal.tenants.scope import across_tenants
from tests import databases
from tests.world import World, make_world

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from flask import Flask
    from flask.testing import FlaskClient

pytest_plugins = ["tests.requirement_results"]

KEYS = {"k1": bytes(range(32))}
PLUGINS = ("sms_dicomsys", "vinteos")


@pytest.fixture(scope="session")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    folder = tmp_path_factory.mktemp("portal")
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
    config = Config(
        data=folder,
        database_url=databases.address(folder, worker),
        base_url="http://localhost",
        keys=KEYS,
        plugins=PLUGINS,
        demo=True,
    )
    app = create_app(config)
    app.testing = True
    app.config["PROPAGATE_EXCEPTIONS"] = False
    upgrade(app)
    return app


@pytest.fixture
def app(portal: Flask) -> Iterator[Flask]:
    """Return the application over an empty database, with an app context open."""
    with portal.app_context(), across_tenants("The tests empty all tables between them."):
        databases.empty(db.engine, db.metadata)
    the_clock.reset()
    with portal.app_context():
        yield portal
        db.session.rollback()
        db.session.remove()
    the_clock.reset()


@pytest.fixture
def clock() -> ModuleType:
    return the_clock


@pytest.fixture
def world(app: Flask) -> World:
    """Return two organisations of two provider companies, each with everything in it."""
    made = make_world()
    db.session.remove()
    return made


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def second() -> timedelta:
    return timedelta(seconds=1)
