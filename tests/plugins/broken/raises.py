"""A plugin whose every hook raises."""

from __future__ import annotations

from portal.api import Manifest, NoPersonalData, Text, hookimpl


@hookimpl
def plugin_manifest():
    return Manifest("raises", Text("raises", "raises"), "0.1")


@hookimpl
def register_privacy():
    return NoPersonalData("A plugin of the tests.")


def fail():
    message = "Erika Muster +491713920012"
    raise ValueError(message)


@hookimpl
def after_call_steps():
    fail()


@hookimpl
def send_sms():
    fail()


@hookimpl
def call_event():
    fail()


@hookimpl
def forget():
    fail()
