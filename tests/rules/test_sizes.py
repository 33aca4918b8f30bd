"""No file, function, template or script grows past the length at which it should be two."""

from __future__ import annotations

import ast
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
FILE, FUNCTION, TEMPLATE, SCRIPT = 400, 60, 150, 150
# An older table is described once and never edited again, however long it is.
EXEMPT = ("portal/migrations/versions/",)


def ours() -> list[Path]:
    """Return what is tracked or new, without what the set-up and the tests make."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if found.returncode:
        pytest.skip("The sizes are measured in a git checkout only.")
    names = [name for name in found.stdout.splitlines() if not name.startswith(EXEMPT)]
    return [ROOT / name for name in names if (ROOT / name).is_file()]


def longer(paths: list[Path], limit: int) -> list[str]:
    """Return the files with more lines than the limit, each with its length."""
    counted = [(path, len(path.read_text(encoding="utf-8").splitlines())) for path in paths]
    return [f"{path.relative_to(ROOT)}: {lines}" for path, lines in counted if lines > limit]


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Yield each function of a module with its length, decorators and docstring included."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            start = min([node.lineno, *(each.lineno for each in node.decorator_list)])
            yield node.name, (node.end_lineno or start) - start + 1


def test_no_python_file_is_too_long():
    assert longer([path for path in ours() if path.suffix == ".py"], FILE) == []


def test_no_function_is_too_long():
    modules = [path for path in ours() if path.suffix == ".py"]
    found = [(path, name, lines) for path in modules for name, lines in functions(path)]
    assert len(found) > len(modules)
    assert [each for each in found if each[2] > FUNCTION] == []


def test_no_template_is_too_long():
    assert longer([path for path in ours() if path.suffix == ".html"], TEMPLATE) == []


def test_no_script_of_a_page_is_too_long():
    scripts = [path for path in ours() if path.suffix == ".js" and "static" in path.parts]
    assert longer(scripts, SCRIPT) == []
