"""Static files under an address that changes with their content, so that browsers may keep them."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Blueprint, Response, current_app, send_from_directory, url_for
from markupsafe import Markup, escape

from portal.errors import NotFoundHereError
from portal.permissions import policy

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flask import Flask

YEAR_SECONDS = 31_536_000

bp = Blueprint("assets", __name__)


@bp.get("/static/<version>/<path:path>")
@policy()
def static_file(version: str, path: str) -> Response:
    """Serve one static file; modules import each other relatively, so all share a version."""
    folder, name = _place(path)
    response = send_from_directory(folder, name, max_age=YEAR_SECONDS)
    if version != current_app.config["STATIC_VERSION"]:
        response.headers["Cache-Control"] = "no-cache"
    return response


def _place(path: str) -> tuple[Path, str]:
    """Return folder and name of a file: the portal's, or under ``p/<plugin>/`` a plugin's own.

    :raise NotFoundHereError: no such plugin is loaded.
    """
    if not path.startswith("p/"):
        return _own_folder(current_app), path
    plugin, _slash, name = path.removeprefix("p/").partition("/")
    folders = _plugin_folders(current_app)
    if plugin not in folders:
        raise NotFoundHereError
    return folders[plugin], name


def _own_folder(app: Flask) -> Path:
    return Path(app.config["ROOT"]) / "static"


def _plugin_folders(app: Flask) -> dict[str, Path]:
    loaded = app.extensions["portal_plugins"].plugins.loaded
    return {name: each.folder / "static" for name, each in loaded.items()}


@bp.get("/favicon.ico")
@policy()
def favicon() -> Response:
    """Answer the browser's own question for an icon."""
    folder = _own_folder(current_app)
    if not (folder / "favicon.svg").exists():
        raise NotFoundHereError
    return send_from_directory(folder, "favicon.svg", max_age=YEAR_SECONDS)


def _version(folders: Iterable[Path]) -> str:
    """Return a short hash over all static files' names, sizes and times."""
    found = sha256()
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                stat = path.stat()
                line = f"{path.relative_to(folder)} {stat.st_size} {stat.st_mtime_ns}\n"
                found.update(line.encode())
    return found.hexdigest()[:12]


def static(path: str) -> str:
    """Return the address of a static file."""
    return url_for("assets.static_file", version=current_app.config["STATIC_VERSION"], path=path)


def icon(name: str) -> Markup:
    """Return an icon as inline SVG, hidden from screen readers; a text must stand beside it."""
    href = f"{static('vendor/icons.svg')}#{name}"
    words = (
        f'<svg class="icon" aria-hidden="true" focusable="false"><use href="{escape(href)}"/></svg>'
    )
    return Markup(words)  # noqa: S704  both parts are ours, and escaped


def install(app: Flask) -> None:
    """Serve static files, those of plugins too, and give templates their addresses."""
    folders = (_own_folder(app), *_plugin_folders(app).values())
    app.config["STATIC_VERSION"] = _version(folders)
    app.register_blueprint(bp)
    app.jinja_env.globals.update(static=static, icon=icon)
