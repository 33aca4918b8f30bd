"""Everything encrypted moves to the current key, in batches that may be stopped anywhere."""

from __future__ import annotations

import dataclasses

import pytest
from sqlalchemy import Text, select, type_coerce

from portal.columns import encrypt
from portal.extensions import db
from portal.operations import keys
from portal.tenants.scope import across_tenants, tenant_scope
from portal.waitingroom.models import AccessCode
from tests.world import make_code

FRESH = {"k2": bytes(reversed(range(32))), "k1": bytes(range(32))}


@pytest.fixture
def with_keys(app):
    """Let the process know these keys, the first one in front; return how it is told."""
    old = app.extensions["portal_config"]

    def told(known):
        app.extensions["portal_config"] = dataclasses.replace(old, keys=known)

    yield told
    app.extensions["portal_config"] = old


def key_ids():
    """Return the ids of the keys that stored values name, over all encrypted columns."""
    found = set()
    with across_tenants("The test reads what is really stored."):
        for column in keys.columns():
            stored = db.session.scalars(
                select(type_coerce(column, Text)).where(column.is_not(None))
            )
            found |= {value.partition(":")[0] for value in stored}
    db.session.rollback()
    return found


@pytest.mark.requirement("TEN-3")
def test_all_values_move_to_the_new_key_and_read_as_before(world, with_keys):
    assert key_ids() == {"k1"}
    with_keys(FRESH)
    done = keys.rotate()
    assert done.moved > 0
    assert done.unreadable == 0
    assert key_ids() == {"k2"}
    assert keys.rotate().moved == 0
    db.session.remove()
    # The old key is not needed any more.
    with_keys({"k2": FRESH["k2"]})
    with tenant_scope(world.ash.id):
        row = db.session.get(AccessCode, (world.ash.id, world.ash.ids["code"]))
        assert row.guest_name == "Gast"


@pytest.mark.requirement("TEN-3")
def test_a_rotation_that_was_killed_goes_on_where_it_stopped(world, with_keys, monkeypatch):
    with tenant_scope(world.ash.id):
        for number in range(25):
            make_code(world.ash.ids["doctor"], world.ash.ids["room"], f"Gast {number}")
        db.session.commit()
    db.session.remove()
    with_keys(FRESH)
    monkeypatch.setattr(keys, "AT_ONCE", 10)
    seen = []

    def die(*args):
        seen.append(args)
        if len(seen) == 15:
            raise SystemExit
        return encrypt(*args)

    with monkeypatch.context() as patch:
        patch.setattr(keys, "encrypt", die)
        with pytest.raises(SystemExit):
            keys.rotate()
    db.session.rollback()
    db.session.remove()
    assert key_ids() == {"k1", "k2"}
    keys.rotate()
    assert key_ids() == {"k2"}


def test_what_no_key_opens_is_counted_and_left_as_it_is(world, with_keys):
    with_keys({"k3": bytes(32)})
    done = keys.rotate()
    assert (done.moved, done.unreadable > 0) == (0, True)
    db.session.rollback()
    assert key_ids() == {"k1"}
