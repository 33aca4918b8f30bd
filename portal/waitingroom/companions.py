"""Companions: a guest lets somebody come who sits elsewhere, with a code of their own.

The companion enters like every guest, and learns nothing of the one who brings them. The desk sees
whose companion waits, and lets them into the running call.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from typing import TYPE_CHECKING

from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal import qr, ratelimit
from portal.errors import PortalError
from portal.extensions import db
from portal.language import ZONE
from portal.tenants.scope import new_id
from portal.waitingroom import access, codes, rooms, visits
from portal.waitingroom.models import AccessCode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markupsafe import Markup

    from portal.waitingroom.models import Visit

# So many may be on their way at once; a code that was used leaves its place to another.
MOST = 2
MADE = ratelimit.Limit("companion.code", attempts=6, seconds=86_400)


class NoCompanionError(PortalError):
    """Nobody can be brought: the visit is over, or the guest is a companion."""

    code = "no_companion"
    status = 409
    sentence = _l("Eine Begleitung können Sie jetzt nicht dazuholen.")
    cure = _l("Das geht, solange Sie mit einem Code der Praxis warten oder im Gespräch sind.")


@dataclass(frozen=True)
class CompanionCard:
    """A code as the guest hands it on: to read out, to scan, to copy."""

    code: str
    qr: Markup
    until: datetime


def may_bring(visit: Visit, code: AccessCode | None) -> bool:
    """Tell whether a guest may bring somebody now."""
    return code is not None and code.companion_of is None and visit.state in visits.OPEN


def invite(visit: Visit, number: int, *, now: datetime) -> Sequence[AccessCode]:
    """Return the open codes of a guest's companions, and make those that are missing.

    Whoever asks twice for as many gets the same ones. A code holds for one visit, not longer than
    the guest's own, and today. It is deleted with the guest's.

    :param number: how many there are to be; at most ``MOST`` count.
    :raise CodeUnknownError: the guest's code was deleted.
    :raise PracticeClosedError: the contract of the practice is terminated.
    :raise NoCompanionError: the visit is over, or the guest is a companion.
    :raise CodeExpiredError: the time of the guest's code is over.
    :raise TooManyError: the guest has made as many codes as one may on a day.
    """
    access.check_received()
    code = access.hold(visit.code_id)
    db.session.refresh(visit)
    if not may_bring(visit, code):
        raise NoCompanionError
    end_of_day = datetime.combine(now.astimezone(ZONE).date(), time.max, tzinfo=ZONE)
    until = min(code.valid_until, end_of_day)
    if now >= until:
        raise access.CodeExpiredError
    found = [
        each for each in access.companions(code.id) if access.state_of(each, now=now) == "open"
    ]
    while len(found) < min(number, MOST):
        ratelimit.spend_within(MADE, code.id)
        found.append(_make(code, visit.room_id, until, now))
    return found


def _make(code: AccessCode, room_id: str, until: datetime, now: datetime) -> AccessCode:
    """Make one code; statistics and plugins hear of the practice's codes, and of this one not."""
    with rooms.speaking(rooms.get_room(room_id)):
        name = _("Begleitung")
    row = AccessCode(
        id=new_id(),
        organisation_id=code.organisation_id,
        room_id=room_id,
        made_by=code.made_by,
        code=codes.make(),
        # The guest's name would be read by whoever has the code.
        guest_name=name,
        companion_of=code.id,
        uses="single",
        valid_until=until,
        created_at=now,
        delete_after=code.delete_after,
    )
    access.store(row)
    return row


def cards(found: Sequence[AccessCode]) -> list[CompanionCard]:
    """Return codes as the guest's page shows them."""
    return [
        CompanionCard(codes.written(row.code), qr.inline(_link(row)), row.valid_until)
        for row in found
    ]


def _link(row: AccessCode) -> str:
    return f"{current_app.config['BASE_URL']}/j#{row.code}"
