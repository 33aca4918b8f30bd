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
from babel.messages.pofile import read_po, write_po

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


def extract(template: Path) -> Catalog:
    """Write all texts of the application to the file and return them."""
    keywords = [f"--keyword={keyword}" for keyword in KEYWORDS]
    mapping = "--mapping-file=pyproject.toml"
    options = ["--no-default-keywords", *keywords, *STYLE, IGNORE]
    command = ["pybabel", "--quiet", "extract", mapping, *options, "-o", str(template), "."]
    CommandLineInterface().run(command)
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


def bring_up_to_date(template: Catalog) -> int:
    """Add the new texts to all catalogues, empty, and drop those that nobody uses."""
    for path in sorted(TRANSLATIONS.glob("*/LC_MESSAGES/*.po")):
        catalogue = read(path)
        if {message.id for message in catalogue} == {message.id for message in template}:
            continue
        # The header is a person's; Babel would fill it with dates and blanks.
        header, _, _ = path.read_text(encoding="utf-8").partition("\n\n")
        catalogue.update(template, no_fuzzy_matching=True)
        with path.open("wb") as file:
            file.write(f"{header}\n\n".encode())
            write_po(
                file,
                catalogue,
                width=100,
                omit_header=True,
                sort_by_file=True,
                ignore_obsolete=True,
                include_lineno=False,
            )
    return 0


def main() -> int:
    """Do what the arguments ask for."""
    if not TRANSLATIONS.is_dir():
        return 0
    # From here, so that the catalogues name their sources by relative paths.
    os.chdir(ROOT)
    with tempfile.TemporaryDirectory() as folder:
        template = extract(Path(folder) / "messages.pot")
    return bring_up_to_date(template) if "--update" in sys.argv else check(template)


if __name__ == "__main__":
    sys.exit(main())
