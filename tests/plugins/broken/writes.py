"""A plugin that writes rows, and fails when told to."""

from __future__ import annotations

from sqlalchemy import select

from portal.api import Manifest, NoPersonalData, Text, hookimpl
from portal.tenants.models import PluginSwitch


@hookimpl
def plugin_manifest():
    return Manifest("writes", Text("writes", "writes"), "0.1")


@hookimpl
def register_privacy():
    return NoPersonalData("A plugin of the tests.")


fails = []


@hookimpl
def after_call_steps(ctx):
    ctx.session.scalar(select(PluginSwitch.id))
    if fails:
        ctx.session.execute(select(PluginSwitch.id).where(PluginSwitch.rank == "x" * 9 / 1))
    return []


@hookimpl
def call_event(ctx, event):
    row = PluginSwitch(plugin=f"heard {event.event_id[:8]}")
    assert ctx.session.add_once(row)
    ctx.session.flush()
    if fails == ["commit"]:
        ctx.session.commit()
    if fails:
        raise ValueError(fails)
