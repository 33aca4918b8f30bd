"""A plugin with a page that says nothing about who may see it."""

from __future__ import annotations

from flask import Blueprint

from portal.api import Manifest, NoPersonalData, Text, hookimpl


@hookimpl
def plugin_manifest():
    return Manifest("public_page", Text("public_page", "public_page"), "0.1")


@hookimpl
def register_privacy():
    return NoPersonalData("A plugin of the tests.")


bp = Blueprint("public_page", __name__)


@bp.get("/")
def page():
    return "open to all"


@hookimpl
def register_blueprints():
    return [bp]
