"""What the operator has approved of a plugin: which personal values it sees, which hosts it asks.

A manifest asks; nothing is given before the operator has said yes on the page of extensions. What
is not approved is not an error: a value is ``REDACTED``, a host is refused.
"""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from datetime import datetime  # noqa: TC003  read by the mapping
from typing import TYPE_CHECKING, Any, TypeVar

from flask import g
from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, mapped_column

from portal.columns import UtcDateTime
from portal.database import glance
from portal.extensions import Model, db
from portal.pluginhost.values import REDACTED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portal.pluginhost.manifest import Manifest

T = TypeVar("T")
# How an approval names the host of an address that an organisation types into the settings.
SETTING = "setting:"


class PluginApproval(Model):
    """What the operator has approved of one plugin, in the whole portal."""

    __tablename__ = "plugin_approval"

    plugin: Mapped[str] = mapped_column(String(60), primary_key=True)
    # Scopes and hosts, each a list in JSON.
    scopes: Mapped[str] = mapped_column(String(2000))
    hosts: Mapped[str] = mapped_column(String(4000))
    approved_at: Mapped[datetime] = mapped_column(UtcDateTime)


@dataclass(frozen=True)
class Grant:
    """Scopes and hosts: what a plugin asks for, or what of it is approved."""

    scopes: frozenset[str] = frozenset()
    hosts: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.scopes or self.hosts)


def asked(manifest: Manifest) -> Grant:
    """Return what a manifest asks for."""
    settings = {f"{SETTING}{name}" for name in manifest.host_settings}
    return Grant(frozenset(map(str, manifest.scopes)), frozenset({*manifest.hosts, *settings}))


_ALL = select(PluginApproval.plugin, PluginApproval.scopes, PluginApproval.hosts)


def _approved() -> Mapping[str, Grant]:
    """Return all approvals, asked for once in a request or job."""
    if "plugin_approvals" not in g:
        g.plugin_approvals = {
            row.plugin: Grant(frozenset(json.loads(row.scopes)), frozenset(json.loads(row.hosts)))
            for row in glance(_ALL)
        }
    found: Mapping[str, Grant] = g.plugin_approvals
    return found


def approved(plugin: str) -> Grant:
    """Return what an operator approved of a plugin, whether or not it is loaded."""
    return _approved().get(plugin, Grant())


def granted(manifest: Manifest) -> Grant:
    """Return what of its wishes a plugin has got."""
    wished = asked(manifest)
    if not wished:
        return wished
    given = approved(manifest.name)
    return Grant(wished.scopes & given.scopes, wished.hosts & given.hosts)


def missing(manifest: Manifest) -> Grant:
    """Return what a plugin asks for and has not got."""
    wished, has = asked(manifest), granted(manifest)
    return Grant(wished.scopes - has.scopes, wished.hosts - has.hosts)


def approve(manifest: Manifest, *, now: datetime) -> None:
    """Give a plugin all that its manifest asks for now, and nothing that it asked for earlier."""
    wished = asked(manifest)
    row = db.session.get(PluginApproval, manifest.name) or PluginApproval(plugin=manifest.name)
    row.scopes, row.hosts = json.dumps(sorted(wished.scopes)), json.dumps(sorted(wished.hosts))
    row.approved_at = now
    db.session.add(row)
    db.session.flush()
    g.pop("plugin_approvals", None)


def withdraw(plugin: str) -> None:
    """Take back all that was approved of a plugin; the caller commits."""
    row = db.session.get(PluginApproval, plugin)
    if row is not None:
        db.session.delete(row)
        db.session.flush()
    g.pop("plugin_approvals", None)


def redacted(value: T, scopes: frozenset[str]) -> T:
    """Return a frozen value without the personal fields whose scopes are not given."""
    if not dataclasses.is_dataclass(value) or isinstance(value, type):
        return value
    hidden: dict[str, Any] = {}
    for each in dataclasses.fields(value):
        held = getattr(value, each.name)
        if dataclasses.is_dataclass(held):
            clean = redacted(held, scopes)
            if clean is not held:
                hidden[each.name] = clean
        elif held and each.metadata.get("scope", "") not in {"", *scopes}:
            hidden[each.name] = REDACTED
    return dataclasses.replace(value, **hidden) if hidden else value
