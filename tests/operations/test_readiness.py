"""Whether the portal is ready, and what is counted; both for those who run it."""

from __future__ import annotations

import dataclasses

import pytest

from portal import clock as the_clock
from portal import create_app
from portal.extensions import db
from portal.happenings import Happening
from portal.operations import metrics, readiness
from portal.outbox import Letter, put
from portal.tenants.scope import tenant_scope
from tests.statistics.kept import say
from tests.world import CANARY, Caller


@pytest.mark.requirement("OPS-3")
def test_ready_means_database_and_newest_tables(app):
    answer = Caller().get("/readyz")
    assert answer.status_code == 200
    assert answer.json == {"status": "ready", "database": "ok", "tables": "ok"}


@pytest.mark.requirement("OPS-3")
def test_redis_counts_where_it_is_named(app, monkeypatch):
    named = dataclasses.replace(app.extensions["portal_config"], redis_url="redis://127.0.0.1:1/0")
    monkeypatch.setitem(app.extensions, "portal_config", named)
    answer = Caller().get("/readyz")
    assert answer.status_code == 503
    assert answer.json == {
        "status": "not ready",
        "database": "ok",
        "tables": "ok",
        "redis": "away",
    }
    assert answer.headers["Retry-After"] == "5"
    assert Caller().get("/healthz").status_code == 200


@pytest.mark.requirement("OPS-3")
@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("postgresql://nobody@127.0.0.1:1/none", {"database": "away"}),
        ("", {"database": "ok", "tables": "old"}),
    ],
)
def test_a_database_that_is_away_or_old_is_named(app, tmp_path, url, found):
    config = dataclasses.replace(
        app.extensions["portal_config"], database_url=url, data=tmp_path, plugins=()
    )
    other = create_app(config)
    with other.app_context():
        assert readiness.parts(other) == found
        assert not readiness.is_ready(found)
        text = b"".join(metrics.page(other)({"PATH_INFO": "/metrics", "REQUEST_METHOD": "GET"}, _))
        assert b"portal_ready 0.0" in text
        db.engine.dispose()


def _(*_args) -> None:
    """Begin an answer that nobody reads."""


def read(app) -> str:
    environ = {"PATH_INFO": "/metrics", "REQUEST_METHOD": "GET"}
    return b"".join(metrics.page(app)(environ, _)).decode()


@pytest.mark.requirement("OPS-3")
def test_what_is_counted_has_words_of_the_program_as_labels_alone(app, world):
    with tenant_scope(world.ash.id):
        put(Letter("mail", "notice", {"to": "a@b.example"}, "c" * 32), now=the_clock.now())
        db.session.commit()
    db.session.remove()
    say(world.ash, Happening.CODE, who=world.ash.ids["doctor"], facts={"room_kind": "personal"})
    world.caller("doctor").get("/desk")
    world.caller("doctor").send("BREW", f"/calls/{world.ash.ids['visit']}/summary")
    text = read(app)
    assert 'portal_requests_total{method="GET",room="desk",status="200"}' in text
    assert 'method="other"' in text
    assert 'portal_outbox_rows{kind="mail",state="queued"} 1.0' in text
    for name in ("portal_ready 1.0", "portal_calls ", "portal_sockets ", "portal_outbox_late"):
        assert name in text
    for org in (world.ash, world.birch):
        for value in (CANARY, org.id, org.code, *org.ids.values(), *org.tokens.values()):
            assert value not in text
    assert "b.example" not in text


@pytest.mark.requirement("OPS-3")
def test_the_figures_stand_at_an_address_of_their_own(app, world):
    for role in ("", "operator"):
        assert world.caller(role).get("/metrics").status_code == 404
    assert b"Only /metrics" in metrics.page(app)({"PATH_INFO": "/", "REQUEST_METHOD": "GET"}, _)[0]


@pytest.mark.requirement("OPS-3")
def test_what_is_overdue_raises_a_figure(app, world, clock):
    from datetime import timedelta

    clock.move(timedelta(days=93))
    assert 'portal_retention_overdue{activity="waitingroom.code"}' in read(app)
