"""Gives plugins their translations: read from their ``.po`` files at the start, without a build.

What the portal itself says is looked up first, so no plugin changes a word of the portal's.
"""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING

from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po
from flask_babel import get_babel

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from flask import Flask

logger = logging.getLogger(__name__)

SOURCES = "translations/*/LC_MESSAGES/messages.po"


def install(app: Flask, folders: Mapping[str, Path], into: Path) -> None:
    """Compile the catalogues of plugins and let Flask-Babel look into them.

    :param folders: each plugin's own folder.
    :param into: where the compiled ones go.
    """
    for name, folder in sorted(folders.items()):
        compiled = [_compile(name, source, into) for source in sorted(folder.glob(SOURCES))]
        if any(compiled):
            get_babel(app).translation_directories.insert(0, str(into / name))


def _compile(name: str, source: Path, into: Path) -> bool:
    """Compile one catalogue; one that cannot be read is named in the log, and its texts stay."""
    lang = source.parents[1].name
    target = into / name / lang / "LC_MESSAGES" / "messages.mo"
    # Another process may start in the same moment.
    fresh = target.with_suffix(f".{os.getpid()}")
    try:
        with source.open("rb") as file:
            catalogue = read_po(file, locale=lang, abort_invalid=True)
        target.parent.mkdir(parents=True, exist_ok=True)
        with fresh.open("wb") as file:
            write_mo(file, catalogue)
        fresh.replace(target)
    except (OSError, ValueError, PoFileError) as error:
        logger.warning("the texts of plugin %s in %s: %s", name, lang, error)
        return False
    return True
