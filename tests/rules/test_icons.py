"""Every icon that a page names is drawn: an unknown one would be an empty space."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DRAWN = (ROOT / "scripts" / "icons.txt").read_text(encoding="utf-8").split()
CALL = re.compile(r"\bicon\(\s*[\"']([a-z0-9-]+)[\"']")


def named() -> set[str]:
    pages = [*(ROOT / "templates").rglob("*.html"), *(ROOT / "plugins").rglob("*.html")]
    return {name for page in pages for name in CALL.findall(page.read_text(encoding="utf-8"))}


def test_every_icon_of_a_template_is_drawn():
    assert named()
    assert named() - set(DRAWN) == set()


def test_the_list_of_icons_is_in_order():
    assert sorted(set(DRAWN)) == DRAWN
