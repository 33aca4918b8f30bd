"""What scripts store in a browser is what the inventory says, and there is one way to store it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from portal import ROOT
from portal.accounts.storage import INVENTORY, Place

if TYPE_CHECKING:
    from pathlib import Path

ONLY_HERE = "store.js"
FORBIDDEN = re.compile(r"\b(localStorage|indexedDB|sessionStorage|cookieStore|caches)\b|\.cookie\b")


def scripts() -> list[Path]:
    folders = [ROOT / "static", *ROOT.glob("plugins/*/static")]
    found = [path for folder in folders for path in sorted(folder.rglob("*.js"))]
    return [path for path in found if "vendor" not in path.parts]


def written(source: str, verb: str) -> set[str]:
    """Return the keys that a module hands to the store by one of its verbs."""
    names = dict(re.findall(r'const (\w+) = "([^"]+)"', source))
    keys = re.findall(rf"\bstore\.{verb}\(\s*([^,]+?)\s*,", source)
    return {names.get(key, key.strip("\"'")) for key in keys}


@pytest.mark.requirement("ACC-7")
@pytest.mark.parametrize(("place", "verb"), [(Place.SESSION, "write"), (Place.LOCAL, "keep")])
def test_the_scripts_write_the_keys_of_the_inventory_and_no_other(place, verb):
    keys = set().union(*(written(path.read_text(encoding="utf-8"), verb) for path in scripts()))
    assert keys == {item.key for item in INVENTORY if item.place is place}


@pytest.mark.requirement("ACC-7")
def test_one_module_alone_touches_the_browsers_storage():
    guilty = [
        path.name
        for path in scripts()
        if path.name != ONLY_HERE and FORBIDDEN.search(path.read_text(encoding="utf-8"))
    ]
    assert guilty == []


def test_a_key_stands_once_and_says_why_it_is_needed():
    assert len({(item.place, item.key) for item in INVENTORY}) == len(INVENTORY)
    for item in INVENTORY:
        for text in (item.purpose, item.lifetime, item.needed_for):
            assert text.de
            assert text.en
