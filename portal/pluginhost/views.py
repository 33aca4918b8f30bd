"""The portal's pages for plugins: places that they fill, and who takes part in an organisation."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Blueprint, render_template, request
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from portal import audit, clock, paging
from portal.accounts import service as accounts
from portal.accounts.models import Account
from portal.calls import service as calls
from portal.errors import NotFoundHereError, PortalError
from portal.extensions import db
from portal.language import ZONE
from portal.permissions import CLINIC, Role, policy
from portal.pluginhost import service as pluginhost
from portal.pluginhost import settings, showing, switches
from portal.pluginhost.gates import visit_info
from portal.pluginhost.values import Place, SlotView
from portal.waitingroom import guests
from portal.waitingroom.events import tell_visit

if TYPE_CHECKING:
    from datetime import datetime

    from portal.forms import PortalForm

bp = Blueprint("plugins", __name__)

# Who sees a place.
VIEWERS = {
    Place.DESK: CLINIC,
    Place.VISIT: CLINIC,
    Place.WAITING: {Role.GUEST},
    Place.CALL: {Role.DOCTOR},
    Place.AFTER_CALL: {Role.DOCTOR},
    Place.ADMIN: {Role.PROJECTADMIN},
}
MONTHS = 3
SETTINGS = "plugins.settings.changed"
ACCOUNT_ON, ACCOUNT_OFF = "plugins.account.switched_on", "plugins.account.switched_off"
audit.words(
    {
        SETTINGS: _l("Einstellungen einer Erweiterung geändert"),
        ACCOUNT_ON: _l("Erweiterung für ein Konto eingeschaltet"),
        ACCOUNT_OFF: _l("Erweiterung für ein Konto ausgeschaltet"),
    }
)


class SlotFailedError(PortalError):
    """A plugin did not fill its place; the place itself says so (``static/slot.js``)."""

    code = "slot_failed"
    status = HTTPStatus.SERVICE_UNAVAILABLE
    sentence = _l("Das kann gerade nicht angezeigt werden.")
    cure = _l("Versuchen Sie es in einigen Minuten noch einmal.")


@bp.get("/slots/<place>/<plugin>/<name>")
@policy(*CLINIC, Role.GUEST, Role.PROJECTADMIN)
def slot(place: str, plugin: str, name: str) -> str:
    """Return what a plugin shows in a place of a page, or an honest word that it cannot."""
    view = _view(place)
    answer = showing.fill_slot(plugin, name, view)
    if answer is None:
        raise SlotFailedError
    return render_template("plugins/_slot.html", answer=answer)


def _view(place: str) -> SlotView:
    """Return who looks at what.

    :raise NotFoundHereError: there is no such place, or it is not the caller's.
    """
    role, me = current_user.role, current_user.subject_id
    if place not in set(Place) or role not in VIEWERS[Place(place)]:
        raise NotFoundHereError
    if place == Place.WAITING:
        return SlotView(Place.WAITING, role, visit=visit_info(guests.get_visit(me)))
    if place == Place.VISIT:
        found = guests.get_visit(request.args.get("visit", ""), me)
        return SlotView(Place.VISIT, role, me, visit_info(found))
    if place == Place.CALL:
        running = guests.running_of(me)
        if running is None:
            raise NotFoundHereError
        return SlotView(Place.CALL, role, me, visit_info(running), str(running.call_id))
    if place == Place.AFTER_CALL:
        call = calls.get_call(request.args.get("call", ""), me)
        return SlotView(Place.AFTER_CALL, role, me, call_id=call.id)
    return SlotView(Place(place), role, me)


def tell_desks(visit_id: str) -> None:
    """Let the desks that show a visit of the current organisation fetch its row again."""
    tell_visit(guests.get_visit(visit_id))


def _known(plugin: str) -> dict[str, str]:
    """Return name and label of a plugin that is on here.

    :raise NotFoundHereError: it is not.
    """
    pluginhost.context(plugin)
    return next(each for each in pluginhost.known() if each["name"] == plugin)


@bp.get("/admin/plugins/<plugin>")
@policy(Role.PROJECTADMIN, page=True)
def plugin_settings(plugin: str) -> str:
    """Show the settings of a plugin that is on in this organisation."""
    return _settings(plugin, settings.form(plugin), saved=False)


@bp.post("/admin/plugins/<plugin>")
@policy(Role.PROJECTADMIN)
def save_plugin_settings(plugin: str) -> str:
    """Store the settings of a plugin, encrypted."""
    form = settings.form(plugin, request.form)
    saved = settings.is_valid(plugin, form)
    if saved:
        changed = settings.save(plugin, form)
        audit.record(SETTINGS, "plugin", plugin, now=clock.now(), fields=changed)
        db.session.commit()
    return _settings(plugin, form, saved=saved)


def _settings(plugin: str, form: PortalForm, *, saved: bool) -> str:
    known, spans = _known(plugin), _months(clock.now())
    return render_template(
        "plugins/settings.html",
        plugin=known,
        form=form,
        saved=saved,
        per_account=pluginhost.has_accounts(plugin),
        can_check=settings.can_check(plugin),
        months=[f"{begin:%m/%Y}" for begin, _end in spans],
        statistics=showing.statistics(plugin, spans),
    )


def _months(now: datetime) -> list[tuple[datetime, datetime]]:
    """Return begin and end of this month, as far as it is over, and of the two before."""
    spans, end = [], now
    for _ in range(MONTHS):
        day = (end - timedelta(microseconds=1)).astimezone(ZONE)
        begin = day.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        spans.append((begin, end))
        end = begin
    return spans


@bp.post("/admin/plugins/<plugin>/check")
@policy(Role.PROJECTADMIN)
def check_plugin(plugin: str) -> str:
    """Ask a plugin whether it can do its work here, for instance reach its service."""
    _known(plugin)
    health = settings.check(plugin)
    if health is None:
        raise NotFoundHereError
    return render_template("plugins/_health.html", health=health)


@bp.get("/admin/plugins/<plugin>/accounts")
@policy(Role.PROJECTADMIN, page=True)
def plugin_accounts(plugin: str) -> str:
    """List who takes part in a plugin that is switched on per account."""
    known = _per_account(plugin)
    _number, q = paging.asked()
    page = paging.fetch(accounts.account_query(q).where(Account.role.in_(CLINIC)))
    on = switches.members(plugin)
    return render_template("plugins/accounts.html", plugin=known, page=page, on=on)


@bp.post("/admin/plugins/<plugin>/accounts/<account_id>")
@policy(Role.PROJECTADMIN)
def switch_account(plugin: str, account_id: str) -> str:
    """Switch a plugin on or off for one doctor or assistant."""
    known = _per_account(plugin)
    account = accounts.get_account(account_id)
    if account.role not in CLINIC:
        raise NotFoundHereError
    on = request.form.get("on") == "1"
    switches.set_account(plugin, account.id, on=on, now=clock.now())
    code = ACCOUNT_ON if on else ACCOUNT_OFF
    audit.record(code, "account", account.id, now=clock.now(), fields=(plugin,))
    db.session.commit()
    return render_template(
        "plugins/_account.html", plugin=known, account=account, on=switches.members(plugin)
    )


def _per_account(plugin: str) -> dict[str, str]:
    known = _known(plugin)
    if not pluginhost.has_accounts(plugin):
        raise NotFoundHereError
    return known
