"""Before an admission plugins are asked, and what they leave for the worker is done after it."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select

from portal import clock as the_clock
from portal.calls import service as calls
from portal.calls.models import Call
from portal.extensions import db
from portal.outbox import DEAD, Outbox
from portal.pluginhost import letters
from portal.pluginhost import service as pluginhost
from portal.pluginhost.asking import PAUSES
from portal.pluginhost.gates import HeldBackError
from portal.pluginhost.guard import FAILURES
from portal.tenants.scope import tenant_scope
from portal.waitingroom.models import Visit
from tests.plugins.broken import gate
from tests.plugins.fixtures import plugins, switch_on, work


@pytest.fixture
def gated(app, world):
    """Run with a gate and a good plugin, both on at Ash."""
    with plugins(app, "gate", "good"):
        with tenant_scope(world.ash.id):
            switch_on("gate", "good")
        db.session.remove()
        yield world


@pytest.fixture(autouse=True)
def as_it_was():
    """Leave the plugin as it was found."""
    yield
    gate.answers[:], gate.failing[:] = [None], [False]
    gate.seen.clear()
    gate.enqueues.clear()
    gate.tasks.clear()


def admit(world) -> str:
    """Let Ash's guest in, and return the state of the visit afterwards."""
    with tenant_scope(world.ash.id):
        doctor, visit = world.ash.ids["doctor"], world.ash.ids["visit"]
        try:
            calls.admit(visit, doctor, "s" * 20, now=the_clock.now())
            db.session.commit()
        finally:
            db.session.rollback()
            state = db.session.get(Visit, (world.ash.id, visit)).state
            db.session.remove()
    return state


def state_of(world) -> tuple[str, int]:
    with tenant_scope(world.ash.id):
        visit = db.session.get(Visit, (world.ash.id, world.ash.ids["visit"]))
        found = visit.state, len(list(db.session.scalars(select(Call))))
        db.session.remove()
    return found


@pytest.mark.requirement("PLG-4")
def test_hook_waiting_room_precheck(app, world):
    with tenant_scope(world.ash.id):
        switch_on("consent_form")
        settings = {"heading": "Bogen", "text": "Ja?", "needed": True}
        pluginhost.store_settings("consent_form", settings)
        db.session.commit()
    db.session.remove()
    with pytest.raises(HeldBackError) as held:
        admit(world)
    assert "Einwilligung fehlt noch" in held.value.sentence
    assert state_of(world) == ("waiting", 0)
    world.caller("guest").post("/p/consent_form/agreement", agreed="1")
    assert admit(world) == "admitted"


@pytest.mark.requirement("PLG-4")
def test_without_the_tick_of_the_organisation_nobody_is_held_back(app, world):
    with tenant_scope(world.ash.id):
        switch_on("consent_form")
        pluginhost.store_settings("consent_form", {"heading": "Bogen", "text": "Ja?"})
        db.session.commit()
    db.session.remove()
    assert admit(world) == "admitted"


@pytest.mark.requirement("PLG-3")
@pytest.mark.parametrize("answer", [ValueError("Erika"), object(), "", "x" * 301])
def test_a_gate_that_fails_is_open(gated, answer):
    gate.answers.append(answer)
    assert admit(gated) == "admitted"
    assert gate.seen == [gated.ash.ids["visit"]]


@pytest.mark.requirement("PLG-3")
def test_a_gate_that_the_operator_let_be_closed_holds_back_while_it_fails(app, gated):
    gate.answers.append(ValueError("Erika"))
    with app.app_context():
        pluginhost.approve_all(now=the_clock.now())
        db.session.commit()
    for _ in range(FAILURES + 1):  # also while it is left alone
        with pytest.raises(HeldBackError) as held:
            admit(gated)
        assert "Schranke ist gestört" in held.value.sentence
    assert len(gate.seen) == FAILURES
    assert state_of(gated) == ("waiting", 0)


