"""A plugin that answers something else than it was asked."""

from __future__ import annotations

from portal.api import Manifest, NoPersonalData, Text, hookimpl


@hookimpl
def plugin_manifest():
    return Manifest("nonsense", Text("nonsense", "nonsense"), "0.1")


@hookimpl
def register_privacy():
    return NoPersonalData("A plugin of the tests.")


answers = {"after_call_steps": 7, "send_sms": "sent"}


@hookimpl
def after_call_steps():
    return answers["after_call_steps"]


@hookimpl
def send_sms():
    return answers["send_sms"]
