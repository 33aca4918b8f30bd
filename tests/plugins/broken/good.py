"""A plugin that does what it should."""

from __future__ import annotations

from portal.api import Manifest, NoPersonalData, Receipt, SendState, Step, Text, hookimpl


@hookimpl
def plugin_manifest():
    return Manifest("good", Text("good", "good"), "0.1")


@hookimpl
def register_privacy():
    return NoPersonalData("A plugin of the tests.")


heard = []


@hookimpl
def after_call_steps(ctx, call, account_id):
    return [Step("Gut", f"{call.call_id} {account_id}", "/p/good/x", "Weiter")]


@hookimpl
def send_sms(ctx, message):
    return Receipt(SendState.SENT, reference="good-1")


@hookimpl
def call_event(event):
    heard.append(event)
