"""The pages of sales and of the operator: customers and contracts, never guests, codes or calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, render_template, request
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from portal import audit, clock, paging, pluginhost
from portal.errors import NotFoundHereError
from portal.extensions import db
from portal.permissions import Role, policy
from portal.tenants import service

if TYPE_CHECKING:
    from portal.tenants.models import Organisation

bp = Blueprint("tenants", __name__)

audit.words(
    {
        "tenants.plugin.switched_on": _l("Erweiterung eingeschaltet"),
        "tenants.plugin.switched_off": _l("Erweiterung ausgeschaltet"),
    }
)


@bp.get("/sales")
@policy(Role.SALES, page=True)
def sales() -> str:
    """List the organisations of the caller's provider company."""
    company = service.get_company(current_user.provider_company_id)
    _number, q = paging.asked()
    fetched = paging.fetch(service.organisation_query(company.id, q))
    page = paging.PageOf(_rows(list(fetched.items)), fetched.number, fetched.has_next, q)
    return render_template("tenants/sales.html", company=company, page=page)


@bp.post("/sales/organisations/<organisation_id>/plugins/<plugin>")
@policy(Role.SALES)
def switch_plugin(organisation_id: str, plugin: str) -> str:
    """Switch a special project on or off for one organisation."""
    organisation = service.get_organisation(organisation_id, current_user.provider_company_id)
    if plugin not in {each["name"] for each in pluginhost.known()}:
        raise NotFoundHereError
    on = request.form.get("on") == "1"
    service.switch_plugin(organisation, plugin, on=on)
    audit.record(
        "tenants.plugin.switched_on" if on else "tenants.plugin.switched_off",
        "plugin",
        plugin,
        now=clock.now(),
        organisation_id=organisation.id,
    )
    db.session.commit()
    row = _rows([organisation])[0]
    return render_template("tenants/_organisation.html", organisation=row)


def _rows(found: list[Organisation]) -> list[dict[str, Any]]:
    ids = [organisation.id for organisation in found]
    switched, used = service.switches(ids), service.seats_used(ids)
    return [_row(each, switched, used.get(each.id, 0)) for each in found]


def _row(
    organisation: Organisation, switched: dict[tuple[str, str], bool], used: int
) -> dict[str, Any]:
    plugins = [
        {**each, "on": switched.get((organisation.id, each["name"]), False)}
        for each in pluginhost.known()
    ]
    return {
        "id": organisation.id,
        "name": organisation.name,
        "country": organisation.country,
        "contract_start": organisation.contract_start,
        "seats": organisation.seats,
        "seats_used": used,
        "plugins": plugins,
    }


@bp.get("/operator")
@policy(Role.OPERATOR, page=True)
def operator() -> str:
    """List the provider companies."""
    return render_template("tenants/operator.html", companies=service.companies())
