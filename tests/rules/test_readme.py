"""The README's table of rooms says what the rooms say of themselves, and leaves none out."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from portal import ROOT

if TYPE_CHECKING:
    from pathlib import Path

README = (ROOT / "README.md").read_text(encoding="utf-8")
TABLE = dict(re.findall(r"^\| `([a-z/]+)/` \| (.+) \|$", README, re.MULTILINE))
PACKAGES = ("portal", "media", "plugins")


def rooms() -> dict[str, str]:
    """Return the docstring of each package that is a room."""
    inner = (ROOT / "portal").glob("*/__init__.py")
    found = [*inner, *(ROOT / name / "__init__.py" for name in PACKAGES)]
    return {path.parent.relative_to(ROOT).as_posix(): sentence(path) for path in found}


def sentence(path: Path) -> str:
    """Return the docstring of a package, on one line."""
    text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return " ".join(text.split())


def test_each_room_stands_in_the_readme_with_its_own_sentence():
    assert {name: TABLE.get(name) for name in rooms()} == rooms()


def test_each_row_of_the_readme_is_a_folder():
    assert [name for name in TABLE if not (ROOT / name).is_dir()] == []


def test_each_file_that_the_readme_links_to_exists():
    links = re.findall(r"\]\(([a-zA-Z][\w./-]+)\)", README)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_each_make_target_of_the_readme_exists():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"^    make (\w+)", README, re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE)
