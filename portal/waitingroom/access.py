"""Codes at work: made by the practice, typed by a guest, gone when their time is over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import bindparam, select, union_all, update

from portal import outbox, ratelimit
from portal.columns import blind_index
from portal.database import glance
from portal.errors import NotFoundHereError, PortalError
from portal.extensions import db
from portal.happenings import Happened, Happening, happened
from portal.language import ZONE, written_date
from portal.tenants.scope import current_tenant, new_id
from portal.tenants.service import ContractEndedError, check_running
from portal.waitingroom import codes
from portal.waitingroom.models import AccessCode, CodeIndex, Room, RoomMember

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Row, Select

LONGEST = timedelta(days=30)
KEPT = timedelta(days=90)
MAX_SEARCHED = 2000
MOST_OF_A_DAY = 200


class CodeUnknownError(PortalError):
    """No code like this is open; also for one that was deleted."""

    code = "code_unknown"
    status = 404
    sentence = _l("Diesen Code gibt es nicht oder nicht mehr.")
    cure = _l("Bitte vergleichen Sie ihn, oder rufen Sie in der Praxis an.")


class PracticeClosedError(PortalError):
    """The practice has no contract any more; it receives nobody here."""

    code = "practice_closed"
    status = HTTPStatus.GONE
    sentence = _l("Diese Praxis empfängt hier keine Gäste mehr.")
    cure = _l("Bitte rufen Sie dort an.")


class CodeExpiredError(PortalError):
    """The code's time is over."""

    code = "code_expired"
    status = 410
    sentence = _l("Dieser Code ist abgelaufen.")
    cure = _l("Bitte lassen Sie sich von der Praxis einen neuen geben.")


class CodeUsedError(PortalError):
    """A code for one visit was used."""

    code = "code_used"
    status = 410
    sentence = _l("Dieser Code galt für einen Besuch und wurde schon benutzt.")
    cure = _l("Bitte lassen Sie sich von der Praxis einen neuen geben.")


class CodeOtherDayError(PortalError):
    """The code is for another day."""

    code = "code_other_day"
    status = 409
    sentence = _l("Dieser Code gilt an einem anderen Tag.")

    def __init__(self, day: date) -> None:
        super().__init__(date=day.isoformat())
        self.cure = _("Bitte kommen Sie am %(day)s wieder.", day=written_date(day))


class CodeBusyError(PortalError):
    """Somebody is in a call with this code."""

    code = "code_busy"
    status = 409
    sentence = _l("Mit diesem Code spricht gerade jemand.")
    cure = _l("Wenn Sie das selbst sind, gehen Sie zurück zu Ihrem anderen Gerät.")


@dataclass(frozen=True)
class CodeOrder:
    """What the practice says about a new code."""

    room_id: str
    guest_name: str
    uses: str = "single"
    valid_on: date | None = None
    at: time | None = None

    @property
    def starts_at(self) -> datetime | None:
        """Return when the appointment begins, if the order names a day and a time."""
        if self.valid_on is None or self.at is None:
            return None
        return datetime.combine(self.valid_on, self.at, tzinfo=ZONE)


def room_kind(room_id: str) -> str:
    """Return the kind of a waiting room of the current organisation, or nothing."""
    room = db.session.get(Room, (current_tenant(), room_id))
    return room.kind if room else ""


def make_code(order: CodeOrder, *, account_id: str, now: datetime) -> AccessCode:
    """Make a code for a named guest and one room; nothing is sent by this."""
    valid_until = now + LONGEST
    if order.valid_on is not None:
        end_of_day = datetime.combine(order.valid_on, time.max, tzinfo=ZONE)
        valid_until = min(valid_until, end_of_day)
    row = AccessCode(
        id=new_id(),
        organisation_id=current_tenant(),
        room_id=order.room_id,
        made_by=account_id,
        code=codes.make(),
        guest_name=order.guest_name,
        uses=order.uses,
        valid_on=order.valid_on,
        starts_at=order.starts_at,
        valid_until=valid_until,
        created_at=now,
        delete_after=now + KEPT,
    )
    store(row)
    happened(
        Happened(
            Happening.CODE,
            now,
            row.organisation_id,
            who=account_id,
            other=row.id,
            facts={"room_kind": room_kind(order.room_id)},
        )
    )
    return row


