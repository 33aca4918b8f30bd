"""What ``portal plugins check`` needs to know to prove the deletion; nothing else reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugins.vinteos import participation
from plugins.vinteos.participation import Ended

if TYPE_CHECKING:
    from plugins.vinteos.count_models import Participation
    from portal.api import PluginContext


def rows(ctx: PluginContext, account_id: str) -> list[Participation]:
    """Return a participation that runs: whether it does is yes or nothing, and never no."""
    participation.agree(ctx, account_id)
    return participation.of_account(ctx, account_id)


def ended(ctx: PluginContext) -> None:
    """Let the doctor end it; where the practice is switched off, that alone must end it."""
    for row in participation.everybodys(ctx) if ctx.is_on else ():
        participation.end_early(ctx, row, Ended.DOCTOR)


EVENTS = {"participation_ended": ended}
