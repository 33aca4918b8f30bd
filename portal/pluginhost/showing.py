"""What pages show of plugins: places that they fill, entries of the menu, numbers."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from flask_login import current_user

from portal.errors import NotFoundHereError
from portal.language import language
from portal.permissions import CLINIC
from portal.pluginhost import switches
from portal.pluginhost.asking import (
    COLLECT,
    NO_NETWORK,
    SLOT,
    context,
    in_charge,
    make_context,
    switched,
    takes_part,
)
from portal.pluginhost.exam import MENUS
from portal.pluginhost.grants import redacted
from portal.pluginhost.guard import NotAskedError, PluginFailedError
from portal.pluginhost.http import Http
from portal.pluginhost.manifest import Level

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from portal.pluginhost.values import SlotView, Statistic

LONGEST_SLOT = 64 * 1024


def account() -> str | None:
    """Return the caller's account, if plugins can be switched on for it alone."""
    known = current_user.is_authenticated and current_user.role in CLINIC
    return current_user.subject_id if known else None


@dataclass(frozen=True)
class Shown:
    """A slot or an entry of the menu, as a page needs it."""

    plugin: str
    label: str
    name: str = ""
    path: str = ""


@dataclass(frozen=True)
class Own:
    """A plugin that somebody can switch on, or set up, for themself.

    :param is_on: None where that is not theirs to say.
    """

    name: str
    label: str
    is_on: bool | None
    has_settings: bool


@dataclass(frozen=True)
class Counted:
    """A statistic of a plugin with its numbers."""

    title: str
    numbers: tuple[int, ...]


def slots(place: str) -> list[Shown]:
    """Return what the plugins that are on for the caller show in a place, in its order."""
    found, lang, loaded = [], language(), in_charge().plugins.loaded
    for each in switched(account()):
        plugin = loaded[each.plugin]
        for slot in plugin.slots:
            if slot.place == place:
                label = plugin.manifest.label.in_language(lang)
                path = f"/slots/{place}/{each.plugin}/{slot.name}"
                found.append((slot.weight, Shown(each.plugin, label, slot.name, path)))
    return [shown for _weight, shown in sorted(found, key=lambda pair: pair[0])]


def fill_slot(plugin: str, name: str, view: SlotView) -> str | None:
    """Return what a plugin shows in a place; None when it failed, or is left alone for now.

    :raise NotFoundHereError: it has nothing for this place, or is not on for the caller.
    """
    context(plugin, account())
    host = in_charge()
    for slot in host.plugins.loaded[plugin].slots:
        if (slot.place, slot.name) == (view.place, name):
            break
    else:
        raise NotFoundHereError
    ctx = make_context(plugin, switches.here()[plugin])
    quick = Http(ctx.http.hosts, ctx.http.inside, connect_seconds=1.0, answer_seconds=2.0)
    ctx = replace(ctx, http=quick)

    def act() -> str:
        answer: object = slot.render(ctx, redacted(view, ctx.scopes))
        if not isinstance(answer, str) or len(answer) > LONGEST_SLOT:
            message = "a slot must answer a text of at most 64 KiB."
            raise TypeError(message)
        return answer

    try:
        return host.run(f"slot {name}", ctx, SLOT, act)
    except (PluginFailedError, NotAskedError):
        return None


def navigation() -> list[Shown]:
    """Return the entries of the caller's menu that lead to pages of plugins."""
    if current_user.role not in MENUS:
        return []
    found, lang, role, loaded = [], language(), current_user.role, in_charge().plugins.loaded
    for each in switched(account()):
        for entry in loaded[each.plugin].navigation:
            if role in entry.roles:
                label = entry.label.in_language(lang)
                found.append((entry.weight, Shown(each.plugin, label, path=entry.path)))
    return [shown for _weight, shown in sorted(found, key=lambda pair: pair[0])]


def own(account_id: str) -> list[Own]:
    """Return what somebody can switch on or set up for themself, in the organisation's order."""
    found, lang, loaded = [], language(), in_charge().plugins.loaded
    for each in switched():
        plugin, is_on = loaded[each.plugin], takes_part(each.plugin, account_id)
        label = plugin.manifest.label.in_language(lang)
        switch = is_on if plugin.manifest.self_service else None
        has_settings = is_on and Level.ACCOUNT in plugin.forms
        if switch is not None or has_settings:
            found.append(Own(each.plugin, label, switch, has_settings))
    return found


def statistics(plugin: str, spans: Sequence[tuple[datetime, datetime]]) -> list[Counted]:
    """Return the numbers of a plugin that is on here, one for each span; of one that fails, none.

    :raise NotFoundHereError: it is off.
    """
    context(plugin)
    host = in_charge()
    ctx = make_context(plugin, switches.here()[plugin], NO_NETWORK)
    found = []
    for each in host.plugins.loaded[plugin].statistics:

        def act(each: Statistic = each) -> list[int]:
            return [_number(each.count(ctx, begin, end)) for begin, end in spans]

        with suppress(PluginFailedError, NotAskedError):
            numbers = host.run(f"statistic {each.name}", ctx, COLLECT, act)
            found.append(Counted(each.title.in_language(language()), tuple(numbers)))
    return found


def _number(answer: object) -> int:
    if not isinstance(answer, int) or isinstance(answer, bool) or answer < 0:
        message = "a statistic must answer a whole number from 0 on."
        raise TypeError(message)
    return answer
