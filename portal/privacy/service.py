"""Versions of the notice: numbered when the text changes, never by somebody who only reads."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import select

from portal.errors import NotFoundHereError
from portal.extensions import db
from portal.privacy import changes, notice, registry
from portal.privacy.models import NoticeContent, NoticeVersion
from portal.tenants.models import Organisation, PluginSwitch, ProviderCompany
from portal.tenants.scope import across_tenants

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from portal.privacy.notice import Notice


def companies() -> Sequence[ProviderCompany]:
    """Return those whose notice, imprint and terms can be read."""
    return db.session.scalars(select(ProviderCompany).order_by(ProviderCompany.name)).all()


def publish(now: datetime) -> int:
    """Give every notice whose text has changed a new number; return how many.

    Called at start, and by the listener of ``publishing`` when something changes that it speaks of.
    """
    return sum(publish_for(company, now) for company in companies())


def publish_for(company: ProviderCompany, now: datetime) -> int:
    """Give the notices of one company and of its organisations new numbers where needed."""
    # Two who publish at once (two processes that start) wait for each other here.
    db.session.execute(
        select(ProviderCompany.id).where(ProviderCompany.id == company.id).with_for_update()
    )
    switched = _plugins_on(company.id)
    organisations = db.session.scalars(
        select(Organisation.id).where(Organisation.provider_company_id == company.id)
    ).all()
    wanted: dict[str, frozenset[str]] = {company.id: frozenset().union(*switched.values())}
    wanted |= {each: switched.get(each, frozenset()) for each in organisations}
    current = _current(company.id)
    hashes = {plugins: _keep(company, plugins) for plugins in set(wanted.values())}
    changed = 0
    for scope, plugins in wanted.items():
        number, content_hash = current.get(scope, (0, ""))
        if content_hash == hashes[plugins]:
            continue
        db.session.add(
            NoticeVersion(
                provider_company_id=company.id,
                organisation_id=None if scope == company.id else scope,
                scope=scope,
                number=number + 1,
                published_at=now,
                content_hash=hashes[plugins],
                is_material=bool(content_hash) and _is_material(content_hash, hashes[plugins]),
            )
        )
        changed += 1
    db.session.flush()
    return changed


def _is_material(before: str, after: str) -> bool:
    """Tell whether users must hear of the second of two texts, named by their hashes."""
    old, new = (db.session.get_one(NoticeContent, each).content for each in (before, after))
    return changes.is_material(old["de"], new["de"])


def plugins_of(company: ProviderCompany, organisation: Organisation | None) -> frozenset[str]:
    """Return the plugins that a notice speaks of: an organisation's own, or a company's all."""
    switched = _plugins_on(company.id)
    if organisation is not None:
        return switched.get(organisation.id, frozenset())
    return frozenset().union(*switched.values())


def _plugins_on(company_id: str) -> dict[str, frozenset[str]]:
    """Return the loaded plugins that are on, by organisation of one company."""
    loaded = registry.of_plugins()
    query = (
        select(PluginSwitch.organisation_id, PluginSwitch.plugin)
        .join(Organisation, Organisation.id == PluginSwitch.organisation_id)
        .where(Organisation.provider_company_id == company_id, PluginSwitch.is_on)
    )
    with across_tenants("A provider's notice names what is on in each of its organisations."):
        rows = db.session.execute(query).all()
    found: dict[str, frozenset[str]] = {}
    for organisation_id, plugin in rows:
        if plugin in loaded:
            found[organisation_id] = found.get(organisation_id, frozenset()) | {plugin}
    return found


def _current(company_id: str) -> dict[str, tuple[int, str]]:
    """Return number and content of the newest version, by scope."""
    query = (
        select(NoticeVersion.scope, NoticeVersion.number, NoticeVersion.content_hash)
        .where(NoticeVersion.provider_company_id == company_id)
        .order_by(NoticeVersion.number)
    )
    return {scope: (number, text) for scope, number, text in db.session.execute(query)}


def _keep(company: ProviderCompany, plugins: frozenset[str]) -> str:
    """Store a text once and return its hash."""
    text = notice.content(company, plugins)
    found = notice.digest(text)
    if db.session.get(NoticeContent, found) is None:
        db.session.add(NoticeContent(hash=found, content=text))
        db.session.flush()
    return found


def show(
    company: ProviderCompany,
    organisation: Organisation | None,
    lang: str,
    *,
    now: datetime,
    number: int | None = None,
) -> Notice:
    """Return the newest published notice, or the one with a number.

    Before the first one is published, the notice of this moment with the number 0.

    :raise NotFoundHereError: no version has this number.
    """
    scope = organisation.id if organisation else company.id
    query = (
        select(NoticeVersion.number, NoticeVersion.published_at, NoticeVersion.content_hash)
        .where(NoticeVersion.scope == scope)
        .order_by(NoticeVersion.number.desc())
    )
    versions = db.session.execute(query).all()
    chosen = next((row for row in versions if number in {None, row.number}), None)
    if chosen is None and (versions or number):
        raise NotFoundHereError
    if chosen is None:
        return notice.build(company, organisation, lang, now=now)
    kept = db.session.get_one(NoticeContent, chosen.content_hash)
    shown = notice.of(kept.content[lang], organisation, chosen.published_at)
    return replace(
        shown,
        number=chosen.number,
        earlier=tuple(row.number for row in versions if row.number < chosen.number),
    )
