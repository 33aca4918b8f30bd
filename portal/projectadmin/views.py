"""The pages of project administration: the organisation's accounts and its plugins' settings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Blueprint, render_template, request
from flask_login import current_user

from portal import paging, pluginhost
from portal.accounts.service import account_query
from portal.errors import NotFoundHereError
from portal.extensions import db
from portal.permissions import Role, policy
from portal.tenants.service import get_organisation

if TYPE_CHECKING:
    from portal.accounts.models import Account
    from portal.forms import PortalForm

bp = Blueprint("projectadmin", __name__, url_prefix="/admin")


@dataclass(frozen=True)
class AccountRow:
    """An account as its project administrator may see it: exactly the fields of ADM-1."""

    id: str
    first_name: str
    last_name: str
    physician_number: str
    email: str
    phone: str
    mobile: str
    fax: str
    address: str
    website: str


def account_row(account: Account) -> AccountRow:
    """Return the fields that a project administrator may see, and no others."""
    return AccountRow(**{name: getattr(account, name) for name in AccountRow.__annotations__})


@bp.get("", endpoint="accounts")
@policy(Role.PROJECTADMIN, page=True)
def accounts() -> str:
    """List the organisation's accounts."""
    _number, q = paging.asked()
    page = paging.fetch(account_query(q), account_row)
    organisation = get_organisation(current_user.organisation_id)
    plugins = pluginhost.switched_on()
    return render_template(
        "projectadmin/accounts.html", organisation=organisation, page=page, plugins=plugins
    )


@bp.get("/plugins/<plugin>")
@policy(Role.PROJECTADMIN, page=True)
def plugin_settings(plugin: str) -> str:
    """Show the settings of a plugin that is on in this organisation."""
    known = _known(plugin)
    form = pluginhost.settings_form(plugin)
    return _settings(known, form, saved=False)


@bp.post("/plugins/<plugin>")
@policy(Role.PROJECTADMIN)
def save_plugin_settings(plugin: str) -> str:
    """Store the settings of a plugin, encrypted."""
    known = _known(plugin)
    form = pluginhost.settings_form(plugin, request.form)
    saved = form.validate()
    if saved:
        pluginhost.save_settings(plugin, form)
        db.session.commit()
    return _settings(known, form, saved=bool(saved))


def _settings(known: dict[str, str], form: PortalForm, *, saved: bool) -> str:
    return render_template(
        "projectadmin/plugin_settings.html",
        plugin=known,
        form=form,
        saved=saved,
        per_account=pluginhost.has_accounts(known["name"]),
    )


def _known(plugin: str) -> dict[str, str]:
    for each in pluginhost.switched_on():
        if each["name"] == plugin:
            return each
    raise NotFoundHereError
