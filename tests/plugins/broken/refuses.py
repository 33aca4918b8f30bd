"""A provider that certainly does not take a message."""

from __future__ import annotations

from portal.api import Manifest, NoPersonalData, Receipt, SendState, Text, hookimpl


@hookimpl
def plugin_manifest():
    return Manifest("refuses", Text("refuses", "refuses"), "0.1")


@hookimpl
def register_privacy():
    return NoPersonalData("A plugin of the tests.")


states = [SendState.REFUSED]


@hookimpl
def send_sms(ctx, message):
    return Receipt(states[0], reason="no")
