"""Whether this process can serve requests now: database, newest tables, Redis where it is used."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import redis
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import SQLAlchemyError

from portal.database import reading
from portal.extensions import db
from portal.operations.database import alembic_config

if TYPE_CHECKING:
    from flask import Flask

OK, AWAY, OLD = "ok", "away", "old"
SECONDS = 1.0


def parts(app: Flask) -> dict[str, str]:
    """Return each part with ``ok``, ``away`` or, of the tables, ``old``; needs an app context."""
    found = _database(app)
    url = app.extensions["portal_config"].redis_url
    if url:
        found["redis"] = _redis(url)
    return found


def is_ready(found: dict[str, str]) -> bool:
    """Tell whether all is well."""
    return set(found.values()) == {OK}


def _database(app: Flask) -> dict[str, str]:
    try:
        with reading(), db.engine.connect() as there:
            heads = MigrationContext.configure(there).get_current_heads()
    except SQLAlchemyError:
        return {"database": AWAY}
    return {"database": OK, "tables": OK if set(heads) == newest(app) else OLD}


@lru_cache(maxsize=4)
def newest(app: Flask) -> frozenset[str]:
    """Return the newest migrations that this program knows; its files do not change meanwhile."""
    return frozenset(ScriptDirectory.from_config(alembic_config(app)).get_heads())


def _redis(url: str) -> str:
    asked = redis.Redis.from_url(url, socket_timeout=SECONDS, socket_connect_timeout=SECONDS)
    try:
        asked.ping()
    except redis.RedisError:
        return AWAY
    finally:
        asked.close()
    return OK
