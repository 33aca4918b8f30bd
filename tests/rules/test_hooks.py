"""Every hook is explained, documented with an example, used by what we ship, and tried."""

from __future__ import annotations

import ast
import inspect
import re

import pytest

from portal import ROOT, hookspecs
from portal.pluginhost import exam

HOOKS = exam.HOOKS
DOCUMENT = (ROOT / "docs" / "plugins" / "hooks.md").read_text(encoding="utf-8")
SECTIONS = {
    part.partition("\n")[0].strip(): part.partition("\n")[2]
    for part in re.split(r"^## ", DOCUMENT, flags=re.MULTILINE)[1:]
}
NO_HOOKS = {"Files", "Single accounts", "Tables", "Translations"}


def arguments(name: str) -> list[str]:
    return list(inspect.signature(getattr(hookspecs, name)).parameters)


def test_the_document_has_a_section_for_each_hook_and_no_other():
    assert SECTIONS.keys() - NO_HOOKS == set(HOOKS)


@pytest.mark.requirement("PLG-2")
@pytest.mark.parametrize("name", HOOKS)
def test_a_section_shows_the_hook_as_it_is(name):
    signature = inspect.signature(getattr(hookspecs, name))
    shown = f"`{name}({', '.join(arguments(name))}) -> {signature.return_annotation}`"
    assert shown in SECTIONS[name]


@pytest.mark.parametrize("name", HOOKS)
def test_an_example_asks_for_arguments_that_exist(name):
    blocks = re.findall(r"```python\n(.*?)```", SECTIONS[name], flags=re.DOTALL)
    functions = {
        node.name: node
        for block in blocks
        for node in ast.walk(ast.parse(block))
        if isinstance(node, ast.FunctionDef)
    }
    assert {each.arg for each in functions[name].args.args} <= set(arguments(name))


@pytest.mark.requirement("PLG-2")
@pytest.mark.parametrize("name", HOOKS)
def test_a_hook_explains_itself(name):
    words = inspect.getdoc(getattr(hookspecs, name)) or ""
    first, *rest = words.split("\n\n")
    assert first.endswith(".")
    assert any(part.startswith("Called ") for part in rest)
    assert re.search(r"\b(raises|hangs)\b", words)
    for argument in arguments(name):
        assert f":param {argument}:" in words
    if inspect.signature(getattr(hookspecs, name)).return_annotation != "None":
        assert ":return:" in words


@pytest.mark.requirement("PLG-2")
@pytest.mark.parametrize("name", HOOKS)
def test_a_hook_is_tried(name):
    tried = "\n".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "tests" / "plugins").glob("test_*.py")
    )
    assert f"def test_hook_{name}(" in tried


@pytest.mark.requirement("PLG-2")
@pytest.mark.parametrize("name", HOOKS)
def test_a_hook_is_used_by_a_plugin_that_we_ship(app, name):
    assert app.extensions["portal_plugins"].functions[name]


def test_nobody_is_promised_a_hook_that_does_not_exist():
    table = DOCUMENT.partition("| kind |")[2].partition("\n\n")[0]
    named = set(re.findall(r"`([a-z_]+)`", table))
    assert named == set(HOOKS)
