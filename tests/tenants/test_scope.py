"""The fence: no tenant, no rows; another tenant's rows, an error; no statement beside it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import aliased

from portal.accounts.models import Account, Token
from portal.extensions import db
from portal.tenants.scope import (
    NoTenantError,
    WrongTenantError,
    across_tenants,
    current_tenant,
    new_id,
    tenant_scope,
)
from portal.waitingroom.models import Room, Visit

NOW = datetime(2026, 1, 1, tzinfo=UTC)

# Each of these walks round ``with_loader_criteria``; the guard on the cursor must catch it.
HOLES = {
    "core select": lambda: db.session.execute(sa.select(Room.__table__)),
    "text": lambda: db.session.execute(sa.text("SELECT * FROM room")),
    "text in small letters": lambda: db.session.execute(sa.text('select * from "room"')),
    "from_statement": lambda: db.session.scalars(
        sa.select(Room).from_statement(sa.text("SELECT * FROM room"))
    ).all(),
    "core update": lambda: db.session.execute(sa.update(Room.__table__).values(name="x")),
    "core delete": lambda: db.session.execute(sa.delete(Room.__table__)),
    "connection": lambda: db.session.connection().execute(sa.select(Room.__table__)),
    "cte": lambda: db.session.execute(sa.text("WITH r AS (SELECT * FROM room) SELECT * FROM r")),
    "union": lambda: db.session.execute(
        sa.union(sa.select(Room.__table__.c.id), sa.select(Visit.__table__.c.id))
    ),
}


@pytest.mark.requirement("TEN-1")
@pytest.mark.parametrize("hole", HOLES)
def test_a_statement_beside_the_fence_is_refused(world, hole):
    with tenant_scope(world.ash.id), pytest.raises(NoTenantError):
        HOLES[hole]()


@pytest.mark.parametrize("hole", HOLES)
def test_without_a_tenant_nothing_is_answered(world, hole):
    with pytest.raises(NoTenantError):
        HOLES[hole]()


def test_an_orm_query_without_a_tenant_raises(world):
    with pytest.raises(NoTenantError):
        db.session.scalars(sa.select(Room)).all()


def other() -> object:
    return aliased(Room)


NARROWED = {
    "entity": lambda: sa.select(Room.organisation_id),
    "alias": lambda: sa.select(other().organisation_id),
    "join": lambda: sa.select(Visit.organisation_id).join(Room, Room.id == Visit.room_id),
    "subquery": lambda: sa.select(Room.organisation_id).where(
        Room.id.in_(sa.select(Visit.room_id))
    ),
}


@pytest.mark.parametrize("shape", NARROWED)
def test_a_query_sees_only_the_tenant_in_force(world, shape):
    with tenant_scope(world.ash.id):
        seen = set(db.session.scalars(NARROWED[shape]()))
    assert seen == {world.ash.id}


def test_a_bulk_update_stays_inside(world):
    with tenant_scope(world.ash.id):
        db.session.execute(sa.update(Room).values(text="changed"))
        db.session.commit()
    db.session.remove()
    with tenant_scope(world.birch.id):
        assert "changed" not in set(db.session.scalars(sa.select(Room.text)))


def test_a_new_row_gets_the_tenant_in_force(world):
    with tenant_scope(world.ash.id):
        room = Room(name="New")
        db.session.add(room)
        db.session.flush()
        assert room.organisation_id == world.ash.id


def test_a_row_for_another_tenant_is_refused(world):
    with tenant_scope(world.ash.id):
        db.session.add(Room(organisation_id=world.birch.id, name="Mole"))
        with pytest.raises(WrongTenantError):
            db.session.flush()


def test_a_key_cannot_point_into_another_organisation(world):
    visit = {
        "organisation_id": world.ash.id,
        "id": new_id(),
        "room_id": world.birch.ids["room"],
        "code_id": world.ash.ids["code"],
        "name": "x",
        "language": "de",
        "state": "left",
        "arrived_at": NOW,
        "last_seen_at": NOW,
    }
    with tenant_scope(world.ash.id):
        db.session.add(Visit(**visit))
        with pytest.raises(sa.exc.IntegrityError):
            db.session.flush()
    db.session.rollback()


def test_one_session_serves_one_tenant(world):
    with tenant_scope(world.ash.id):
        db.session.scalars(sa.select(Room)).all()
    with tenant_scope(world.birch.id), pytest.raises(WrongTenantError):
        db.session.scalars(sa.select(Room)).all()


def test_the_fence_needs_a_reason_to_open(world):
    with pytest.raises(ValueError, match="reason"), across_tenants(""):
        pass


@settings(max_examples=25, deadline=None)
@given(turns=st.lists(st.sampled_from(["ash", "birch", "none"]), min_size=1, max_size=8))
def test_no_order_of_tenants_shows_a_foreign_row(portal, turns):
    """One after the other, each in a context of its own, as requests come."""
    for turn in turns:
        assert seen_by(portal, turn) <= {turn}


_made = {}


def seen_by(portal, turn):
    """Return the names of the tenants whose accounts are seen while one is in force."""
    with portal.app_context():
        if turn == "none":
            with pytest.raises(NoTenantError):
                db.session.scalars(sa.select(Account.id)).all()
            return set()
        organisation = _made.setdefault(turn, new_id())
        with tenant_scope(organisation):
            found = db.session.scalars(sa.select(Account.organisation_id)).all()
            assert current_tenant() == organisation
        return {turn} if set(found) <= {organisation} else {"foreign"}


def test_a_parameter_may_be_called_like_a_table(app):
    with db.engine.connect() as connection:
        query = sa.select(Token.id).where(Token.id == sa.bindparam("account"))
        assert connection.execute(query, {"account": "x"}).all() == []
