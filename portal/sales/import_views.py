"""The page on which sales takes organisations over from a file, and takes them back."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, render_template, request
from flask_login import current_user

from portal import clock, sheets
from portal.extensions import db
from portal.permissions import Role, policy
from portal.sales import imports
from portal.sales.submitting import UNPROCESSABLE

bp = Blueprint("organisation_imports", __name__, url_prefix="/sales/imports")
Answer = str | tuple[str, int]
# The file, and what surrounds it in a form.
UPLOAD = sheets.MAX_BYTES + 64 * 1024


@bp.get("", endpoint="page")
@policy(Role.SALES, page=True)
def page() -> str:
    """Show where to choose a file, and the imports that can be undone."""
    return _page()


def _page(**more: Any) -> str:  # noqa: ANN401  what the template shows
    now = clock.now()
    made = imports.recent(current_user.provider_company_id, now=now)
    return render_template("sales/imports.html", made=made, undo=imports.UNDO, **more)


@bp.post("")
@policy(Role.SALES, upload=UPLOAD)
def look() -> Answer:
    """Read a file and show what would become of it; nothing is written."""
    upload = request.files.get("file")
    try:
        data = upload.read() if upload else b""
        verdict = imports.look(current_user.provider_company_id, data)
    except sheets.SheetError as problem:
        return _page(problem=problem.message()), UNPROCESSABLE
    return _page(verdict=verdict, rows=json.dumps(list(verdict.rows)))


@bp.post("/confirm")
@policy(Role.SALES)
def confirm() -> Answer:
    """Judge the rows once more and write them as a whole, or nothing."""
    company_id = current_user.provider_company_id
    verdict = imports.judge(company_id, _sent())
    if verdict.problems or not verdict.rows:
        return _page(verdict=verdict, rows="[]"), UNPROCESSABLE
    count = imports.write(company_id, verdict, now=clock.now()).count
    db.session.commit()
    return _page(written=count)


def _sent() -> list[tuple[int, dict[str, str]]]:
    """Return the rows that the page sent back; nonsense is no row."""
    try:
        rows = json.loads(request.form.get("rows", "[]"))
    except ValueError:
        return []
    if not isinstance(rows, list) or len(rows) > imports.MAX_ROWS:
        return []
    kept = [row for row in rows if isinstance(row, dict)]
    return [(number, {key: str(row[key]) for key in row}) for number, row in enumerate(kept, 1)]


@bp.post("/<import_id>/undo")
@policy(Role.SALES)
def undo(import_id: str) -> Answer:
    """Take an import back."""
    try:
        stays = imports.undo(current_user.provider_company_id, import_id, now=clock.now())
    except imports.ImportOverError as problem:
        db.session.rollback()
        return _page(problem=problem.message()), UNPROCESSABLE
    db.session.commit()
    return _page(undone=True, stays=stays)
