"""A plugin that ends the process instead of answering."""

from __future__ import annotations

import sys

from portal.api import Manifest, NoPersonalData, Text, hookimpl


@hookimpl
def plugin_manifest():
    return Manifest("quits", Text("quits", "quits"), "0.1")


@hookimpl
def register_privacy():
    return NoPersonalData("A plugin of the tests.")


@hookimpl
def after_call_steps():
    sys.exit("bye")
