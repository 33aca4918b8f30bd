"""A plugin that wants to speak for the others."""

from __future__ import annotations

from portal.api import Manifest, NoPersonalData, Text, hookimpl


@hookimpl
def plugin_manifest():
    return Manifest("wraps", Text("wraps", "wraps"), "0.1")


@hookimpl
def register_privacy():
    return NoPersonalData("A plugin of the tests.")


@hookimpl(wrapper=True)
def after_call_steps():
    return (yield)
