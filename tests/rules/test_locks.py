"""The lock files name the public registries or none, so that they hold on every machine."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PUBLIC = {"https://pypi.org", "https://files.pythonhosted.org"}


def test_the_python_lock_names_only_the_public_index():
    lock = (ROOT / "uv.lock").read_text(encoding="utf-8")
    assert set(re.findall(r"\w+://[^/\"]+", lock)) == PUBLIC


def test_the_front_end_lock_names_no_host():
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    assert [name for name, package in lock["packages"].items() if "resolved" in package] == []


@pytest.mark.parametrize("part", ["dependencies", "devDependencies"])
def test_every_front_end_package_is_pinned(part):
    wanted = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))[part]
    assert [name for name, version in wanted.items() if not version[0].isdigit()] == []


def test_every_python_package_of_the_portal_is_pinned():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert [each for each in project["dependencies"] if "==" not in each] == []
