"""Checks a plugin as a whole, and prints one line for each thing that is to be mended."""

from __future__ import annotations

import tempfile
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

from portal.kit import asking, proving, reading, tables
from portal.kit.findings import Finding, Subject, named
from portal.kit.trial import NotLoadedError, Trial
from portal.pluginhost.loader import GROUP, find

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from importlib.metadata import EntryPoint

LOADS = "loads"
CHECKS: Mapping[str, Callable[[Subject], Iterable[str]]] = {
    "readme": reading.readme,
    "version": reading.version,
    "imports": reading.imports,
    "cookies": reading.cookies,
    "hosts": reading.hosts,
    "templates": reading.templates,
    "translations": reading.translations,
    "tables": tables.names,
    "declarations": tables.declarations,
    "migrations": tables.migrations,
    "deletion": proving.deletion,
    "pages": asking.pages,
    "slots": asking.slots,
    "hooks": asking.hooks,
}


class NothingToCheckError(Exception):
    """No plugin was named, or it is not there; the text says what to do."""


def chosen(names: Sequence[str], allowed: Sequence[str], folder: Path) -> list[EntryPoint]:
    """Return the plugins that are meant: named, or of this folder, or of the allow-list.

    What nobody named is not imported, here as elsewhere.

    :raise NothingToCheckError: none is meant, or one is not installed.
    """
    wanted = list(names) or _of_project(folder) or list(allowed)
    if not wanted:
        message = "Name a plugin, set PORTAL_PLUGINS, or run this beside a plugin's pyproject.toml."
        raise NothingToCheckError(message)
    there = {point.name: point for point in find()}
    missing = [name for name in wanted if name not in there]
    if missing:
        message = f"{', '.join(missing)} is not installed: pip install --editable . and try again."
        raise NothingToCheckError(message)
    return [there[name] for name in wanted]


def _of_project(folder: Path) -> list[str]:
    path = folder / "pyproject.toml"
    try:
        project = tomllib.loads(path.read_text(encoding="utf-8"))["project"]
        return list(project["entry-points"][GROUP])
    except (OSError, KeyError, TypeError, tomllib.TOMLDecodeError):
        return []


def check(point: EntryPoint) -> list[Finding]:
    """Return what is wrong with a plugin; it runs in a portal of its own, in a temporary folder."""
    with tempfile.TemporaryDirectory(prefix="portal-check-") as folder:
        try:
            trial = Trial(Path(folder), [point.name], [point])
        except NotLoadedError as error:
            return [Finding(point.name, LOADS, f"{error} Until then the portal leaves it out.")]
        try:
            loaded = trial.host.plugins.loaded[point.name]
            return list(_all(Subject(point, trial, loaded)))
        finally:
            trial.end()


def _all(plugin: Subject) -> Iterator[Finding]:
    for name, ask in CHECKS.items():
        try:
            found = list(ask(plugin))
        except Exception as error:  # noqa: BLE001  one check that stumbles must not hide the others
            place = f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"
            found = [f"the check itself stumbles over it ({place}): mend what it names, or say so."]
        yield from named(plugin.name, name, found)
