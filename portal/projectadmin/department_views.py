"""The page of an organisation's departments."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask_babel import gettext as _

from portal import clock
from portal.extensions import db
from portal.permissions import Role, policy
from portal.projectadmin import listing, service
from portal.projectadmin.forms import DepartmentForm

bp = Blueprint("departments", __name__, url_prefix="/admin/departments")


@bp.get("", endpoint="departments")
@policy(Role.PROJECTADMIN, page=True)
def departments() -> str:
    """List the departments with the number of their accounts."""
    return _page(DepartmentForm())


@bp.post("")
@policy(Role.PROJECTADMIN)
def create() -> tuple[str, int]:
    """Make a department."""
    return _saved("")


@bp.post("/<department_id>")
@policy(Role.PROJECTADMIN)
def rename(department_id: str) -> tuple[str, int]:
    """Give a department another name."""
    service.get_department(department_id)
    return _saved(department_id)


@bp.post("/<department_id>/delete")
@policy(Role.PROJECTADMIN)
def delete(department_id: str) -> str:
    """Delete a department; its accounts stay."""
    row = service.get_department(department_id)
    name = row.name
    moved = service.delete_department(row, now=clock.now())
    db.session.commit()
    words = _(
        "Die Abteilung %(name)s ist gelöscht. %(number)s Konten sind jetzt ohne Abteilung.",
        name=name,
        number=moved,
    )
    return _page(DepartmentForm(), said=words)


def _saved(department_id: str) -> tuple[str, int]:
    form = DepartmentForm(request.form)
    valid = form.validate()
    if valid and service.department_named(form.value("name"), besides=department_id):
        form.name.errors = [_("Eine Abteilung mit diesem Namen gibt es schon.")]
        valid = False
    if not valid:
        return _page(form, wrong=department_id or "new"), 422
    service.save_department(department_id, form.value("name"), now=clock.now())
    db.session.commit()
    words = _("Die Abteilung %(name)s ist gespeichert.", name=form.value("name"))
    return _page(DepartmentForm(), said=words), 200


def _page(form: DepartmentForm, said: str = "", wrong: str = "") -> str:
    return render_template(
        "projectadmin/departments.html",
        form=form,
        said=said,
        wrong=wrong,
        departments=listing.department_sizes(),
    )
