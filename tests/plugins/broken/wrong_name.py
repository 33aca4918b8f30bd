"""A plugin that calls itself by another name."""

from __future__ import annotations

from portal.api import Manifest, NoPersonalData, Text, hookimpl


@hookimpl
def plugin_manifest():
    return Manifest("vinteos", Text("wrong_name", "wrong_name"), "0.1")


@hookimpl
def register_privacy():
    return NoPersonalData("A plugin of the tests.")
