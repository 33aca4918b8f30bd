"""How pages show a participation: its state in words, its numbers, and what is agreed to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l

from plugins.vinteos import participation
from plugins.vinteos.participation import DEFAULT_QUOTA, Ended

if TYPE_CHECKING:
    from datetime import date, datetime

    from flask_babel.speaklater import LazyString

    from plugins.vinteos.count_models import Participation
    from portal.api import PluginContext

WHY = {
    Ended.QUOTA: _l("die vereinbarte Zahl ist erreicht"),
    Ended.DATE: _l("der letzte Tag ist vorbei"),
    Ended.DOCTOR: _l("auf eigenen Wunsch"),
    Ended.ADMIN: _l("durch die Verwaltung der Praxis"),
    Ended.PRACTICE: _l("die Praxis nimmt nicht mehr teil"),
}


@dataclass(frozen=True)
class ShownParticipation:
    """A participation as pages show it.

    :param state: ``coming``, ``running`` or ``ended``.
    """

    id: str
    account_id: str
    participant: str
    number: int
    quota: int
    starts_on: date
    ends_on: date | None
    state: str
    over_at: datetime | None
    erased_at: datetime | None
    why: str | LazyString

    @property
    def share(self) -> int:
        """Return how much of the quota is done, in per cent."""
        return min(100, self.number * 100 // self.quota) if self.quota else 100


def shown(ctx: PluginContext, row: Participation, number: int | None = None) -> ShownParticipation:
    """Return a participation as pages show it."""
    now, over = ctx.now(), participation.over_at(row)
    ended = over is not None and over <= now
    state = "running" if participation.is_running(row, now) else "coming"
    return ShownParticipation(
        id=row.id,
        account_id=row.account_id,
        participant=row.participant,
        number=participation.number(ctx, row) if number is None else number,
        quota=row.quota,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        state="ended" if ended else state,
        over_at=over,
        erased_at=participation.erased_at(row),
        why=WHY[Ended(row.closed_because or Ended.DATE)] if ended else "",
    )


def terms(ctx: PluginContext) -> dict[str, object]:
    """Return what a doctor would agree to now."""
    ends_on = participation.day(ctx.settings.get("ends_on"))
    return {
        "quota": int(ctx.settings.get("quota") or DEFAULT_QUOTA),
        "ends_on": ends_on,
        "over": ends_on is not None and ends_on < participation.today(ctx.now()),
    }
