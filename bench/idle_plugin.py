"""A plugin that answers at once with nothing, so that only the way to it is measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal.api import Manifest, NoPersonalData, Text, hookimpl

if TYPE_CHECKING:
    from portal.api import CallEvent, PluginContext, Step

NAME = "idle_plugin"


@hookimpl
def plugin_manifest() -> Manifest:
    """Name it."""
    return Manifest(NAME, Text("Leerlauf", "Idle"), "0")


@hookimpl
def register_privacy() -> tuple[NoPersonalData, ...]:
    """Declare that it keeps nothing."""
    return (NoPersonalData("It answers nothing and keeps nothing."),)


@hookimpl
def after_call_steps(ctx: PluginContext, call: CallEvent, account_id: str) -> list[Step]:
    """Offer nothing."""
    del ctx, call, account_id
    return []
