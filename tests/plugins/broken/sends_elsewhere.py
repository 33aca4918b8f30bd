"""A plugin that speaks with a host that nobody allowed."""

from __future__ import annotations

from portal.api import ForbiddenHostError, Manifest, NoPersonalData, Text, hookimpl


@hookimpl
def plugin_manifest():
    return Manifest("sends_elsewhere", Text("sends_elsewhere", "sends_elsewhere"), "0.1")


@hookimpl
def register_privacy():
    return NoPersonalData("A plugin of the tests.")


said = []


@hookimpl
def send_sms(ctx):
    try:
        ctx.http.post_json("http://127.0.0.1:9/", {})
    except ForbiddenHostError:
        said.append("forbidden")
