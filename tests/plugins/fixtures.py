"""Fixtures of plugins: an organisation in force, a gateway, a host with plugins of the test."""

from __future__ import annotations

import time
from contextlib import contextmanager
from importlib.metadata import EntryPoint
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from flask import g
from sqlalchemy import select

from portal import clock, jobs
from portal.api import CallEvent, SendState
from portal.config import Config
from portal.extensions import db
from portal.pluginhost import guard, report
from portal.pluginhost import service as pluginhost
from portal.pluginhost.service import Host
from portal.tenants.models import PluginSwitch
from portal.tenants.scope import tenant_scope
from tests.plugins.broken import good, hangs, nonsense, refuses, sends_elsewhere, writes
from tests.plugins.gateway import Gateway, serve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

    from tests.world import World

NUMBER = "+491713920012"
ACCOUNT = {"user": "ash", "password": "geheim-7", "sender": "Praxis"}


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    made = Gateway()
    server = serve(made)
    yield made
    made.released.set()
    server.shutdown()
    server.server_close()


@pytest.fixture
def ash(world: World) -> Iterator[str]:
    """Put the organisation Ash in force."""
    with tenant_scope(world.ash.id):
        yield world.ash.id
        db.session.rollback()


@pytest.fixture
def sms(ash: str, gateway: Gateway) -> Gateway:
    """Let Ash send text messages through the gateway."""
    set_up(gateway)
    db.session.commit()
    return gateway


def set_up(gateway: Gateway, **changes: Any) -> None:
    """Switch the provider on in the organisation in force, with the gateway's address."""
    pluginhost.switch_on("sms_dicomsys")
    pluginhost.store_settings("sms_dicomsys", {"url": gateway.url, **ACCOUNT, **changes})
    g.pop("plugin_switches", None)


def work(app: Flask) -> None:
    """Do what a worker would do now: sweep, then carry out all that is due."""
    db.session.commit()
    for organisation_id, row_id in jobs.sweep(app):
        jobs.deliver(app, organisation_id, row_id)
    db.session.expire_all()


@contextmanager
def plugins(app: Flask, *names: str, **settings: Any) -> Iterator[Host]:
    """Run the portal with plugins of ``tests/plugins/broken`` in place of the real ones."""
    found = [EntryPoint(name, f"tests.plugins.broken.{name}", "portal.plugins") for name in names]
    before = app.extensions["portal_plugins"]
    values = {**before.config.__dict__, "plugins": names, **settings}
    host = Host(Config(**values), found)
    pluginhost.run_with(app, host)
    try:
        yield host
    finally:
        pluginhost.run_with(app, before)


def switch_on(*names: str) -> None:
    """Switch plugins on in the organisation in force."""
    for name in names:
        pluginhost.switch_on(name)
    db.session.commit()


@pytest.fixture(autouse=True)
def calm(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Measure with a watch that only a hanging plugin moves, however busy this machine is.

    Afterwards the plugins of the tests are what they were.
    """
    passed = [0.0]
    watch = SimpleNamespace(
        perf_counter=lambda: passed[0], monotonic=time.monotonic, time=time.time
    )
    monkeypatch.setattr(guard, "time", watch)
    monkeypatch.setattr(hangs, "pause", lambda seconds: passed.append(passed.pop() + seconds))
    yield
    good.heard.clear()
    writes.fails.clear()
    sends_elsewhere.said.clear()
    hangs.SECONDS = 0.06
    nonsense.answers.update(after_call_steps=7, send_sms="sent")
    refuses.states[:] = [SendState.REFUSED]


def ended() -> CallEvent:
    """Return the end of some call."""
    now = clock.now()
    return CallEvent("ended", "c" * 32, "r" * 32, "a" * 32, now, now, now)


def steps() -> list[str]:
    """Return which plugins offer a step after a call."""
    found = pluginhost.collect("after_call_steps", call=ended(), account_id="a" * 32)
    return [step.plugin for step in found]


def reported(plugin: str) -> dict[str, Any]:
    """Return what the operator's page says of a plugin."""
    return {each["name"]: each for each in report.report()}[plugin]


def counted(plugin: str, hook: str) -> tuple[int, int]:
    """Return calls and failures of a hook, as the operator's page says them."""
    row = {each["hook"]: each for each in reported(plugin)["hooks"]}[hook]
    return row["calls"], row["failures"]


def rank(plugin: str, place: int) -> None:
    """Give a plugin its place in the organisation's order."""
    db.session.scalar(select(PluginSwitch).where(PluginSwitch.plugin == plugin)).rank = place
    db.session.commit()
