"""A plugin that says nothing of personal data."""

from __future__ import annotations

from portal.api import Manifest, Text, hookimpl


@hookimpl
def plugin_manifest():
    return Manifest("no_privacy", Text("x", "x"), "0.1")
