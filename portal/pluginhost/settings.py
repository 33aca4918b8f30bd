"""The settings of plugins: a form for each level, filled, checked, kept; and connections tested.

Forms are the plugin's code and run through the guard like a hook: one that raises is a sentence on
its page and a count on the operator's.
"""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeVar

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.errors import NotFoundHereError, PortalError
from portal.forms import PortalForm
from portal.pluginhost import levels, switches
from portal.pluginhost.asking import CHECK, company_context, context, in_charge
from portal.pluginhost.guard import NotAskedError, PluginFailedError
from portal.pluginhost.levels import Settings
from portal.pluginhost.manifest import Level
from portal.pluginhost.values import Health

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from werkzeug.datastructures import MultiDict

    from portal.pluginhost.context import PluginContext

T = TypeVar("T")
# What the operator's page calls a failure of a form.
FORM = "settings form"
HOOK = "check_health"


class SettingsFailedError(PortalError):
    """The form of a plugin raised; nothing was stored."""

    code = "settings_failed"
    status = HTTPStatus.SERVICE_UNAVAILABLE
    sentence = _l("Die Einstellungen dieser Erweiterung sind gestört.")
    cure = _l("Wenden Sie sich an den Betrieb des Portals; dort ist der Fehler verzeichnet.")


@dataclass(frozen=True)
class Whose:
    """Whose settings are meant.

    :param id: of the provider company or the account; nothing for the organisation in force.
    """

    level: Level = Level.ORGANISATION
    id: str = ""

    def context(self, plugin: str) -> PluginContext:
        """Return the plugin's context there.

        :raise NotFoundHereError: it is off there, or has no settings of this level.
        """
        if self.level is Level.COMPANY:
            return company_context(plugin, self.id)
        return context(plugin, self.id or None)

    def held(self, plugin: str) -> Settings:
        """Return what is stored."""
        if self.level is Level.COMPANY:
            return levels.of_company(plugin, self.id)
        if self.level is Level.ACCOUNT:
            return levels.of_account(plugin, self.id)
        switch = switches.here().get(plugin, switches.NEVER_SET)
        return Settings(switch.settings, switch.secrets)

    def is_set(self, plugin: str) -> bool:
        """Tell whether anything is stored."""
        held = self.held(plugin)
        return bool(held.values or held.secrets)

    def keep(self, plugin: str, held: Settings) -> None:
        """Store it, encrypted; the caller commits."""
        if self.level is Level.COMPANY:
            levels.keep_company(plugin, self.id, held)
        elif self.level is Level.ACCOUNT:
            levels.keep_account(plugin, self.id, held)
        else:
            switches.store(plugin, held.values, held.secrets)

    def forget(self, plugin: str) -> None:
        """Delete what is stored; the caller commits."""
        if self.level is Level.COMPANY:
            levels.drop_company(plugin, self.id)
        elif self.level is Level.ACCOUNT:
            levels.drop_account(plugin, self.id)
        else:
            switches.store(plugin, {}, {})


HERE = Whose()


def form_class(plugin: str, level: Level) -> type[PortalForm] | None:
    """Return a plugin's form of one level, if it has one."""
    found = in_charge().plugins.loaded.get(plugin)
    return found.forms.get(level) if found else None


def form(
    plugin: str, formdata: MultiDict[str, str] | None = None, whose: Whose = HERE
) -> PortalForm:
    """Return a form filled with what is stored, or with what was sent. Secrets stay blank.

    :raise NotFoundHereError: the plugin is off there, or has no form of this level.
    :raise SettingsFailedError: the form raised.
    """
    ctx = whose.context(plugin)
    made = form_class(plugin, whose.level)
    if made is None:
        if whose.level is not Level.ORGANISATION:
            raise NotFoundHereError
        return PortalForm(formdata)
    return _guarded(ctx, lambda: made(formdata, data=dict(whose.held(plugin).values)))


def is_valid(plugin: str, filled: PortalForm, whose: Whose = HERE) -> bool:
    """Tell whether what was sent is right; the form says what is not.

    :raise SettingsFailedError: the form raised.
    """
    return _guarded(whose.context(plugin), lambda: bool(filled.validate()))


def _guarded(ctx: PluginContext, act: Callable[[], T]) -> T:
    try:
        return in_charge().run(FORM, ctx, CHECK, act)
    except (PluginFailedError, NotAskedError) as error:
        raise SettingsFailedError from error


def save(plugin: str, filled: PortalForm, whose: Whose = HERE) -> list[str]:
    """Store a valid form; a secret that was left blank stays what it was. The caller commits.

    :return: the names of the fields that changed.
    """
    before = whose.held(plugin)
    secret = switches.secret_fields(type(filled))
    typed = {name: filled.data[name] for name in secret if filled.data[name]}
    open_ones = {name: value for name, value in filled.data.items() if name not in secret}
    changed = [name for name, value in open_ones.items() if before.values.get(name) != value]
    whose.keep(plugin, Settings(open_ones, {**before.secrets, **typed}))
    return [*changed, *typed]


def store_settings(plugin: str, values: Mapping[str, Any], whose: Whose = HERE) -> None:
    """Store settings that nobody typed; for the demo and for tests. The caller commits."""
    made = form_class(plugin, whose.level)
    secret = switches.secret_fields(made) if made else set()
    held = Settings(
        {name: value for name, value in values.items() if name not in secret},
        {name: value for name, value in values.items() if name in secret},
    )
    whose.keep(plugin, held)


def can_check(plugin: str, level: Level = Level.ORGANISATION) -> bool:
    """Tell whether a plugin can test the connection of one level's settings.

    A hook that does not ask for the level knows the organisation's alone.
    """
    _function, names = in_charge().functions[HOOK].get(plugin, (None, None))
    return names is not None and (level is Level.ORGANISATION or "level" in names)


def check(plugin: str, whose: Whose = HERE) -> Health | None:
    """Return whether a plugin says that it can work there; None if it cannot tell.

    :raise NotFoundHereError: it is off there.
    """
    ctx = whose.context(plugin)
    if not can_check(plugin, whose.level):
        return None
    given = {"level": whose.level, "account_id": whose.id if whose.level is Level.ACCOUNT else ""}
    try:
        health: Health = in_charge().ask(HOOK, ctx, CHECK, given)
    except (PluginFailedError, NotAskedError):
        return Health(ok=False, sentence=_("Die Erweiterung hat nicht geantwortet."))
    return health
