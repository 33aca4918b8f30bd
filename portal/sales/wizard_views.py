"""The wizard for a new organisation: five steps, kept, so that one can stop and go on."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, render_template, request, url_for
from flask_login import current_user
from wtforms.fields.choices import SelectChoice

from portal import clock
from portal.extensions import db
from portal.permissions import Role, policy
from portal.pluginhost import service as pluginhost
from portal.sales import drafts, organisations
from portal.sales.forms import AdminForm, ContractForm, LookForm, ProjectsForm
from portal.sales.submitting import UNPROCESSABLE, onward
from portal.sales.views import UPLOAD, look_values, today
from portal.tenants import service

if TYPE_CHECKING:
    from portal.forms import PortalForm

bp = Blueprint("wizard", __name__, url_prefix="/sales/new")
CONTRACT, LOOK, PROJECTS, ADMIN, REVIEW = range(1, 6)
FORMS: dict[int, type[PortalForm]] = {
    CONTRACT: ContractForm,
    LOOK: LookForm,
    PROJECTS: ProjectsForm,
    ADMIN: AdminForm,
}
Answer = str | tuple[str, int] | Response


@bp.get("")
@policy(Role.SALES, page=True)
def start() -> str:
    """Show the step that the caller has reached, or an earlier one that they ask for."""
    reached, values = drafts.of(current_user.subject_id)
    asked = request.args.get("step", reached, type=int)
    return _step(min(max(asked, CONTRACT), reached), values)


def _step(step: int, values: dict[str, Any], form: PortalForm | None = None) -> str:
    reached, _values = drafts.of(current_user.subject_id)
    if form is None and step in FORMS:
        form = _filled(step, values)
    return render_template(
        "sales/wizard.html",
        step=step,
        reached=max(reached, step),
        form=form,
        values=values,
        models=_models() if step == CONTRACT else [],
        labels={each["name"]: each["label"] for each in pluginhost.known()},
    )


def _filled(step: int, values: dict[str, Any]) -> PortalForm:
    data = {**values}
    start = values.get("contract_start")
    data["contract_start"] = date.fromisoformat(start) if start else today()
    return _with_choices(FORMS[step](data=data))


def _with_choices(form: PortalForm) -> PortalForm:
    if isinstance(form, ProjectsForm):
        form.plugins.choices = [
            SelectChoice(each["name"], each["label"]) for each in pluginhost.known()
        ]
    return form


def _models() -> list[tuple[str, str]]:
    """Return the organisations that a new one can be modelled on, the newest first."""
    query = organisations.query(current_user.provider_company_id, "", "running", "newest")
    return [(row.id, row.name) for row in db.session.scalars(query.limit(50))]


@bp.post("")
@policy(Role.SALES, upload=UPLOAD)
def go_on() -> Answer:
    """Keep one step and show the next; the last one makes the organisation."""
    reached, values = drafts.of(current_user.subject_id)
    step = request.form.get("step", 0, type=int)
    if step >= REVIEW:
        return _finish(values) if reached >= REVIEW else _step(reached, values)
    step = min(max(step, CONTRACT), reached)
    form = _with_choices(FORMS[step](request.form))
    entered = look_values(form) if isinstance(form, LookForm) else dict(form.data)
    if not form.validate():
        return _step(step, values, form), UNPROCESSABLE
    if step == CONTRACT:
        entered |= {"contract_start": form["contract_start"].data.isoformat()}
        entered = {**_copied(request.form.get("model", ""), values), **entered}
    values = {**values, **entered}
    drafts.keep(current_user.subject_id, max(reached, step + 1), values, now=clock.now())
    db.session.commit()
    return _step(step + 1, values)


def _copied(model_id: str, values: dict[str, Any]) -> dict[str, Any]:
    """Return what the organisation chosen as a model brings along, once."""
    if not model_id or values.get("model") == model_id:
        return {}
    model = service.get_organisation(model_id, current_user.provider_company_id)
    taken = organisations.copied(model)
    return {**taken, "plugins": organisations.plugins_on(model), "model": model_id}


def _finish(values: dict[str, Any]) -> Response:
    names = (*ContractForm().data, *LookForm().data)
    contract = {name: values.get(name, "") for name in names}
    contract["contract_start"] = date.fromisoformat(values["contract_start"])
    person = organisations.Person(*(values[name] for name in AdminForm().data))
    known = {each["name"] for each in pluginhost.known()}
    chosen = [name for name in values.get("plugins", ()) if name in known]
    new = organisations.NewOrganisation(contract, chosen, person)
    made = organisations.create(current_user.provider_company_id, new, now=clock.now())
    drafts.drop(current_user.subject_id)
    made_id = made.id
    db.session.commit()
    return onward(url_for("sales.organisation", organisation_id=made_id))


@bp.post("/discard")
@policy(Role.SALES)
def discard() -> Response:
    """Forget what was entered."""
    drafts.drop(current_user.subject_id)
    db.session.commit()
    return onward(url_for("sales.all_organisations"))