def store(row: AccessCode) -> None:
    """Keep a new code, and how it is found by whoever types it."""
    db.session.add(row)
    db.session.flush()
    db.session.add(
        CodeIndex(code_hash=_hash(row.code), organisation_id=row.organisation_id, code_id=row.id)
    )


def _hash(code: str) -> str:
    return blind_index(code, "access-code")


_BY_CODE = select(CodeIndex.organisation_id, CodeIndex.code_id).where(
    CodeIndex.code_hash == bindparam("key")
)


def find(typed: str) -> tuple[str, str]:
    """Return organisation and id of the code that somebody typed.

    Wrong codes are counted by network, by neighbourhood and altogether; a slip is told before any
    look-up.

    :raise CodeSlipError: it cannot be a code.
    :raise CodeUnknownError: there is no such code.
    :raise TooManyError: too many wrong codes came from this network; or from everywhere, and one of
        them from this neighbourhood.
    """
    code = codes.read(typed)
    network, around = ratelimit.network(), ratelimit.neighbourhood()
    ratelimit.check(codes.GUESSES_NETWORK, network)
    if ratelimit.spent(codes.GUESSES_GLOBAL, "all") >= codes.GUESSES_GLOBAL.attempts:
        ratelimit.check(codes.GUESSES_NEIGHBOURHOOD, around)
    rows = glance(_BY_CODE, key=_hash(code))
    if not rows:
        ratelimit.spend_each(
            (codes.GUESSES_NETWORK, network),
            (codes.GUESSES_NEIGHBOURHOOD, around),
            (codes.GUESSES_GLOBAL, "all"),
        )
        raise CodeUnknownError
    return rows[0].organisation_id, rows[0].code_id


def usable(code_id: str, *, now: datetime) -> AccessCode:
    """Return a code of the current organisation if a guest may enter with it now.

    :raise CodeUnknownError: it was deleted meanwhile.
    :raise CodeExpiredError: its time is over.
    :raise CodeUsedError: it was for one visit, which took place.
    :raise CodeOtherDayError: it is for a later day.
    :raise PracticeClosedError: the contract of the practice is terminated.
    """
    check_received()
    row = db.session.get(AccessCode, (current_tenant(), code_id))
    if row is None or now >= row.delete_after:
        raise CodeUnknownError
    if row.used_at is not None and row.uses == "single":
        raise CodeUsedError
    if now >= row.valid_until:
        raise CodeExpiredError
    if row.valid_on is not None and now.astimezone(ZONE).date() != row.valid_on:
        raise CodeOtherDayError(row.valid_on)
    return row


def check_received() -> None:
    """Refuse when the practice receives nobody here any more.

    :raise PracticeClosedError: its contract is terminated.
    """
    try:
        check_running(current_tenant())
    except ContractEndedError as error:
        raise PracticeClosedError from error


def note_use(code_id: str, *, now: datetime) -> None:
    """Note that a call took place with this code."""
    _update(code_id, used_at=now)


def _update(code_id: str, **values: Any) -> None:  # noqa: ANN401  columns of the code
    statement = update(AccessCode).where(
        AccessCode.organisation_id == current_tenant(), AccessCode.id == code_id
    )
    db.session.execute(statement.values(**values).execution_options(synchronize_session=False))


def code_query(account_id: str, newest: int, *, now: datetime) -> Select[AccessCode]:
    """Return the query of so many of the newest codes of an account's rooms, the newest first.

    The index of each room gives its newest, so that a long list is never sorted as a whole.
    """
    rooms = select(RoomMember.room_id).where(RoomMember.account_id == account_id)
    parts = [_newest_of(room, newest, now) for room in db.session.scalars(rooms)]
    found = union_all(*(select(part.subquery().c.id) for part in parts)) if parts else ()
    return (
        select(AccessCode)
        .where(AccessCode.id.in_(found))
        .order_by(AccessCode.created_at.desc(), AccessCode.id.desc())
        .limit(newest)
    )


