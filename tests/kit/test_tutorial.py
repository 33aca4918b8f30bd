"""The tutorial is done step by step in a fresh environment, and what it makes is installed."""

from __future__ import annotations

import json
import subprocess

import pytest

from portal import ROOT
from tests.kit.fresh import get, uv
from tests.kit.pages import blocks

pytestmark = [pytest.mark.kit, pytest.mark.xdist_group("fresh")]

TUTORIAL = (ROOT / "docs" / "plugins" / "tutorial.md").read_text(encoding="utf-8")
SETUP = """\
python3 -m venv .venv
. .venv/bin/activate
pip install "praxisfenster-0.1.0-py3-none-any.whl[testing]"
"""
NAME = "intake_consent"


def do(fresh, command, where):
    """Run one command as a shell in the activated environment would."""
    done = subprocess.run(
        ["sh", "-ec", command],
        cwd=where,
        env=fresh.environment(PIP_DISABLE_PIP_VERSION_CHECK="1"),
        capture_output=True,
        text=True,
        timeout=1800,
        check=False,
    )
    assert done.returncode == 0, f"$ {command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def done(fresh, tmp_path_factory):
    """Do the tutorial; the environment is what its first block makes, with uv in place of pip."""
    folder = tmp_path_factory.mktemp("tutorial")
    here, said = folder, []
    first, *others = [each for each in blocks(TUTORIAL) if each.language != "console"]
    assert (first.word, first.text) == ("setup", SETUP)
    assert list((fresh.folder / "dist").glob("praxisfenster-0.1.0-py3-none-any.whl"))
    for block in others:
        if block.word:
            path = here / block.word
            assert path.is_file() or path.suffix == ".html", f"{path} is not of the skeleton"
            path.write_text(block.text, encoding="utf-8")
            continue
        for command in block.text.splitlines():
            if command.startswith("cd "):
                here = here / command.removeprefix("cd ")
            else:
                said.append((command, do(fresh, command, here)))
    return here, said


@pytest.mark.requirement("PLG-6")
def test_every_command_of_the_tutorial_does_what_it_says(done):
    _folder, said = done
    outputs = {command: [each for name, each in said if name == command] for command, _ in said}
    checks, tests = outputs["portal plugins check"], outputs["pytest"]
    assert len(checks) == len(tests) == 2
    assert all(each.startswith(f"{NAME}: nothing to mend") for each in checks)
    # The skeleton's own tests, then those of the tutorial.
    assert ["7 passed" in tests[0], "5 passed" in tests[1]] == [True, True]


@pytest.fixture(scope="module")
def installed(fresh, done):
    """Install the wheel that the tutorial built, in place of the folder it was made in."""
    folder, _said = done
    uv(
        "pip",
        "uninstall",
        "--python",
        fresh.bin / "python",
        f"praxisfenster-{NAME.replace('_', '-')}",
    )
    (wheel,) = (folder / "dist").glob("*.whl")
    fresh.install(wheel, "--no-deps")
    return wheel


LOOK = """
import json, os, sys
from portal import create_app
from portal.config import from_environment
app = create_app(from_environment(os.environ))
loaded = sorted(app.extensions["portal_plugins"].plugins.loaded)
print(json.dumps([loaded, "praxisfenster_intake_consent" in sys.modules]))
"""


@pytest.mark.requirement("PLG-1")
def test_what_is_installed_is_not_even_imported_until_it_is_allowed(fresh, installed, tmp_path):
    for allowed, expected in (
        ("vinteos", [["vinteos"], False]),
        (f"vinteos,{NAME}", [[NAME, "vinteos"], True]),
    ):
        settings = {"PORTAL_DATA": str(tmp_path), "PORTAL_PLUGINS": allowed}
        assert json.loads(fresh.run("python", "-c", LOOK, **settings).splitlines()[-1]) == expected


