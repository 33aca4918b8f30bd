"""Settings beside an organisation's: what sales sets for a provider company, and one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, render_template, request
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from portal import audit, clock
from portal.errors import NotFoundHereError
from portal.extensions import db
from portal.permissions import CLINIC, Role, policy
from portal.pluginhost import service as pluginhost
from portal.pluginhost import settings, showing, switches
from portal.pluginhost.manifest import Level
from portal.pluginhost.settings import Whose
from portal.pluginhost.views import ACCOUNT_OFF, ACCOUNT_ON

if TYPE_CHECKING:
    from portal.forms import PortalForm

bp = Blueprint("plugin_levels", __name__)

COMPANYS, OWN = "plugins.company_settings.changed", "plugins.own_settings.changed"
audit.words(
    {
        COMPANYS: _l("Einstellungen einer Erweiterung für den Anbieter geändert"),
        OWN: _l("Eigene Einstellungen einer Erweiterung geändert"),
    }
)


def _company() -> Whose:
    return Whose(Level.COMPANY, str(current_user.provider_company_id))


def _self() -> Whose:
    return Whose(Level.ACCOUNT, current_user.subject_id)


def _label(plugin: str) -> dict[str, str]:
    return next(each for each in pluginhost.known() if each["name"] == plugin)


def _page(template: str, plugin: str, whose: Whose, form: PortalForm, **more: Any) -> str:  # noqa: ANN401  what the template shows
    return render_template(
        template,
        plugin=_label(plugin),
        form=form,
        can_check=settings.can_check(plugin, whose.level),
        is_set=whose.is_set(plugin),
        **more,
    )


def _changed(plugin: str, whose: Whose) -> tuple[PortalForm, bool]:
    """Store what was sent, or forget what is stored; return the form and whether it was right."""
    if request.form.get("forget"):
        whose.context(plugin)
        if whose.is_set(plugin):
            whose.forget(plugin)
            _note(plugin, whose, ())
        return settings.form(plugin, whose=whose), True
    form = settings.form(plugin, request.form, whose)
    saved = settings.is_valid(plugin, form, whose)
    if saved:
        _note(plugin, whose, settings.save(plugin, form, whose))
    return form, saved


def _note(plugin: str, whose: Whose, fields: tuple[str, ...] | list[str]) -> None:
    code, kind = (COMPANYS, "company") if whose.level is Level.COMPANY else (OWN, "account")
    audit.record(code, kind, whose.id, fields=(plugin, *fields), now=clock.now())
    db.session.commit()


def _health(plugin: str, whose: Whose) -> str:
    health = settings.check(plugin, whose)
    if health is None:
        raise NotFoundHereError
    return render_template("plugins/_health.html", health=health)


# A provider company's, for all its organisations.


@bp.get("/sales/plugins")
@policy(Role.SALES, page=True)
def company_plugins() -> str:
    """List the extensions that are set up for the whole provider company."""
    found = [
        {**each, "is_set": _company().is_set(each["name"])}
        for each in pluginhost.known()
        if settings.form_class(each["name"], Level.COMPANY)
    ]
    return render_template("plugins/company_list.html", plugins=found)


@bp.get("/sales/plugins/<plugin>")
@policy(Role.SALES, page=True)
def company_settings(plugin: str) -> str:
    """Show what the provider company has set in an extension."""
    whose = _company()
    return _page("plugins/company.html", plugin, whose, settings.form(plugin, whose=whose))


@bp.post("/sales/plugins/<plugin>")
@policy(Role.SALES)
def save_company_settings(plugin: str) -> str:
    """Store what the provider company sets in an extension, encrypted."""
    form, saved = _changed(plugin, _company())
    return _page("plugins/company.html", plugin, _company(), form, saved=saved)


@bp.post("/sales/plugins/<plugin>/check")
@policy(Role.SALES)
def check_company(plugin: str) -> str:
    """Ask an extension whether it can work with what the provider company has set."""
    return _health(plugin, _company())


# One's own.


@bp.get("/account/plugins")
@policy(*CLINIC)
def own_plugins() -> str:
    """Show, on the page of one's own account, what can be switched on or set up for oneself."""
    return render_template("plugins/_own.html", plugins=showing.own(current_user.subject_id))


@bp.post("/account/plugins/<plugin>/switch")
@policy(*CLINIC)
def switch_own(plugin: str) -> str:
    """Switch an extension on or off for oneself, where the organisation has it on."""
    pluginhost.context(plugin)
    if not pluginhost.manifest(plugin).self_service:
        raise NotFoundHereError
    me, on = current_user.subject_id, request.form.get("on") == "1"
    switches.set_account(plugin, me, on=on, now=clock.now())
    code = ACCOUNT_ON if on else ACCOUNT_OFF
    audit.record(code, "account", me, now=clock.now(), fields=(plugin,))
    db.session.commit()
    return own_plugins()


@bp.get("/account/plugins/<plugin>")
@policy(*CLINIC, page=True)
def own_settings(plugin: str) -> str:
    """Show what somebody has set in an extension for themself."""
    whose = _self()
    return _page("plugins/own.html", plugin, whose, settings.form(plugin, whose=whose))


@bp.post("/account/plugins/<plugin>")
@policy(*CLINIC)
def save_own_settings(plugin: str) -> str:
    """Store what somebody sets in an extension for themself, encrypted."""
    form, saved = _changed(plugin, _self())
    return _page("plugins/own.html", plugin, _self(), form, saved=saved)


@bp.post("/account/plugins/<plugin>/check")
@policy(*CLINIC)
def check_own(plugin: str) -> str:
    """Ask an extension whether it can work with what somebody has set for themself."""
    return _health(plugin, _self())
