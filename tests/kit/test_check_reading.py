"""Each check that reads a plugin's files finds what it looks for, and nothing in a good one."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from portal.api import Manifest, Text
from portal.kit import foreign, reading
from portal.kit.findings import Subject
from tests.kit import variants

ENGLISH = "translations/en/LC_MESSAGES/messages.po"


def subject(variant, version="0.1.0"):
    """Return the plugin as a check sees it, without loading it."""
    manifest = Manifest(variant.names.name, Text("Wort", "word"), version)
    loaded = SimpleNamespace(manifest=manifest, folder=variant.package)
    return Subject(variant.point, None, loaded)


@pytest.fixture
def good(tmp_path):
    return variants.make("good_one", tmp_path)


@pytest.mark.requirement("PLG-6")
@pytest.mark.parametrize(
    "check",
    ["readme", "version", "imports", "cookies", "hosts", "templates", "translations"],
)
def test_a_good_plugin_has_nothing_to_mend(good, check):
    assert list(getattr(reading, check)(subject(good))) == []


def test_a_plugin_without_a_description_is_found(good):
    text = (good.info / "METADATA").read_text(encoding="utf-8").partition("\n\n")[0]
    (good.info / "METADATA").write_text(text + "\n\n", encoding="utf-8")
    (good.folder / "README.md").unlink()
    (found,) = reading.readme(subject(good))
    assert "write README.md" in found


def test_a_manifest_of_another_version_is_found(good):
    (found,) = reading.version(subject(good, version="0.2.0"))
    assert "the manifest says 0.2.0, the distribution 0.1.0" in found


@pytest.mark.parametrize("requirement", ["", "Requires-Dist: praxisfenster>=0.1\n"])
def test_a_plugin_that_would_go_with_every_later_portal_is_found(good, requirement):
    path = good.info / "METADATA"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("Requires-Dist: praxisfenster~=0.1\n", requirement), "utf-8")
    (found,) = reading.version(subject(good))
    assert "which portal it is made for" in found


@pytest.mark.parametrize(
    "line",
    [
        "import portal.extensions",
        "from portal.extensions import db",
        "from portal import clock",
        "from plugins.vinteos import service",
        "import media.rooms",
        "from portal.testing import Clock",
    ],
)
def test_an_import_of_the_inside_is_found(good, line):
    good.change({"service.py": ("", f"\n\n{line}\n")})
    (found,) = reading.imports(subject(good))
    assert "service.py:" in found
    assert line.split()[1] in found


@pytest.mark.parametrize("line", ["from portal.api import Role", "from portal import api"])
def test_the_front_door_is_open(good, line):
    good.change({"service.py": ("", f"\n\n{line}\n")})
    assert list(reading.imports(subject(good))) == []


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ('response.set_cookie("a", "b")', "set_cookie"),
        ("from flask import session", "session"),
        ('flash("saved")', "flash"),
    ],
)
def test_a_cookie_is_found(good, line, word):
    good.change({"views.py": ("", f"\n\n{line}\n")})
    (found,) = reading.cookies(subject(good))
    assert f"uses {word}" in found


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("templates/NAME/numbers.html", '<script src="https://cdn.example/x.js"></script>'),
        ("templates/NAME/numbers.html", '<img srcset="/a.png, //cdn.example/x.png 2x">'),
        ("templates/NAME/numbers.html", '<div hx-get="https://cdn.example/x"></div>'),
        ("static/own.css", "p { background: url('https://cdn.example/x.png') }"),
        ("static/own.js", 'fetch("wss://cdn.example/x")'),
    ],
)
def test_another_host_in_a_file_is_found(good, file, text):
    good.change({file: ("", text)})
    (found,) = reading.hosts(subject(good))
    assert "cdn.example" in found


def test_a_link_that_somebody_follows_and_a_namespace_are_no_requests():
    page = '<a href="https://www.bfarm.de/">BfArM</a><svg xmlns="http://www.w3.org/2000/svg"/>'
    assert foreign.in_page(page) == []


def test_a_template_outside_the_plugins_own_folder_is_found(good):
    good.change({"templates/desk.html": ("", "<p>x</p>")})
    (found,) = reading.templates(subject(good))
    assert "move it to templates/good_one/" in found


@pytest.mark.parametrize(
    ("file", "change", "said"),
    [
        ("views.py", ("", '\n_("Neu hier")\n'), "'Neu hier' (views.py:"),
        ("templates/NAME/_desk.html", ("", '{{ _("Neu hier") }}'), "'Neu hier'"),
        (ENGLISH, ('msgstr "Calls by month"', 'msgstr ""'), "is not translated"),
        (ENGLISH, ("(goal: %(goal)s)", "(goal: %(gaol)s)"), "other placeholders"),
        (ENGLISH, ("", '\nmsgid "broken'), "cannot be read"),
    ],
)
def test_a_text_without_its_english_is_found(good, file, change, said):
    good.change({file: change})
    (found,) = reading.translations(subject(good))
    assert said in found
