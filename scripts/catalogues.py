"""Compares the translations with the texts in code and templates, or brings them up to date.

Without arguments it names every text that a catalogue lacks, holds in vain, or leaves open.
With ``--update`` it extracts the texts anew; what is new is then empty and waits for a translator.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from babel.messages.frontend import CommandLineInterface
from babel.messages.pofile import read_po

if TYPE_CHECKING:
    from collections.abc import Iterator

    from babel.messages.catalog import Catalog

ROOT = Path(__file__).resolve().parent.parent
TRANSLATIONS = ROOT / "translations"
# The names under which Flask-Babel is imported here.
KEYWORDS = ("_", "_l", "gettext", "lazy_gettext", "lazy_ngettext:1,2", "ngettext:1,2")
# Only the file is named: with line numbers every edit of the code would edit the catalogues.
STYLE = ["--add-location=file", "--sort-by-file"]
# Babel's own default would also skip templates/_macros.
IGNORE = "--ignore-dirs=.* node_modules build"


def pybabel(*arguments: object) -> None:
    """Run one command of pybabel."""
    CommandLineInterface().run(["pybabel", "--quiet", *map(str, arguments)])


def extract(template: Path) -> Catalog:
    """Write all texts of the application to the file and return them."""
    keywords = [f"--keyword={keyword}" for keyword in KEYWORDS]
    mapping = "--mapping-file=pyproject.toml"
    options = ["--no-default-keywords", *keywords, *STYLE, IGNORE]
    pybabel("extract", mapping, *options, "-o", template, ".")
    return read(template)


def read(path: Path) -> Catalog:
    """Return one catalogue."""
    with path.open("rb") as file:
        return read_po(file)


def faults(catalogue: Catalog, template: Catalog) -> Iterator[str]:
    """Name what keeps the catalogue from being whole."""
    for message in template:
        if message.id and message.id not in catalogue:
            yield f"missing: {message.id!r}"
    for message in catalogue:
        if not message.id:
            continue
        texts = message.string if isinstance(message.string, tuple) else (message.string,)
        if message.id not in template:
            yield f"no longer used: {message.id!r}"
        elif message.fuzzy:
            yield f"marked as uncertain: {message.id!r}"
        elif not all(texts):
            yield f"not translated: {message.id!r}"


def check(template: Catalog) -> int:
    """Print the faults of all catalogues; return 1 if there are any."""
    found = 0
    for path in sorted(TRANSLATIONS.glob("*/LC_MESSAGES/*.po")):
        for fault in faults(read(path), template):
            print(f"{path.relative_to(ROOT)}: {fault}")
            found = 1
    if found:
        print("`make fix` brings the catalogues up to date; then translate what is empty.")
    return found


def main() -> int:
    """Do what the arguments ask for."""
    if not TRANSLATIONS.is_dir():
        return 0
    # From here, so that the catalogues name their sources by relative paths.
    os.chdir(ROOT)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "messages.pot"
        template = extract(file)
        if "--update" not in sys.argv:
            return check(template)
        source = ["-i", file, "-d", TRANSLATIONS, "--ignore-pot-creation-date"]
        pybabel("update", *source, "--no-fuzzy-matching", "--ignore-obsolete", "--no-wrap")
        return 0


if __name__ == "__main__":
    sys.exit(main())
