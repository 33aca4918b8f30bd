"""Writes a new plugin that works at once: its tests pass, and the check finds nothing."""

from __future__ import annotations

import pkgutil
import re
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, StrictUndefined

import portal
from portal.pluginhost.loader import find

if TYPE_CHECKING:
    from collections.abc import Iterator

SKELETON = Path(__file__).parent / "skeleton"
SUFFIX = ".jinja"
# Tables are called p_<name>_<table>, and PostgreSQL cuts a name off after 63 characters.
NAME = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
SHORTEST, LONGEST = 3, 24


class NewPluginError(Exception):
    """The plugin cannot be written; the text says what to do, in one line."""


@dataclass(frozen=True)
class Names:
    """What a plugin is called in each of the places that need a name.

    :param name: as in the entry point, ``monthly_count``.
    """

    name: str

    @property
    def dashed(self) -> str:
        """Return the name as it stands in addresses and ids: ``monthly-count``."""
        return self.name.replace("_", "-")

    @property
    def label(self) -> str:
        """Return the name as people read it until the author writes a better one."""
        return self.name.replace("_", " ").capitalize()

    @property
    def package(self) -> str:
        """Return the name of the Python package."""
        return f"praxisfenster_{self.name}"

    @property
    def distribution(self) -> str:
        """Return the name under which it is installed."""
        return f"praxisfenster-{self.dashed}"


def check_name(name: str) -> None:
    """Refuse a name that a table, an address or a Python package could not bear.

    :raise NewPluginError: says what is wrong with it.
    """
    if not NAME.fullmatch(name) or not SHORTEST <= len(name) <= LONGEST:
        message = (
            f"{name!r} is no name for a plugin: take {SHORTEST} to {LONGEST} lower-case letters "
            "and digits, words parted by single underscores, a letter first."
        )
        raise NewPluginError(message)
    if name in {"portal", *(module.name for module in pkgutil.iter_modules(portal.__path__))}:
        raise NewPluginError(f"{name!r} is a name of the portal's own: take another.")
    if name in {point.name for point in find()}:
        raise NewPluginError(f"A plugin {name!r} is installed already: take another name.")


def write(name: str, where: Path) -> list[Path]:
    """Write a new plugin into a folder of its own and return the files, relative to ``where``.

    :raise NewPluginError: the name is no name, the folder is there, or it cannot be written.
    """
    check_name(name)
    names = Names(name)
    folder = where / names.distribution
    try:
        folder.mkdir(parents=True)
    except FileExistsError as error:
        message = f"{folder} is there already; nothing was written. Remove it, or take --into."
        raise NewPluginError(message) from error
    except OSError as error:
        raise NewPluginError(f"{folder} cannot be made: {error.strerror}.") from error
    return [_write(folder / path, text).relative_to(where) for path, text in _files(names)]


def _write(path: Path, text: str) -> Path:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise NewPluginError(f"{path} cannot be written: {error.strerror}.") from error
    return path


def _files(names: Names) -> Iterator[tuple[Path, str]]:
    """Yield each file of the skeleton with its path and text in the new plugin."""
    # The pages of plugins write {{ }} and {% %} themselves.
    jinja = Environment(  # noqa: S701  files, not pages
        variable_start_string="[[",
        variable_end_string="]]",
        block_start_string="[%",
        block_end_string="%]",
        comment_start_string="[#",
        comment_end_string="#]",
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )
    values = {
        "name": names.name,
        "dashed": names.dashed,
        "label": names.label,
        "package": names.package,
        "distribution": names.distribution,
        "portal_version": version("praxisfenster"),
    }
    for path in sorted(SKELETON.rglob(f"*{SUFFIX}")):
        inside = str(path.relative_to(SKELETON)).removesuffix(SUFFIX)
        inside = inside.replace("PACKAGE", names.package).replace("NAME", names.name)
        yield Path(inside), jinja.from_string(path.read_text(encoding="utf-8")).render(values)
