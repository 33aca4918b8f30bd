"""The fingerprint of a plugin's files, so that the operator can say which ones may run.

``PORTAL_PLUGINS=name@sha256:...`` loads the plugin only while its files are those. It is asked
before the first line of the plugin is imported. Caches of the interpreter are left out.
"""

from __future__ import annotations

import hashlib
import sys
from importlib.machinery import PathFinder
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from importlib.metadata import EntryPoint

MARK = "@sha256:"
# Our own plugins share a package; each is a folder of it, and has a fingerprint of its own.
SHARED = "plugins"


def parted(entry: str) -> tuple[str, str]:
    """Return name and fingerprint of an entry in the allow-list; the latter is often empty."""
    name, _mark, digest = entry.partition(MARK)
    return name, digest.lower()


def fingerprint(point: EntryPoint) -> str:
    """Return the SHA-256 over names and contents of a plugin's files, or nothing without files.

    That is all of the package which its entry point names, but nothing that it imports from
    elsewhere.
    """
    whole = hashlib.sha256()
    found = False
    for name, path in sorted(_files(point.module)):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        whole.update(f"{content}  {name}\n".encode())
        found = True
    return whole.hexdigest() if found else ""


def _files(module: str) -> Iterator[tuple[str, Path]]:
    """Yield each file with its name inside the package; nothing is imported to find them."""
    first, *rest = module.split(".")
    place = _found(first, None)
    if first == SHARED and rest and place is not None:
        place = _found(f"{first}.{rest[0]}", [str(place)])
    if place is None:
        return
    if place.is_file():
        yield place.name, place
        return
    for path in place.rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            yield path.relative_to(place).as_posix(), path


def _found(name: str, folders: Sequence[str] | None) -> Path | None:
    spec = PathFinder.find_spec(name, list(folders) if folders else sys.path)
    if spec is None or spec.origin is None:
        return None
    origin = Path(spec.origin)
    return origin.parent if origin.name == "__init__.py" else origin
