"""A plugin that takes its time."""

from __future__ import annotations

import time

from portal.api import Manifest, NoPersonalData, Text, hookimpl


@hookimpl
def plugin_manifest():
    return Manifest("hangs", Text("hangs", "hangs"), "0.1")


@hookimpl
def register_privacy():
    return NoPersonalData("A plugin of the tests.")


SECONDS = 0.06
pause = time.sleep


@hookimpl
def after_call_steps():
    pause(SECONDS)
    return []


@hookimpl
def send_sms():
    pause(SECONDS)


@hookimpl
def call_event():
    pause(SECONDS)
