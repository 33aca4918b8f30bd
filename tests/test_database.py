"""Transactions: a GET never writes, writers wait for each other, readers for nobody."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import func, literal, null, select, update

from portal.columns import UnreadableError, decrypt, encrypt
from portal.database import WriteInReadError, glance, reading, writing
from portal.extensions import db
from portal.tenants.models import ProviderCompany
from portal.tenants.scope import tenant_scope
from portal.waitingroom.models import Room


def company() -> ProviderCompany:
    return db.session.scalars(select(ProviderCompany).limit(1)).one()


def test_a_request_that_reads_cannot_write(world):
    with reading():
        row = company()
        row.phone = "changed"
        with pytest.raises(WriteInReadError):
            db.session.flush()
    db.session.rollback()


def test_a_statement_cannot_write_either(world):
    with reading(), pytest.raises(WriteInReadError):
        db.session.execute(update(ProviderCompany).values(phone="changed"))
    db.session.rollback()


def test_no_get_changes_a_row(app, world):
    from tests.tenants.test_matrix import CALLERS, birch_rows, caller, filled, ids_of, rules

    before = birch_rows(app, world)
    for name in CALLERS:
        for method, pattern, endpoint in rules(app):
            if method == "GET":
                answer = caller(world, name).get(filled(pattern, ids_of(world.birch)))
                assert answer.status_code < 500, endpoint
    assert birch_rows(app, world) == before


def test_two_writers_wait_for_each_other(app, world):
    """Each adds one to a counter twenty times; none may be lost, none may fail."""

    def add() -> None:
        with app.app_context(), tenant_scope(world.ash.id), writing():
            for _ in range(20):
                room = db.session.get(
                    Room, (world.ash.id, world.ash.ids["room"]), with_for_update=True
                )
                room.text = str(int(room.text or 0) + 1)
                db.session.commit()

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with tenant_scope(world.ash.id):
        assert db.session.get(Room, (world.ash.id, world.ash.ids["room"])).text == "80"


@pytest.mark.parametrize(
    ("held", "typed"), [("Ärztehaus", "ÄRZTE"), ("Øst", "øst"), ("Kirche", "KIRCHE")]
)
def test_large_and_small_letters_are_one_also_beyond_ascii(app, held, typed):
    looked = select(literal(held).icontains(typed, autoescape=True), func.lower(held))
    assert db.session.execute(looked).one() == (True, held.lower())
    assert db.session.scalar(select(func.lower(null()))) is None


def test_a_glance_leaves_no_transaction_open(world):
    assert glance(select(ProviderCompany.id))
    assert not db.session().in_transaction()


def test_what_is_encrypted_comes_back_only_in_its_place(app):
    sealed = encrypt("Erika Muster", "visit.name")
    assert "Erika" not in sealed
    assert decrypt(sealed, "visit.name") == "Erika Muster"
    with pytest.raises(UnreadableError):
        decrypt(sealed, "access_code.guest_name")


@pytest.mark.parametrize("changed", ["", "k1:", "k9:00", "k1:zz", "k1:" + "00" * 40, "plain"])
def test_a_changed_value_is_refused(app, changed):
    with pytest.raises(UnreadableError):
        decrypt(changed, "visit.name")


def test_every_bit_of_a_sealed_value_counts(app):
    sealed = encrypt("Erika", "visit.name")
    key, _, body = sealed.partition(":")
    raw = bytearray.fromhex(body)
    for place in range(len(raw)):
        raw[place] ^= 1
        with pytest.raises(UnreadableError):
            decrypt(f"{key}:{raw.hex()}", "visit.name")
        raw[place] ^= 1
