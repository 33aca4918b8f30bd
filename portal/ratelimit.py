"""Counted attempts: limits that hold across processes, answered with 429, never by sleeping."""

from __future__ import annotations

import ipaddress
import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import request
from sqlalchemy import Integer, String, bindparam, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from portal import clock
from portal.columns import UtcDateTime, blind_index
from portal.database import glance, inserting, writing
from portal.errors import TooManyError
from portal.extensions import Model, db


class Attempt(Model):
    """How often one bucket was used up in one window; the bucket is a keyed hash."""

    __tablename__ = "attempt"

    bucket: Mapped[str] = mapped_column(String(64), primary_key=True)
    window: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True, index=True)
    count: Mapped[int] = mapped_column(Integer)
    last_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


@dataclass(frozen=True)
class Limit:
    """So many attempts in a window of so many seconds."""

    name: str
    attempts: int
    seconds: int

    def window(self, now: datetime) -> datetime:
        """Return the start of the window that a time lies in."""
        stamp = int(now.timestamp())
        return now.replace(microsecond=0) - timedelta(seconds=stamp % self.seconds)


@dataclass(frozen=True)
class Growing:
    """So many attempts a day at once, then a pause that doubles with each one, up to a longest.

    :param longest: in seconds; nobody waits longer than this after the last attempt.
    """

    name: str
    free: int
    longest: int
    seconds: int = 86400

    def pause(self, count: int) -> int:
        """Return how many seconds must pass after that many attempts."""
        further = count - self.free
        if further < 0:
            return 0
        return min(self.longest, 1 << min(further, 20))


def network() -> str:
    """Return the caller's network: an IPv4 address whole, IPv6 by /64 (as one customer holds)."""
    try:
        address = ipaddress.ip_address(request.remote_addr or "0.0.0.0")  # noqa: S104  no address
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def neighbourhood() -> str:
    """Return the network around the caller's: IPv4 by /24, IPv6 by /48 (as one site holds)."""
    return shortened(network().removesuffix("/64"))


def shortened(address: str) -> str:
    """Return an IP address shortened to /24 or /48, the only form that is ever written (STA-3)."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "-"
    bits = 24 if parsed.version == 4 else 48  # noqa: PLR2004  the version of the protocol
    return str(ipaddress.ip_network((parsed, bits), strict=False))


def _bucket(limit: Limit | Growing, subject: str, now: datetime) -> str:
    # The day is part of the hash, so that a bucket cannot be followed from day to day.
    return blind_index(f"{limit.name}\0{now:%Y-%m-%d}\0{subject}", "attempt")


_SPENT = select(Attempt.count).where(
    Attempt.bucket == bindparam("bucket"), Attempt.window == bindparam("start")
)

_LAST = select(Attempt.count, Attempt.last_at).where(
    Attempt.bucket == bindparam("bucket"), Attempt.window == bindparam("start")
)


def check(limit: Limit, subject: str) -> None:
    """Let through while the bucket is not used up.

    :raise TooManyError: it is; ``retry_after`` says in how many seconds the window ends.
    """
    now = clock.now()
    key = (_bucket(limit, subject, now), limit.window(now))
    rows = glance(_SPENT, bucket=key[0], start=key[1])
    if rows and rows[0][0] >= limit.attempts:
        ends = key[1] + timedelta(seconds=limit.seconds)
        raise TooManyError(max(1, int((ends - now).total_seconds())))


def check_growing(limit: Growing, subject: str) -> None:
    """Let through when the pause after the last attempt is over.

    :raise TooManyError: it is not; ``retry_after`` says how many seconds are left.
    """
    now = clock.now()
    day = _day(limit)
    rows = glance(_LAST, bucket=_bucket(day, subject, now), start=day.window(now))
    if not rows:
        return
    count, last_at = tuple(rows[0])
    if last_at is None:
        return
    over = last_at + timedelta(seconds=limit.pause(count))
    if now < over:
        raise TooManyError(max(1, math.ceil((over - now).total_seconds())))


def spend_growing(limit: Growing, subject: str) -> None:
    """Count one wrong attempt, as ``spend`` does."""
    spend(_day(limit), subject)


def clear(limit: Limit | Growing, subject: str) -> None:
    """Forget the attempts of one subject, in the caller's transaction."""
    mine = delete(Attempt).where(Attempt.bucket == _bucket(limit, subject, clock.now()))
    db.session.execute(mine)


def _day(limit: Growing) -> Limit:
    return Limit(limit.name, 0, limit.seconds)


def spend(limit: Limit, subject: str) -> None:
    """Count one attempt, whatever becomes of the request; no transaction may be open."""
    spend_each((limit, subject))


def spend_each(*buckets: tuple[Limit, str]) -> None:
    """Count one attempt in several buckets at once, as ``spend`` does in one.

    Whoever counts in the same ones names them in the same order, so that nobody waits in a circle.
    """
    now = clock.now()
    row = inserting(Attempt)
    counted = row.on_conflict_do_update(
        index_elements=[Attempt.bucket, Attempt.window],
        set_={"count": Attempt.count + 1, "last_at": row.excluded.last_at},
    )
    rows = [
        {
            "bucket": _bucket(limit, subject, now),
            "window": limit.window(now),
            "count": 1,
            "last_at": now,
        }
        for limit, subject in buckets
    ]
    with writing(), db.engine.begin() as connection:
        connection.execute(counted, rows)


def spend_within(limit: Limit, subject: str, amount: int = 1) -> None:
    """Count in the caller's transaction; who comes in the same moment waits for its end.

    :raise TooManyError: it would be more than allowed. The transaction has to be taken back.
    """
    now = clock.now()
    row = inserting(Attempt).values(
        bucket=_bucket(limit, subject, now), window=limit.window(now), count=amount
    )
    counted = row.on_conflict_do_update(
        index_elements=[Attempt.bucket, Attempt.window], set_={"count": Attempt.count + amount}
    ).returning(Attempt.count)
    if db.session.execute(counted).scalar_one() > limit.attempts:
        ends = limit.window(now) + timedelta(seconds=limit.seconds)
        raise TooManyError(max(1, int((ends - now).total_seconds())))


def spent(limit: Limit, subject: str) -> int:
    """Return how much of a bucket is used up in the current window."""
    now = clock.now()
    rows = glance(_SPENT, bucket=_bucket(limit, subject, now), start=limit.window(now))
    return int(rows[0][0]) if rows else 0
