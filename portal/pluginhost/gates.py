"""Asks plugins before a guest is let in: the first that says no has the word.

A plugin that fails lets the guest through, unless it asked for the opposite and the operator
approved that (``Scope.GATE_CLOSED``). Then one that is refused at the start holds everybody of an
organisation back in which it is on: nobody can ask it for whom. Safe mode asks none.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask_babel import gettext as _

from portal.errors import PortalError
from portal.language import language
from portal.pluginhost import grants, switches
from portal.pluginhost.asking import NO_NETWORK, answering, in_charge, make_context
from portal.pluginhost.guard import Limit, NotAskedError, PluginFailedError
from portal.pluginhost.manifest import Scope
from portal.pluginhost.values import Deny, VisitInfo

if TYPE_CHECKING:
    from portal.waitingroom.models import Visit

HOOK = "waiting_room_precheck"
LIMIT = Limit(slow=0.3, stop=0.3)


class HeldBackError(PortalError):
    """A plugin says that this guest cannot be let in yet."""

    code = "held_back"
    status = HTTPStatus.CONFLICT
    cure = ""

    def __init__(self, plugin: str, sentence: str) -> None:
        super().__init__(plugin=plugin)
        self.sentence = sentence


def visit_info(visit: Visit) -> VisitInfo:
    """Return a visit as plugins may see it."""
    return VisitInfo(visit.id, visit.room_id, visit.state, visit.arrived_at, visit.name)


def precheck(visit: Visit, account_id: str) -> None:
    """Ask the plugins that are on for this doctor whether a guest may be let in now.

    :raise HeldBackError: one says no; the sentence is its own.
    """
    for plugin in in_charge().plugins.refused:
        is_on = switches.here().get(plugin, switches.NEVER_SET).is_on
        if is_on and Scope.GATE_CLOSED in grants.approved(plugin).scopes:
            raise HeldBackError(plugin, _faulty(plugin).sentence)
    for plugin in answering(HOOK, account_id):
        denial = _asked(plugin, visit_info(visit))
        if denial is not None:
            raise HeldBackError(plugin, denial.sentence)


def _asked(plugin: str, visit: VisitInfo) -> Deny | None:
    ctx = make_context(plugin, switches.here()[plugin], NO_NETWORK)
    try:
        denial: Deny | None = in_charge().ask(HOOK, ctx, LIMIT, {"visit": visit})
    except (PluginFailedError, NotAskedError):
        return _faulty(plugin) if Scope.GATE_CLOSED in ctx.scopes else None
    return denial


def _faulty(plugin: str) -> Deny:
    loaded = in_charge().plugins.loaded.get(plugin)
    label = loaded.manifest.label.in_language(language()) if loaded else plugin
    return Deny(
        _(
            "%(plugin)s ist gestört, und ohne diese Prüfung darf niemand herein. Versuchen Sie es "
            "in einer Minute noch einmal, oder wenden Sie sich an Ihre Projektadministration.",
            plugin=label[:60],
        )
    )
