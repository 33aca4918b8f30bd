"""Tells people of a notice that has changed materially, until they have read it (PRIV-3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, func, select

from portal.accounts.models import Account
from portal.database import inserting
from portal.errors import NotFoundHereError
from portal.extensions import db
from portal.privacy import changes
from portal.privacy.models import NoticeContent, NoticeSeen, NoticeVersion
from portal.tenants.scope import current_tenant

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Row

    from portal.privacy.changes import Change


def difference(scope: str, number: int, lang: str) -> list[Change]:
    """Return what one version of a notice changed against the one before it.

    :param scope: the id of the organisation, else of the provider company.
    :raise NotFoundHereError: there is no such version, or it was the first.
    """
    query = (
        select(NoticeVersion.number, NoticeContent.content)
        .join(NoticeContent, NoticeContent.hash == NoticeVersion.content_hash)
        .where(NoticeVersion.scope == scope, NoticeVersion.number.in_((number - 1, number)))
    )
    found: dict[int, dict[str, Any]] = {
        row.number: row.content for row in db.session.execute(query)
    }
    if len(found) < 2:  # noqa: PLR2004  a difference has two sides
        raise NotFoundHereError
    return changes.between(found[number - 1][lang], found[number][lang])


def news(account_id: str) -> Row[int, datetime] | None:
    """Return number and date of the newest material change that an account has not read.

    Who came after a version was told of that one, and of those before it, when they came.
    """
    organisation_id = current_tenant()
    read = and_(NoticeSeen.organisation_id == organisation_id, NoticeSeen.id == account_id)
    query = (
        select(NoticeVersion.number, NoticeVersion.published_at)
        .join(Account, and_(Account.organisation_id == organisation_id, Account.id == account_id))
        .outerjoin(NoticeSeen, read)
        .where(
            NoticeVersion.scope == organisation_id,
            NoticeVersion.is_material,
            NoticeVersion.published_at > Account.created_at,
            NoticeVersion.number > func.coalesce(NoticeSeen.number, 0),
        )
        .order_by(NoticeVersion.number.desc())
        .limit(1)
    )
    return db.session.execute(query).first()


def read(account_id: str, number: int, *, now: datetime) -> None:
    """Note that an account has read a version, and so all before it.

    :raise NotFoundHereError: there is no such version.
    """
    there = select(NoticeVersion.id).where(
        NoticeVersion.scope == current_tenant(), NoticeVersion.number == number
    )
    if db.session.scalar(there) is None:
        raise NotFoundHereError
    seen = inserting(NoticeSeen).values(
        organisation_id=current_tenant(), id=account_id, number=number, read_at=now
    )
    # Pressed in two windows at once, it is read once.
    db.session.execute(
        seen.on_conflict_do_update(
            index_elements=[NoticeSeen.organisation_id, NoticeSeen.id],
            set_={"number": number, "read_at": now},
            where=NoticeSeen.number < number,
        )
    )
