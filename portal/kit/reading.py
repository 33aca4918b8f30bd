"""Checks that read a plugin's files: imports, cookies, hosts, texts, templates, readme, version."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import PoFileError, read_po

from portal import ROOT
from portal.kit import foreign
from portal.kit.findings import OURS
from portal.language import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from babel.messages.catalog import Catalog, Message

    from portal.kit.findings import Subject

ROOTS = {"portal", "plugins", "media"}
ALLOWED = {"portal.api"}
ALSO_IN_TESTS = {"portal.testing"}
COOKIES = {"set_cookie", "delete_cookie", "flash"}
METHODS = [("**.py", "python"), ("**.html", "jinja2"), ("**.txt", "jinja2")]
KEYWORDS = {
    "_": None,
    "_l": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "lazy_ngettext": (1, 2),
}
# German stands in the code.
TRANSLATED = tuple(lang for lang in LANGUAGES if lang != "de")


def readme(plugin: Subject) -> Iterator[str]:
    """Look for a description, in the distribution or beside the code."""
    beside = [plugin.folder / "README.md", plugin.folder.parent / "README.md"]
    dist = plugin.point.dist
    described = dist is not None and not plugin.is_ours and _description(dist.read_text("METADATA"))
    if not described and not any(path.is_file() for path in beside[: 1 if plugin.is_ours else 2]):
        yield 'there is no description: write README.md, and name it in pyproject.toml as "readme".'


def _description(metadata: str | None) -> str:
    return (metadata or "").partition("\n\n")[2].strip()


def version(plugin: Subject) -> Iterator[str]:
    """Compare the manifest with the distribution, and ask which portal it needs."""
    dist = plugin.point.dist
    if dist is None or plugin.is_ours:
        return
    if plugin.loaded.manifest.version != dist.version:
        yield (
            f"the manifest says {plugin.loaded.manifest.version}, the distribution {dist.version}: "
            f'let the manifest say importlib.metadata.version("{dist.name}").'
        )
    needed = [each for each in dist.requires or () if each.partition("[")[0].startswith(OURS)]
    if not any(mark in each for each in needed for mark in ("~=", "<", "==")):
        yield (
            f"it does not say which portal it is made for: name {OURS} with an upper bound in "
            f'"dependencies", as {OURS}~=0.1.'
        )


def imports(plugin: Subject) -> Iterator[str]:
    """Look for imports of the portal's inside, and of other plugins."""
    for path, tree in _modules(plugin):
        in_tests = "tests" in path.relative_to(plugin.folder).parts
        for node in ast.walk(tree):
            for name in _imported(node):
                if _is_inside(name, plugin.package, in_tests=in_tests):
                    yield (
                        f"{plugin.short(path)}:{node.lineno} imports {name}: "  # type: ignore[attr-defined]
                        "import portal.api (in tests also portal.testing), and nothing else of it."
                    )


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        if node.module in ROOTS:
            return [f"{node.module}.{alias.name}" for alias in node.names]
        return [node.module]
    return []


def _is_inside(name: str, package: str, *, in_tests: bool) -> bool:
    if name.partition(".")[0] not in ROOTS or f"{name}.".startswith(f"{package}."):
        return False
    return name not in ALLOWED and not (in_tests and name in ALSO_IN_TESTS)


def cookies(plugin: Subject) -> Iterator[str]:
    """Look for code that sets a cookie, or would need one."""
    for path, tree in _modules(plugin):
        for node in ast.walk(tree):
            word = ""
            if isinstance(node, ast.Call):
                word = getattr(node.func, "attr", getattr(node.func, "id", ""))
            elif isinstance(node, ast.ImportFrom) and node.module == "flask":
                word = "session" if "session" in {each.name for each in node.names} else ""
            if word in {*COOKIES, "session"}:
                yield (
                    f"{plugin.short(path)}:{node.lineno} uses {word}: "  # type: ignore[attr-defined]
                    "the portal has no cookies; keep it in a row of your own or in the page."
                )


def hosts(plugin: Subject) -> Iterator[str]:
    """Look for other hosts in templates, style sheets, scripts and drawings."""
    for path in plugin.files(".html", ".svg", ".css", ".js"):
        for host in foreign.in_file(path.suffix, path.read_text(encoding="utf-8")):
            yield f"{plugin.short(path)} asks {host}: put the file into the plugin's own static/."


def templates(plugin: Subject) -> Iterator[str]:
    """Look for templates that another plugin's could be mistaken for."""
    folder = plugin.folder / "templates"
    for path in sorted(folder.rglob("*.*")) if folder.is_dir() else ():
        if path.relative_to(folder).parts[0] != plugin.name:
            yield (
                f"{plugin.short(path)} could be mistaken for another plugin's: "
                f"move it to templates/{plugin.name}/."
            )


def translations(plugin: Subject) -> Iterator[str]:
    """Compare the texts of code and templates with the catalogue of each other language."""
    texts = _texts(plugin)
    for lang in TRANSLATED:
        try:
            known = [_catalogue(path, lang) for path in _catalogues(plugin, lang)]
        except (ValueError, PoFileError) as error:
            yield f"the catalogue in {lang} cannot be read: {error}. Mend it."
            continue
        for text, place in texts.items():
            found = next((each for each in (c.get(text) for c in known) if each), None)
            if found is None or not _is_whole(found):
                yield (
                    f"{text!r} ({place}) is not translated: add it to "
                    f"{plugin.folder.name}/translations/{lang}/LC_MESSAGES/messages.po."
                )
            elif wrong := [str(error) for error in found.check()]:
                yield f"{text!r} is translated with other placeholders in {lang}: {wrong[0]}."


def _texts(plugin: Subject) -> dict[str, str]:
    found: dict[str, str] = {}
    rows = extract_from_dir(plugin.folder, METHODS, keywords=KEYWORDS)
    for file, line, text, _comments, _context in rows:
        key = text[0] if isinstance(text, tuple) else text
        if key:
            found.setdefault(key, f"{file}:{line}")
    return found


def _catalogues(plugin: Subject, lang: str) -> list[Path]:
    inner = f"translations/{lang}/LC_MESSAGES/messages.po"
    return [path for path in (ROOT / inner, plugin.folder / inner) if path.is_file()]


def _catalogue(path: Path, lang: str) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=lang, abort_invalid=True)


def _is_whole(message: Message) -> bool:
    texts = message.string if isinstance(message.string, list | tuple) else (message.string,)
    return bool(texts) and all(texts) and not message.fuzzy


def _modules(plugin: Subject) -> Iterator[tuple[Path, ast.Module]]:
    for path in plugin.files(".py"):
        yield path, ast.parse(path.read_text(encoding="utf-8"), str(path))
