"""The call engine stands alone: it loads no plugin, no web and no database (PLG-5)."""

from __future__ import annotations

import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import media

ROOT = Path(__file__).resolve().parents[2]
FOREIGN = ("portal", "plugins", "pluggy", "flask", "sqlalchemy", "socketio")


@pytest.mark.requirement("PLG-5")
def test_loading_the_whole_engine_loads_nothing_else_of_ours():
    names = [f"media.{module.name}" for module in pkgutil.iter_modules(media.__path__)]
    assert names
    loads = "; ".join(f"import {name}" for name in names)
    code = (
        f"import sys; {loads}; print(*sorted({{name.partition('.')[0] for name in sys.modules}}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert not set(FOREIGN) & set(done.stdout.split())
