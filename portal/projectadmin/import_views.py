"""The pages of importing accounts: file, preview, confirmation, progress, way back; and exports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, render_template, request
from flask_login import current_user

from portal import audit, clock, sheets
from portal.extensions import db
from portal.language import language
from portal.permissions import Role, policy
from portal.projectadmin import exporting, importing

if TYPE_CHECKING:
    from collections.abc import Callable

    from portal.errors import PortalError
    from portal.projectadmin.models import AccountImport

bp = Blueprint("imports", __name__, url_prefix="/admin")

CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("/imports", endpoint="imports")
@policy(Role.PROJECTADMIN, page=True)
def imports() -> str:
    """Show where to upload a file, and the imports of the last thirty days."""
    return _imports(None)


@bp.post("/imports")
@policy(Role.PROJECTADMIN)
def upload() -> str | tuple[str, int]:
    """Take a file, the body of the request, and let the worker look at it."""
    request.max_content_length = sheets.MAX_BYTES
    data = request.get_data(cache=False)
    if not data:
        problem = sheets.empty()
        return _imports(problem), 422
    row = importing.receive(data, current_user.subject_id, language(), now=clock.now())
    db.session.commit()
    return _page(row)


@bp.get("/imports/<import_id>")
@policy(Role.PROJECTADMIN, page=True)
def import_page(import_id: str) -> str:
    """Show how an import stands."""
    return _page(importing.get(import_id))


@bp.post("/imports/<import_id>/confirm")
@policy(Role.PROJECTADMIN, fresh=True)
def confirm(import_id: str) -> str | tuple[str, int]:
    """Let the worker write what was checked."""
    row = importing.get(import_id)
    return _done(lambda: importing.confirm(row, invite=_invites(), now=clock.now()), import_id)


def _invites() -> bool:
    return request.form.get("invite") == "1"


@bp.post("/imports/<import_id>/undo")
@policy(Role.PROJECTADMIN, fresh=True)
def undo(import_id: str) -> str | tuple[str, int]:
    """Let the worker take an import back."""
    row = importing.get(import_id)
    return _done(lambda: importing.take_back(row, now=clock.now()), import_id)


@bp.post("/imports/<import_id>/discard")
@policy(Role.PROJECTADMIN)
def discard(import_id: str) -> str | tuple[str, int]:
    """Delete a file that was not written."""
    row = importing.get(import_id)
    try:
        importing.discard(row, now=clock.now())
        db.session.commit()
    except importing.ImportMovedOnError as problem:
        db.session.rollback()
        return _page(importing.get(import_id), problem), 422
    return _imports(None)


@bp.get("/template.csv")
@policy(Role.PROJECTADMIN)
def template_csv() -> Response:
    """Return a file with the names of all columns and one example."""
    return _file("".join(exporting.template()), "konten-vorlage.csv", CSV)


@bp.get("/accounts.csv")
@policy(Role.PROJECTADMIN)
def accounts_csv() -> Response:
    """Return the accounts as CSV: what the list shows, narrowed and sorted as it is."""
    _noted()
    return _file(exporting.csv_file(), "konten.csv", CSV)


@bp.get("/accounts.xlsx")
@policy(Role.PROJECTADMIN)
def accounts_xlsx() -> Response:
    """Return the accounts as XLSX."""
    _noted()
    return _file(exporting.xlsx_file(), "konten.xlsx", XLSX)


def _noted() -> None:
    audit.record_reading(
        "projectadmin.accounts.exported",
        "organisation",
        current_user.organisation_id,
        now=clock.now(),
    )


def _file(content: str | bytes, name: str, kind: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, mimetype=kind, headers=headers)


def _done(act: Callable[[], None], import_id: str) -> str | tuple[str, int]:
    try:
        act()
        db.session.commit()
    except importing.ImportMovedOnError as problem:
        db.session.rollback()
        return _page(importing.get(import_id), problem), 422
    return _page(importing.get(import_id))


def _imports(problem: PortalError | None) -> str:
    return render_template("projectadmin/imports.html", imports=importing.recent(), problem=problem)


def _page(row: AccountImport, problem: PortalError | None = None) -> str:
    return render_template(
        "projectadmin/import.html",
        row=row,
        report=importing.report(row),
        busy=row.state in importing.BUSY,
        problem=problem,
    )
