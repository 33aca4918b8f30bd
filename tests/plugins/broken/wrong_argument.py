"""A plugin that asks a hook for an argument that it does not have."""

from __future__ import annotations

from portal.api import Manifest, NoPersonalData, Text, hookimpl


@hookimpl
def plugin_manifest():
    return Manifest("wrong_argument", Text("wrong_argument", "wrong_argument"), "0.1")


@hookimpl
def register_privacy():
    return NoPersonalData("A plugin of the tests.")


@hookimpl
def call_event(ctx, patient):
    return None
