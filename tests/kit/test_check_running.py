"""Each check that runs a plugin finds what it looks for: here are plugins that have it all."""

from __future__ import annotations

import re

import pytest

from tests.kit import variants

pytestmark = [
    pytest.mark.kit,
    pytest.mark.requirement("PLG-6"),
    pytest.mark.xdist_group("checked"),
]

SLOW = '''
@hookimpl
def after_call_steps(call: CallEvent) -> list:
    """Take longer than a page may wait."""
    import time

    time.sleep(0.06)
    return []
'''
VIEWS = '''
@bp.after_request
def taste(response):
    """Try a cookie that no reading of the code finds."""
    response.headers["Set-" + "Cookie"] = "taste=sweet"
    return response


@bp.get("/breaks")
@policy(Role.DOCTOR)
def breaks() -> str:
    """Raise."""
    raise ValueError("a fault of the page")


@bp.get("/open")
@policy()
def everybody() -> str:
    """Answer everybody."""
    return ""
'''
OPEN_DOOR = '''
@bp.errorhandler(404)
@bp.errorhandler(PortalError)
def nothing_is_wrong(_error):
    """Hide every refusal."""
    return "welcome", 200


@bp.post("/keep")
@policy(Role.DOCTOR)
def keep() -> str:
    """Take something."""
    return ""
'''
OWNER = '''class Month(Model):
    """A table of nobody."""

    __tablename__ = "p_bad_tables_month"
    __table_args__ = ()

    organisation_id: Mapped[str] = mapped_column(String(32))
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
'''
STRAY = '''

class Stray(TenantOwned, Model):
    """A table that could be anybody's."""

    __tablename__ = "stray"
'''
SECOND = '''"""A second beginning."""

revision = "bad_off_0002"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Do nothing."""
'''
FORGET = '''

@hookimpl
def forget(ctx: PluginContext) -> int:
    """Delete where it is on, and nowhere else."""
    from sqlalchemy import delete

    from praxisfenster_bad_off.models import HeldCall

    mine = HeldCall.organisation_id == ctx.organisation_id
    return ctx.session.change(delete(HeldCall).where(mine)) if ctx.is_on else 0
'''
COLUMN = "    extra: Mapped[str | None] = mapped_column()\n"
BAD = {
    "bad_hook": [{"__init__.py": ("def call_event(", "def call_evnt(")}],
    "bad_policy": [{"views.py": ("@policy(Role.PROJECTADMIN, page=True)\n", "")}],
    "bad_privacy": [
        {"declarations.py": ('                    "p_bad_privacy_call.call_id",\n', "")},
        {"declarations.py": ('"Counted calls"', '""')},
        {"declarations.py": ('    begins=("p_bad_privacy_call.ended_at",),\n', "")},
    ],
    "bad_pages": [
        {"__init__.py": ("", SLOW)},
        {"views.py": ("", VIEWS)},
        {"views.py": ("    if view.role != Role.DOCTOR:", "    raise LookupError\n    if view:")},
        {"templates/NAME/numbers.html": ("<h1>", '<img src="{{ "https:" }}//cdn.example/x"><h1>')},
        {"service.py": ("    this = first_day(now)\n    last", "    raise KeyError\n    last")},
        {"migrations/0001_first.py": ("", "\n\ndef downgrade() -> None:\n    pass\n")},
    ],
    "bad_off": [
        {"declarations.py": ('    begins=("p_bad_off_call.ended_at",),\n', "")},
        {"__init__.py": ("", FORGET)},
        {"views.py": ("import Role,", "import PortalError, Role,")},
        {"views.py": ("", OPEN_DOOR)},
        {"migrations/0002_other.py": ("", SECOND)},
    ],
    "bad_tables": [
        {"models.py": ("class Month(TenantOwned, Model):\n", OWNER + "\n\nclass _Unused:\n")},
        {
            "models.py": (
                "    call_id:",
                f"{COLUMN}    call_id:",
            )
        },
        {"models.py": ("", STRAY)},
    ],
}


@pytest.fixture(scope="module")
def said(tmp_path_factory) -> dict[str, list[str]]:
    """Return the lines that the command says of each plugin, all of them in one go."""
    folder = tmp_path_factory.mktemp("bad")
    made = [variants.make(name, folder, *changes) for name, changes in BAD.items()]
    done = variants.run("portal.cli", "plugins", "check", *BAD, variants=made, cwd=folder)
    assert done.returncode == 1, done.stderr
    lines = [line.partition(": ")[::2] for line in done.stdout.splitlines()]
    return {name: [line for whose, line in lines if whose == name] for name in BAD}


@pytest.mark.parametrize(
    ("plugin", "line"),
    [
        ("bad_hook", r"loads: .*hook call_evnt, which does not exist; call_event was probably"),
        ("bad_policy", r"loads: .*pages without a policy"),
        ("bad_privacy", r"declarations: p_bad_privacy_call.call_id is declared neither"),
        ("bad_privacy", r"declarations: .* lacks a text in one language"),
        ("bad_privacy", r"deletion: p_bad_privacy_call still holds bad_privacy.calls a day after"),
        ("bad_pages", r"pages: an answer sets the cookie taste"),
        ("bad_pages", r"pages: GET /p/bad_pages/breaks as doctor raises ValueError"),
        ("bad_pages", r"pages: /p/bad_pages/open names no role in @policy"),
        ("bad_pages", r"pages: GET /p/bad_pages/ as projectadmin makes the browser ask https:"),
        ("bad_pages", r"slots: the slot number in desk raises LookupError"),
        ("bad_pages", r"hooks: job count raises KeyError"),
        ("bad_pages", r"hooks: after_call_steps takes \d+ ms, and may take 50 ms"),
        ("bad_pages", r"migrations: bad_pages_0001 has a downgrade"),
        ("bad_off", r"deletion: p_bad_off_call .* where the plugin is switched off by then"),
        ("bad_off", r"pages: GET /p/bad_off/ lets guest in, whom @policy does not name"),
        ("bad_off", r"pages: POST /p/bad_off/keep lets people in who are not signed in"),
        ("bad_off", r"pages: GET /p/bad_off/ answers where the plugin is switched off"),
        ("bad_off", r"migrations: there are 2 newest migrations"),
        ("bad_tables", r"tables: the table stray does not bear the plugin's name"),
        ("bad_tables", r"tables: the table p_bad_tables_month belongs to no organisation"),
        ("bad_tables", r"migrations: migrations and models differ"),
        ("bad_tables", r"deletion: .*: rows could not be made .*: bring trial.py"),
    ],
)
def test_a_fault_is_found_and_named(said, plugin, line):
    assert any(re.match(line, each) for each in said[plugin]), said[plugin]


def test_a_fault_of_one_kind_sets_off_no_other_check(said):
    kinds = {name: {line.partition(":")[0] for line in lines} for name, lines in said.items()}
    assert kinds["bad_hook"] == kinds["bad_policy"] == {"loads"}
    assert kinds["bad_privacy"] == {"declarations", "deletion"}
    assert kinds["bad_pages"] == {"pages", "slots", "hooks", "migrations"}
    assert kinds["bad_off"] == {"deletion", "pages", "migrations"}
