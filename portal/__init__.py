"""Builds the web application, names the hooks, explains errors."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from importlib.metadata import EntryPoint

    from flask import Flask

    from portal.config import Config

_HERE = Path(__file__).resolve().parent
# Templates, static files and translations: beside the package in a checkout, within it in a wheel.
ROOT = _HERE / "files" if (_HERE / "files").is_dir() else _HERE.parent


def create_app(config: Config, found: Iterable[EntryPoint] | None = None) -> Flask:
    """Return the application, with every room in it and every fence up.

    :param found: where plugins are; those of the installed distributions unless given.
    :raise UndeclaredPolicyError: a route, a plugin's included, does not say who may call it.
    """
    from portal import application

    return application.build(config, ROOT, found)
