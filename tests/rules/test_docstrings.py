"""Every module says in a sentence what would be missing without it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("bench", "media", "plugins", "portal", "scripts")


def modules() -> list[str]:
    found = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")]
    return sorted(str(path.relative_to(ROOT)) for path in found)


@pytest.mark.parametrize("module", modules())
def test_a_module_says_what_it_is_for(module):
    text = ast.get_docstring(ast.parse((ROOT / module).read_text(encoding="utf-8"))) or ""
    sentence = text.split("\n\n", maxsplit=1)[0].strip()
    assert sentence.endswith((".", ":", "?"))
