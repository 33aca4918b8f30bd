"""A plugin with a page that does not ask itself whether it is switched on."""

from __future__ import annotations

from flask import Blueprint

from portal.api import Manifest, NoPersonalData, Role, Text, hookimpl, policy


@hookimpl
def plugin_manifest():
    return Manifest("pages", Text("pages", "pages"), "0.1")


@hookimpl
def register_privacy():
    return NoPersonalData("A plugin of the tests.")


@hookimpl
def register_blueprints():
    bp = Blueprint("pages", __name__)

    @bp.get("/")
    @policy(Role.DOCTOR, Role.SALES, page=True)
    def page():
        return "a page"

    @bp.get("/broken")
    @policy(Role.DOCTOR)
    def broken():
        message = "Erika Muster"
        raise ValueError(message)

    @bp.get("/open")
    @policy()
    def everybody():
        return "a page"

    return [bp]
