"""What every test stands on: one application a process, an empty database a test."""

from __future__ import annotations

import copy
import dataclasses
import os
import shutil
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import argon2
import pytest
import sqlalchemy as sa

from portal import clock as the_clock
from portal import create_app, erasures
from portal.accounts import passwords
from portal.config import Config
from portal.extensions import db
from portal.operations.database import upgrade
from tests import databases, sockets
from tests.world import World, make_world

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from types import ModuleType

    from flask import Flask
    from flask.testing import FlaskClient

pytest_plugins = ["tests.requirement_results"]

KEYS = {"k1": bytes(range(32))}
# So far may the clock of a test be behind that of the processes it starts.
NEW = timedelta(seconds=10)
NOON = 12
PLUGINS = ("consent_form", "sms_dicomsys", "sms_lox24", "vinteos")
# What runs on SQLite only, and why.
ONCE = {
    "tests/faults/": "The process and its SQLite file are the same in both runs.",
    "tests/media/": "The call engine knows no database.",
    "tests/test_images.py": "Pictures know no database.",
    "tests/test_pdf.py": "Documents know no database.",
    "tests/rules/test_migrations.py::test_a_plugin_that_was_taken": "Its database is a file.",
    "tests/rules/test_templates.py": "A page is the same over either database.",
    "tests/accounts/test_signing_in.py::test_no_answer_sets_a_cookie": "So are its headers.",
    "tests/test_security.py::test_every_answer_carries_the_headers": "So are its headers.",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip on PostgreSQL what would be the same again."""
    if os.environ.get("PORTAL_TEST_DATABASE", "sqlite") == "sqlite":
        return
    for item in items:
        reasons = [reason for place, reason in ONCE.items() if item.nodeid.startswith(place)]
        if item.nodeid.startswith("tests/rules/") and "portal" not in item.fixturenames:
            reasons.append("The source is the same in both runs.")
        for reason in reasons:
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    folder = tmp_path_factory.mktemp("portal")
    # At their real cost, hashes would take a third of the time of what signs in.
    passwords.hasher = argon2.PasswordHasher.from_parameters(argon2.profiles.CHEAPEST)
    owner = databases.address(folder)
    config = Config(
        data=folder,
        database_url=owner,
        base_url="http://localhost",
        keys=KEYS,
        plugins=PLUGINS,
        demo=True,
    )
    owners = create_app(config)
    upgrade(owners, app_role=databases.APP_ROLE)
    with owners.app_context():
        db.engine.dispose()
    app = create_app(dataclasses.replace(config, database_url=databases.for_app(owner)))
    app.testing = True
    app.config["PROPAGATE_EXCEPTIONS"] = False
    # A way to PostgreSQL takes long to open; one to SQLite must not outlive a fork.
    pool = None if owner.startswith("postgresql") else sa.NullPool
    app.extensions["test_owner"] = sa.create_engine(owner, poolclass=pool)
    with app.app_context():
        databases.hurry(db.engine, app.extensions["test_owner"])
    with pytest.MonkeyPatch.context() as patch:
        # A thread must not hold a connection, or a lock, while a test forks or lets its engine go.
        patch.setattr("portal.sockets._watch_once", lambda _app: None)
        yield app
    app.extensions["test_owner"].dispose()
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def app(portal: Flask) -> Iterator[Flask]:
    """Return the application over an empty database, with an app context open."""
    with portal.app_context():
        databases.empty(portal.extensions["test_owner"], db.metadata)
    # The world has the same ids again, and none of them was erased yet.
    shutil.rmtree(portal.extensions["portal_config"].data / erasures.FOLDER, ignore_errors=True)
    the_clock.reset()
    with portal.app_context():
        yield portal
        db.session.rollback()
        db.session.remove()
        sockets.close_all()
    the_clock.reset()


@pytest.fixture
def clock() -> ModuleType:
    return the_clock


@pytest.fixture
def noon(app: Flask) -> None:
    """Let it be noon, so that moving the clock by an hour or two begins no new day."""
    now = the_clock.now()
    days = 1 if now.hour >= NOON else 0
    the_clock.move(now.replace(hour=NOON, minute=0, second=0) + timedelta(days=days) - now)


@pytest.fixture(scope="session")
def worlds() -> list[tuple[datetime, World, dict[str, Any]]]:
    """Hold the world that was made last, with its rows: making one takes longer than most tests."""
    return []


@pytest.fixture
def world(app: Flask, worlds: list[tuple[datetime, World, dict[str, Any]]]) -> World:
    """Return two organisations of two provider companies, each with everything in it."""
    owner = app.extensions["test_owner"]
    if worlds and timedelta() <= the_clock.now() - worlds[0][0] < NEW:
        databases.put_back(owner, worlds[0][2])
        # To the test it is as new as one that was made.
        the_clock.move(worlds[0][0] - the_clock.now())
    else:
        made = make_world()
        db.session.remove()
        worlds[:] = [(the_clock.now(), made, databases.kept(owner, db.metadata))]
    return copy.deepcopy(worlds[0][1])


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def second() -> timedelta:
    return timedelta(seconds=1)
