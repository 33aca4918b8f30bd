"""Every table that leaves the portal: no cell of it is one that a spreadsheet would calculate."""

from __future__ import annotations

import ast
import csv
import html
import io
import re
import zipfile
from typing import TYPE_CHECKING

import pytest

from portal import ROOT, sheets
from portal.accounts.models import Account, Department
from portal.extensions import db
from portal.tenants.scope import tenant_scope
from portal.waitingroom.models import Room
from tests.tenants.test_matrix import CALLERS
from tests.world import make_code

if TYPE_CHECKING:
    from pathlib import Path

TABLES = (".csv", ".xlsx")
EVIL = 'HYPERLINK("https://evil.example";1)'
# What makes tables; one module alone may name it.
MAKERS = {"csv.writer", "csv.DictWriter", "xlsxwriter", "openpyxl"}


def named_in(path: Path) -> set[str]:
    """Return what a module names of the makers of tables."""
    text, found = path.read_text(encoding="utf-8"), set()
    if not any(each.partition(".")[0] in text for each in MAKERS):
        return found
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Attribute):
            found.add(ast.unparse(node))
        elif isinstance(node, ast.Import):
            found |= {each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {node.module or "", *(f"{node.module}.{each.name}" for each in node.names)}
    return found & MAKERS


def test_one_module_alone_writes_tables():
    ours = [*(ROOT / "portal").rglob("*.py"), *(ROOT / "plugins").rglob("*.py")]
    writing = {str(path.relative_to(ROOT)) for path in ours if named_in(path)}
    assert writing == {"portal/sheets.py"}


@pytest.fixture
def hostile(world):
    """Let all that people may name begin as a formula does."""
    with tenant_scope(world.ash.id):
        doctor = db.session.get(Account, (world.ash.id, world.ash.ids["doctor"]))
        doctor.first_name, doctor.last_name = f"+{EVIL}", f"={EVIL}"
        doctor.address, doctor.website = f"@{EVIL}", f"-{EVIL}"
        department = db.session.get(Department, (world.ash.id, world.ash.ids["department"]))
        department.name = f"\t{EVIL}"
        room = db.session.get(Room, (world.ash.id, world.ash.ids["room"]))
        room.name = f"@{EVIL}"
        for first in sheets.FORMULA:
            make_code(doctor.id, room.id, f"{first}{EVIL}")
        db.session.commit()
    db.session.remove()
    return world


def tables(app) -> list[str]:
    """Return the address of every table that the portal's own pages give out."""
    rules = [rule for rule in app.url_map.iter_rules() if str(rule).endswith(TABLES)]
    return sorted(str(rule) for rule in rules if not rule.arguments)


def cells(answer) -> list[str]:
    if answer.mimetype != "text/csv":
        with zipfile.ZipFile(io.BytesIO(answer.data)) as book:
            sheet = book.read("xl/worksheets/sheet1.xml").decode()
        assert "<f>" not in sheet
        return [html.unescape(cell) for cell in re.findall("<t[^>]*>(.*?)</t>", sheet)]
    text = answer.text.lstrip("\ufeff")
    return [cell for row in csv.reader(io.StringIO(text), delimiter=";") for cell in row]


@pytest.mark.requirement("ADM-3")
def test_no_cell_of_any_table_is_a_formula(app, hostile):
    found = {}
    for path in tables(app):
        answers = [hostile.caller(who).get(path) for who in CALLERS[2:]]
        given = [answer for answer in answers if answer.status_code == 200]
        found[path] = [cell for answer in given for cell in cells(answer)]
        assert not [cell for cell in found[path] if cell.startswith(sheets.FORMULA)], path
    assert {path.split("/")[1] for path in found} >= {"admin", "desk", "privacy"}
    defused = {path for path, there in found.items() if any(EVIL in each for each in there)}
    assert {"/desk/codes.csv"} < defused
    empty = {path for path, there in found.items() if not there}
    assert all("vinteos" in path for path in empty), empty