# Makes the invented practices, and signs people of one of them in.
PEOPLE = """
import json, os
from sqlalchemy import select
from portal import create_app
from portal.config import from_environment
from portal.extensions import db
from portal.kit.practice import Practice
from portal.kit.trial import staff
from portal.operations import demo
from portal.tenants.models import Organisation
demo.prepare(os.environ)
app = create_app(from_environment(os.environ))
with app.app_context():
    query = select(Organisation.id).where(Organisation.name == "Praxis am Markt")
    practice = Practice(app, db.session.scalars(query).one(), "intake_consent")
people = {"guest": practice.guest(), "projectadmin": practice.projectadmin}
people["sales"] = staff(app, "sales")
print(json.dumps([practice.id, {name: each.token for name, each in people.items()}]))
"""


@pytest.fixture(scope="module")
def running(fresh, installed, tmp_path_factory):
    """Run the portal of the wheel with the plugin of the wheel; yield address, practice, tokens."""
    settings = {
        "PORTAL_DATA": str(tmp_path_factory.mktemp("running")),
        "PORTAL_PLUGINS": NAME,
        "PORTAL_DEMO": "1",
    }
    said = fresh.run("python", "-c", PEOPLE, **settings)
    organisation, tokens = json.loads(said.splitlines()[-1])
    with fresh.serving(**settings) as address:

        def ask(who, path, **fields):
            headers = {"Authorization": f"Bearer {tokens[who]}", "X-Portal-Request": "content"}
            return get(address + path, fields or None, **headers)

        yield ask, organisation, settings


@pytest.mark.requirement("PLG-1")
def test_a_plugin_from_elsewhere_works_where_it_is_switched_on_and_only_there(running):
    ask, organisation, _settings = running
    form, numbers = f"/slots/waiting/{NAME}/form", f"/p/{NAME}/"
    assert ask("projectadmin", numbers)[0] == ask("guest", form)[0] == 404
    switch = f"/sales/organisations/{organisation}/plugins/{NAME}"
    assert ask("sales", switch, on="1")[0] == 200
    assert ask("projectadmin", numbers)[0] == 200
    settings = f"/admin/plugins/{NAME}"
    assert ask("projectadmin", settings, text="Ich bin einverstanden.")[0] == 200
    assert "Ich bin einverstanden." in ask("guest", form)[1]
    status, answer = ask("guest", f"{numbers}agreement", agreed="1")
    assert (status, "eingewilligt" in answer) == (200, True)
    assert ">1<" in ask("projectadmin", numbers)[1]
    notice = ask("guest", f"/privacy?organisation={organisation}")[1]
    assert "Einwilligung der Praxis" in notice
    assert ask("sales", switch, on="0")[0] == 200


@pytest.mark.requirement("PLG-1")
def test_what_it_stored_is_purged_once_it_is_switched_off(fresh, running):
    ask, organisation, settings = running
    switch = f"/sales/organisations/{organisation}/plugins/{NAME}"
    purge = ["portal", "plugins", "purge", NAME, "--organisation", organisation, "--yes"]
    assert ask("sales", switch, on="1")[0] == 200
    ask("projectadmin", f"/admin/plugins/{NAME}", text="Ich bin einverstanden.")
    ask("guest", f"/p/{NAME}/agreement", agreed="1")
    refused = fresh.attempt(*purge, **settings)
    assert (refused.returncode, "switch it off first" in refused.stderr) == (1, True)
    assert ask("sales", switch, on="0")[0] == 200
    assert ask("projectadmin", f"/p/{NAME}/")[0] == 404
    assert "rows deleted" in fresh.run(*purge, **settings)
    assert ask("sales", switch, on="1")[0] == 200
    assert ">0<" in ask("projectadmin", f"/p/{NAME}/")[1]
    assert "einverstanden" not in ask("guest", f"/slots/waiting/{NAME}/form")[1]
    assert ask("sales", switch, on="0")[0] == 200


@pytest.mark.requirement("PLG-5")
def test_the_engine_knows_nothing_of_a_plugin_that_is_installed(fresh, installed):
    code = (
        "import pkgutil, sys, media; from importlib import import_module; "
        "[import_module(f'media.{each.name}') for each in pkgutil.iter_modules(media.__path__)]; "
        "print(*sorted(name for name in sys.modules if name.startswith('praxisfenster_')), 'end')"
    )
    assert fresh.run("python", "-c", code).split() == ["end"]