@pytest.mark.requirement("PLG-3")
def test_a_closed_gate_whose_plugin_is_refused_at_the_start_holds_back(app, gated):
    with app.app_context():
        pluginhost.approve_all(now=the_clock.now())
        db.session.commit()
        host = pluginhost.in_charge()
        loaded = host.plugins.loaded.pop("gate")
        host.plugins.refused["gate"] = "its files have changed"
    try:
        with pytest.raises(HeldBackError) as held:
            admit(gated)
    finally:
        host.plugins.loaded["gate"] = loaded
        del host.plugins.refused["gate"]
    assert "gate ist gestört" in held.value.sentence
    assert state_of(gated) == ("waiting", 0)


def test_who_does_not_wait_is_no_question_for_a_gate(gated):
    assert admit(gated) == "admitted"
    with pytest.raises(calls.InCallError):
        admit(gated)
    assert len(gate.seen) == 1


# Tasks.


def enqueue(world, name: str = "one", *, keep: bool = True, **values) -> None:
    with tenant_scope(world.ash.id):
        pluginhost.context("gate").enqueue(name, **values)
        if keep:
            db.session.commit()
        db.session.rollback()
        db.session.remove()


@pytest.mark.requirement("PLG-2")
def test_hook_run_task(app, gated):
    enqueue(gated, number=7, ids=["a"])
    assert gate.tasks == []
    work(app)
    ((name, values, event_id),) = gate.tasks
    assert (name, values) == ("one", {"number": 7, "ids": ["a"]})
    assert event_id
    work(app)
    assert len(gate.tasks) == 1


def test_a_task_is_lost_with_its_cause(app, gated):
    enqueue(gated, keep=False)
    work(app)
    assert gate.tasks == []


@pytest.mark.requirement("PLG-2", "PLG-3")
def test_a_task_is_lost_with_the_hook_that_failed_after_it(app, gated):
    gate.enqueues.append(True)
    gate.answers.append(ValueError("Erika"))
    assert admit(gated) == "admitted"
    work(app)
    assert gate.seen
    assert gate.tasks == []


@pytest.mark.requirement("PLG-3")
def test_a_task_that_fails_is_tried_again_and_then_shown_to_the_operator(app, gated, clock):
    gate.failing.append(True)
    enqueue(gated)
    for pause in (*PAUSES, dt.timedelta()):
        work(app)
        clock.move(pause)
    assert len({event_id for _name, _values, event_id in gate.tasks}) == 1
    assert len(gate.tasks) == len(PAUSES) + 1
    with app.app_context():
        (dead,) = letters.dead("gate")
        assert (dead.hook, dead.number) == ("run_task", 1)
        assert letters.retry("gate", now=clock.now()) == 1
        db.session.commit()
    gate.failing.append(False)
    work(app)
    with tenant_scope(gated.ash.id):
        assert db.session.scalar(select(Outbox).where(Outbox.state == DEAD)) is None


@pytest.mark.parametrize(
    ("values", "error"), [({"x": object()}, TypeError), ({"x": "y" * 8200}, ValueError)]
)
def test_what_cannot_be_kept_is_refused_at_once(gated, values, error):
    with pytest.raises(error):
        enqueue(gated, **values)


def test_a_plugin_that_would_not_do_it_is_told_so(gated):
    with tenant_scope(gated.ash.id), pytest.raises(LookupError):
        pluginhost.context("good").enqueue("one")


# Health of the whole.


@pytest.mark.requirement("PLG-3")
@pytest.mark.requirement("OPS-3")
def test_health_says_that_a_plugin_is_left_alone_or_left_out(app, world):
    nobody = world.caller("nobody")
    with plugins(app, "gate", "good"):
        assert nobody.get("/healthz").json == {"status": "ok"}
        with tenant_scope(world.ash.id):
            switch_on("gate")
            gate.answers.append(ValueError())
        db.session.remove()
        for _ in range(FAILURES):
            with tenant_scope(world.ash.id):
                calls.gates.precheck(
                    db.session.get(Visit, (world.ash.id, world.ash.ids["visit"])), "a" * 32
                )
                db.session.remove()
        answer = nobody.get("/healthz")
        assert (answer.status_code, answer.json) == (200, {"status": "degraded"})
        with tenant_scope(world.ash.id):
            pluginhost.reset("gate")
        assert nobody.get("/healthz").json == {"status": "ok"}
    with plugins(app, "misspelt", "good"):
        assert nobody.get("/healthz").json == {"status": "degraded"}
