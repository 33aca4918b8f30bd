"""The privacy notice, rendered from the declarations: nothing in it is written by hand."""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from portal.accounts.storage import INVENTORY
from portal.language import LANGUAGES
from portal.privacy import registry, wording
from portal.privacy.rights import RIGHTS
from portal.tenants.service import processors_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from portal.personaldata import DataUse
    from portal.tenants.models import Organisation, ProviderCompany


@dataclass(frozen=True)
class Notice:
    """One notice in one language; number 0 says that it was not published yet."""

    provider: dict[str, str]
    sections: list[dict[str, Any]]
    storage: list[dict[str, str]]
    rights: list[dict[str, str]]
    date: datetime
    number: int = 0
    organisation: str | None = None
    earlier: tuple[int, ...] = ()


def build(
    company: ProviderCompany,
    organisation: Organisation | None,
    lang: str,
    *,
    now: datetime,
    plugins: Iterable[str] = (),
) -> Notice:
    """Return the notice as the declarations of this moment make it."""
    return of(content(company, plugins)[lang], organisation, now)


def of(text: Mapping[str, Any], organisation: Organisation | None, date: datetime) -> Notice:
    """Return the notice that a stored text is; an archived one may hold more than is shown now."""
    return Notice(
        provider=text["provider"],
        sections=text["sections"],
        storage=text["storage"],
        rights=text["rights"],
        date=date,
        organisation=organisation.name if organisation else None,
    )


def provider(company: ProviderCompany) -> dict[str, str]:
    """Return what notice and imprint say of a provider company."""
    return {
        "name": company.name,
        "country": company.country,
        "address": company.address,
        "phone": company.phone,
        "email": company.email,
        "managing_directors": company.managing_directors,
        "dpo_name": company.privacy_officer,
        "dpo_contact": company.privacy_officer_contact,
        "authority_name": company.authority,
        "authority_contact": company.authority_contact,
    }


def content(company: ProviderCompany, plugins: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Return the text of a notice in all languages, as it is stored."""
    return {
        lang: {"provider": provider(company), **_body(sections(company, plugins, lang), lang)}
        for lang in LANGUAGES
    }


def digest(text: dict[str, dict[str, Any]]) -> str:
    """Return the hash that tells whether a text has changed."""
    return sha256(json.dumps(text, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def sections(
    company: ProviderCompany | None, plugins: Iterable[str], lang: str
) -> list[dict[str, Any]]:
    """Return all uses of data in words, and whom a company has named besides (Art. 28 GDPR)."""
    found = [section(use, lang) for use in registry.uses(plugins)]
    named = processors_of(company.id) if company is not None else ()
    return [*found, wording.named_processors(named, lang)] if named else found


def _body(said: list[dict[str, Any]], lang: str) -> dict[str, Any]:
    return {
        "sections": said,
        "storage": storage(lang),
        "rights": [
            {"title": title.in_language(lang), "text": text.in_language(lang)}
            for title, text in RIGHTS
        ],
    }


def storage(lang: str) -> list[dict[str, str]]:
    """Return in words what the portal keeps in the browser."""
    return [
        {
            "where": str(item.place),
            "key": item.key,
            "purpose": item.purpose.in_language(lang),
            "lifetime": item.lifetime.in_language(lang),
            "needed_for": item.needed_for.in_language(lang),
        }
        for item in INVENTORY
    ]


def section(use: DataUse, lang: str) -> dict[str, Any]:
    """Return one use of data in words."""
    return {
        "id": use.id,
        "title": use.title.in_language(lang),
        "purpose": use.purpose.in_language(lang),
        "subjects": [wording.SUBJECTS[each].in_language(lang) for each in use.subjects],
        "data": [each.label.in_language(lang) for each in use.fields],
        "legal_basis": wording.legal_basis(use, lang),
        "source": use.source.in_language(lang),
        "recipients": [wording.recipient(each, lang) for each in use.recipients],
        "third_country": wording.third_country(use, lang),
        "place": wording.STORAGE[use.storage].in_language(lang),
        "retention_sentence": wording.retention_sentence(use, lang),
    }
