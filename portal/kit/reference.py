"""Writes down what a plugin may answer and import, from the words that stand in the code.

``docs/plugins/reference.md`` is its output; a test compares the two.
"""

from __future__ import annotations

import dataclasses
import inspect
import re
from enum import Enum
from typing import TYPE_CHECKING, Any

from portal import api, hookspecs
from portal.pluginhost.exam import HOOKS

if TYPE_CHECKING:
    from collections.abc import Iterator

HEAD = """# Reference

What `portal plugins reference` prints: every hook, and every name that a plugin may import from
`portal.api`, as the code says it of itself. Examples and reasons stand in [hooks.md](hooks.md).
Names of SQLAlchemy, WTForms and Flask are documented there."""
FIELD = re.compile(r"^:(?P<kind>param|raise|return)(?: (?P<name>\w+))?: ?", re.MULTILINE)
# What these take from a library is the library's to explain.
OWN_WORDS_ONLY = ("Encrypted", "Model", "PortalForm", "TenantOwned", "UtcDateTime")


def whole() -> str:
    """Return the reference as Markdown."""
    hooks = [_function(name, getattr(hookspecs, name)) for name in HOOKS]
    names = [_name(name) for name in sorted(api.__all__, key=str.lower)]
    return "\n\n".join((HEAD, "## Hooks", *hooks, "## Names of portal.api", *names)) + "\n"


def _name(name: str) -> str:
    value = getattr(api, name)
    if inspect.isclass(value):
        return _class(name, value)
    if callable(value) and inspect.isfunction(value):
        return _function(name, value)
    shown = f"`{value!r}`" if isinstance(value, str) else f"a `{type(value).__name__}`"
    return f"### {name}\n\n{shown}"


def _function(name: str, function: Any) -> str:  # noqa: ANN401  a function
    return f"### {name}\n\n{_code(name, function)}{_words(function)}"


def _class(name: str, kind: type) -> str:
    parts = [f"### {name}"]
    if dataclasses.is_dataclass(kind) and not issubclass(kind, Exception):
        parts.append(_code(name, kind).strip())
    parts.append(_words(kind))
    if issubclass(kind, Enum):
        parts.append("\n".join(f"- `{name}.{each.name}`: `{each.value}`" for each in kind))
    if name not in OWN_WORDS_ONLY:
        parts += [f"#### {name}.{each}\n\n{text}" for each, text in _methods(kind)]
    return "\n\n".join(part for part in parts if part)


def _methods(kind: type) -> Iterator[tuple[str, str]]:
    """Yield the public methods and properties that a class of the portal defines itself."""
    for name, each in vars(kind).items():
        if name.startswith("_") or not (inspect.isfunction(each) or isinstance(each, property)):
            continue
        code = "" if isinstance(each, property) else _code(name, each)
        if inspect.getdoc(each):
            yield name, code + _words(each)


def _code(name: str, of: Any) -> str:  # noqa: ANN401  a class or a function
    return f"```python\n{_signature(name, of)}\n```\n\n"


def _signature(name: str, of: Any) -> str:  # noqa: ANN401  a class or a function
    """Return a signature with its types as they are written; an argument a line if it is long."""
    signature = inspect.signature(of)
    given = [each for each in signature.parameters.values() if each.name != "self"]
    parts, starred = [], False
    for each in given:
        if each.kind is each.KEYWORD_ONLY and not starred:
            parts.append("*")
        starred = starred or each.kind in {each.KEYWORD_ONLY, each.VAR_POSITIONAL}
        parts.append(_argument(each))
    answer = signature.return_annotation
    back = "" if inspect.isclass(of) or answer is signature.empty else f" -> {answer}"
    line = f"{name}({', '.join(parts)}){back}"
    if len(line) <= 100:  # noqa: PLR2004  as wide as a line of code
        return line
    return "\n".join((f"{name}(", *(f"    {each}," for each in parts), f"){back}"))


def _argument(each: inspect.Parameter) -> str:
    star = "*" if each.kind is each.VAR_POSITIONAL else ""
    star = "**" if each.kind is each.VAR_KEYWORD else star
    shown = f"{star}{each.name}"
    if each.annotation is not each.empty:
        shown += f": {each.annotation}"
    if each.default is each.empty:
        return shown
    default = "{}" if "factory" in repr(each.default) else _default(each.default)
    return f"{shown} = {default}"


def _default(value: Any) -> str:  # noqa: ANN401  whatever a default can be
    if isinstance(value, Enum):
        return str(value.__class__.__name__) + "." + value.name
    if isinstance(value, tuple):
        inner = ", ".join(_default(each) for each in value)
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    return repr(value)


def _words(of: Any) -> str:  # noqa: ANN401  a class or a function
    """Return a docstring with its fields as a list."""
    words = inspect.cleandoc(of.__doc__ or "")
    if words.startswith(f"{getattr(of, '__name__', '')}("):  # made by dataclass, says nothing
        return ""

    lines = FIELD.sub(_item, words).replace("``", "`").splitlines()
    return "\n".join(f"  {line.strip()}" if line.startswith("    ") else line for line in lines)


def _item(found: re.Match[str]) -> str:
    if found["kind"] == "return":
        return "- returns "
    raised = "raises " if found["kind"] == "raise" else ""
    return f"- {raised}`{found['name']}`: "