def of_day(account_id: str, day: date, *, now: datetime) -> list[AccessCode]:
    """Return the codes of an account's rooms for one day, by time; those without one come last."""
    rooms = select(RoomMember.room_id).where(
        RoomMember.organisation_id == current_tenant(), RoomMember.account_id == account_id
    )
    query = (
        select(AccessCode)
        .where(
            AccessCode.valid_on == day, AccessCode.room_id.in_(rooms), AccessCode.delete_after > now
        )
        .order_by(AccessCode.starts_at.is_(None), AccessCode.starts_at, AccessCode.id)
        .limit(MOST_OF_A_DAY)
    )
    return list(db.session.scalars(query))


def _newest_of(room_id: str, newest: int, now: datetime) -> Select[str]:
    return (
        select(AccessCode.id)
        .where(
            AccessCode.organisation_id == current_tenant(),
            AccessCode.room_id == room_id,
            AccessCode.delete_after > now,
        )
        .order_by(AccessCode.created_at.desc(), AccessCode.id.desc())
        .limit(newest)
    )


def search(account_id: str, q: str, *, now: datetime) -> list[AccessCode]:
    """Return the codes whose guest's name or code holds a text, among the newest 2,000.

    Names and codes are encrypted, so the database cannot search them.
    """
    wanted = q.casefold()
    plain = "".join(each for each in q.upper() if each.isalnum())
    rows = db.session.scalars(code_query(account_id, MAX_SEARCHED, now=now))
    return [
        row
        for row in rows
        if wanted in row.guest_name.casefold() or (plain and row.code.startswith(plain))
    ]


def get_code(code_id: str, account_id: str) -> AccessCode:
    """Return a code of a room that the account works with.

    :raise NotFoundHereError: it does not exist, or is not theirs.
    """
    from portal.waitingroom.rooms import works_in

    row = db.session.get(AccessCode, (current_tenant(), code_id))
    if row is None or not works_in(account_id, row.room_id):
        raise NotFoundHereError
    return row


def state_of(row: AccessCode, *, now: datetime) -> str:
    """Return ``open``, ``used`` or ``expired``."""
    if row.used_at is not None and row.uses == "single":
        return "used"
    return "expired" if now >= row.valid_until else "open"


def check_open(row: AccessCode, *, now: datetime) -> None:
    """Refuse to hand out a code that opens nothing any more.

    :raise CodeUsedError: it was for one visit, which took place.
    :raise CodeExpiredError: its time is over.
    """
    refusals: dict[str, PortalError] = {"used": CodeUsedError(), "expired": CodeExpiredError()}
    refusal = refusals.get(state_of(row, now=now))
    if refusal is not None:
        # Guests read that the practice gives them a new one; this is the practice.
        refusal.cure = _l("Machen Sie einen neuen Code.")
        raise refusal


def delete_code(row: AccessCode) -> None:
    """Delete a code with the guest's name, its visits, its unsent message, and its companions'."""
    hold(row.id)
    for each in (*companions(row.id), row):
        outbox.withdraw(each.id)
        db.session.delete(each)


def hold(code_id: str) -> AccessCode:
    """Return a code to which nobody else adds a companion, and which nobody deletes meanwhile.

    :raise CodeUnknownError: it was deleted.
    """
    row = db.session.get(AccessCode, (current_tenant(), code_id), with_for_update=True)
    if row is None:
        raise CodeUnknownError
    return row


def companions(code_id: str) -> Sequence[AccessCode]:
    """Return the codes with which the companions of a code's guest come, the oldest first."""
    query = select(AccessCode).where(
        AccessCode.organisation_id == current_tenant(), AccessCode.companion_of == code_id
    )
    return db.session.scalars(query.order_by(AccessCode.created_at, AccessCode.id)).all()


def get_plain(code_id: str) -> AccessCode | None:
    """Return a code of the current organisation, or None when it was deleted."""
    return db.session.get(AccessCode, (current_tenant(), code_id))


def named(code_ids: Iterable[str]) -> dict[str, Row[str, str, str | None]]:
    """Return of each code that exists the name that the practice wrote, and ``companion_of``."""
    columns = (AccessCode.id, AccessCode.guest_name, AccessCode.companion_of)
    rows = db.session.execute(select(*columns).where(AccessCode.id.in_(list(code_ids))))
    return {row.id: row for row in rows}
