"""The plugin's pages in one place, as a plugin has one set of them."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("vinteos", __name__, template_folder="templates")
