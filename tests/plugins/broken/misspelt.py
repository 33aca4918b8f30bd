"""A plugin with a hook that does not exist."""

from __future__ import annotations

from portal.api import Manifest, NoPersonalData, Text, hookimpl


@hookimpl
def plugin_manifest():
    return Manifest("misspelt", Text("misspelt", "misspelt"), "0.1")


@hookimpl
def register_privacy():
    return NoPersonalData("A plugin of the tests.")


@hookimpl
def after_call_step(ctx):
    return []
