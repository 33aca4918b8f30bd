"""Callers of the provider company's pages, and short names for what they send."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select
from sqlalchemy.orm import undefer

from portal.extensions import db
from portal.tenants.models import Organisation

if TYPE_CHECKING:
    from tests.world import Caller, World

CONTRACT = {
    "name": "Praxis am Deich",
    "country": "DE",
    "contract_start": "2026-11-01",
    "seats": "4",
}
ADMIN = {"first_name": "Vera", "last_name": "Waltung", "email": "vera@deich.example"}


@pytest.fixture
def sales(world: World) -> Caller:
    return world.caller("sales")


@pytest.fixture
def operator(world: World) -> Caller:
    return world.caller("operator")


@pytest.fixture
def projectadmin(world: World) -> Caller:
    return world.caller("projectadmin")


@pytest.fixture
def ash(world: World) -> str:
    """Return the address of Ash's contract."""
    return f"/sales/organisations/{world.ash.id}"


def stored(name: str) -> Organisation | None:
    """Return an organisation by its name, as it stands in the database."""
    db.session.rollback()
    db.session.expire_all()
    found = db.session.scalar(
        select(Organisation).where(Organisation.name == name).options(undefer(Organisation.logo))
    )
    db.session.expunge_all()
    db.session.rollback()
    return found
