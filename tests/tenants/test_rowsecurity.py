"""Row-level security: what PostgreSQL itself refuses, whatever the portal forgets."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from portal.accounts.models import Account
from portal.database import TenantSession
from portal.extensions import db
from portal.tenants import rowsecurity, scope
from portal.tenants.scope import across_tenants, new_id, tenant_scope
from tests.tenants.test_matrix import CALLERS, birch_rows, caller, filled, ids_of, rules
from tests.world import CANARY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

pytestmark = pytest.mark.skipif(
    not os.environ.get("PORTAL_TEST_DATABASE_URL"),
    reason="SQLite has no row-level security; `make test` runs these on PostgreSQL.",
)
ACCOUNTS = sa.select(sa.column("organisation_id")).select_from(sa.table("account"))


@pytest.fixture
def bare(app: Flask) -> Iterator[sa.Engine]:
    """Return an engine of the portal's role on which none of the portal's own fences stands."""
    engine = sa.create_engine(app.extensions["portal_config"].sqlalchemy_url, pool_size=1)
    yield engine
    engine.dispose()


@pytest.fixture
def only_the_database(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Take the portal's own fences away, so that the database's stands alone."""
    monkeypatch.setattr(scope, "_refuse_without_tenant", lambda _parameters: None)
    event.remove(TenantSession, "do_orm_execute", scope._narrow)  # noqa: SLF001
    event.remove(TenantSession, "before_flush", scope._check_rows)  # noqa: SLF001
    yield
    event.listen(TenantSession, "do_orm_execute", scope._narrow)  # noqa: SLF001
    event.listen(TenantSession, "before_flush", scope._check_rows)  # noqa: SLF001


def test_every_tenant_owned_table_is_fenced(app):
    with db.engine.connect() as connection:
        found = {each.name: each for each in rowsecurity.tables(connection)}
    assert scope.tenant_tables() <= set(found)
    assert [each for each in found.values() if not each.fenced or each.owned] == []


def test_who_names_no_organisation_sees_no_row(bare, world):
    with bare.connect() as connection:
        assert connection.execute(ACCOUNTS).all() == []


def test_who_names_one_sees_its_rows_and_no_others(bare, world):
    with bare.connect() as connection:
        rowsecurity.tell(connection, world.ash.id, across=False)
        assert {row[0] for row in connection.execute(ACCOUNTS)} == {world.ash.id}


def test_the_next_user_of_a_connection_inherits_nothing(bare, world):
    with bare.begin() as connection:
        rowsecurity.tell(connection, world.ash.id, across=False)
    with bare.connect() as connection:
        assert connection.execute(ACCOUNTS).all() == []


def test_a_row_of_another_organisation_is_refused(bare, world):
    row = {"organisation_id": world.birch.id, "id": new_id(), "room_id": "", "account_id": ""}
    with bare.connect() as connection:
        rowsecurity.tell(connection, world.ash.id, across=False)
        with pytest.raises(sa.exc.ProgrammingError, match="row-level security"):
            connection.execute(db.metadata.tables["room_member"].insert(), row)


def test_changing_another_organisation_changes_nothing(bare, world):
    account = db.metadata.tables["account"]
    with bare.begin() as connection:
        rowsecurity.tell(connection, world.ash.id, across=False)
        everybody = account.update().values(title="x")
        assert connection.execute(everybody).rowcount > 0
    with tenant_scope(world.birch.id):
        assert set(db.session.scalars(sa.select(Account.title))) == {""}


def test_a_savepoint_that_is_taken_back_keeps_the_organisation(app, world):
    with tenant_scope(world.ash.id):
        session = db.session()
        part = session.begin_nested()
        assert session.scalar(sa.select(Account.id)) is not None
        part.rollback()
        assert session.scalar(sa.select(Account.id)) is not None


def test_the_fence_follows_a_reason_to_look_across(app, world):
    with tenant_scope(world.ash.id):
        assert set(db.session.scalars(sa.select(Account.organisation_id))) == {world.ash.id}
        with across_tenants("The test looks at both."):
            both = set(db.session.scalars(sa.select(Account.organisation_id)))
        assert both == {world.ash.id, world.birch.id}
        assert set(db.session.scalars(sa.select(Account.organisation_id))) == {world.ash.id}


@pytest.mark.requirement("TEN-1")
@pytest.mark.usefixtures("only_the_database")
@pytest.mark.parametrize("name", CALLERS)
def test_the_database_alone_hides_the_other_organisation(app, world, name):
    who, before = caller(world, name), birch_rows(app, world)
    for method, pattern, endpoint in rules(app):
        if endpoint.startswith("privacy.") or name == "operator":
            continue  # notices are public; the operator stands above the organisations
        for org in (world.ash, world.birch):
            answer = who.send(method, filled(pattern, ids_of(org)), data={"on": "1"})
            assert CANARY.encode() not in answer.data, (method, endpoint)
    assert birch_rows(app, world) == before


def test_a_table_that_was_forgotten_is_fenced_by_the_next_upgrade(app):
    with app.extensions["test_owner"].connect() as connection:
        connection.exec_driver_sql(
            "CREATE TABLE p_forgotten (organisation_id text, id text, "
            "PRIMARY KEY (organisation_id, id))"
        )
        rowsecurity.fence(connection)
        found = {each.name: each.fenced for each in rowsecurity.tables(connection)}
        connection.rollback()
    assert found["p_forgotten"]


def test_the_role_of_web_and_worker_may_start(app):
    rowsecurity.check_role(db.engine)


def test_a_role_above_the_fence_may_not(app):
    with pytest.raises(rowsecurity.RoleError, match="--app-role"):
        rowsecurity.check_role(app.extensions["test_owner"])


def test_nor_any_role_while_a_table_has_no_fence(app):
    owner = app.extensions["test_owner"]
    with owner.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE account NO FORCE ROW LEVEL SECURITY")
    try:
        with pytest.raises(rowsecurity.RoleError, match="account"):
            rowsecurity.check_role(db.engine)
    finally:
        with owner.begin() as connection:
            rowsecurity.fence(connection)
    rowsecurity.check_role(db.engine)


@pytest.mark.parametrize("command", ["run", "worker"])
def test_neither_process_starts_with_the_owner(app, tmp_path, command):
    owner = app.extensions["test_owner"].url.set(drivername="postgresql")
    environment = {
        "PATH": os.environ["PATH"],
        "PORTAL_DATA": str(tmp_path),
        "PORTAL_DATABASE_URL": owner.render_as_string(hide_password=False),
    }
    ran = subprocess.run(
        [sys.executable, "-m", "portal.cli", command],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ran.returncode == 2
    assert ran.stderr.startswith("portal: the database role ")
    assert ran.stderr.count("\n") == 1
