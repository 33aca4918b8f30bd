"""Guards each call of a hook: what it throws, how long it takes, how often it fails.

pluggy isolates nothing. Here a failure is caught, counted and named; a hook that fails again and
again in an organisation is left alone there for a while (the breaker).
"""

from __future__ import annotations

import json
import logging
import os
import signal
import sys
import time
import traceback
from collections import deque
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from portal import clock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

logger = logging.getLogger(__name__)

T = TypeVar("T")

FAILURES = 5
WITHIN = timedelta(minutes=10)
OPEN_FOR = timedelta(minutes=15)
SAVE_SECONDS = 5.0
REMEMBERED = timedelta(days=1)
MEASURED = 200
# What the operator asked for last: a plugin and a time.
RESET = "reset"


class PluginFailedError(Exception):
    """A hook raised, was cut off, or answered something that is no answer."""


class NotAskedError(Exception):
    """The breaker is open: the hook failed too often in this organisation."""


@dataclass(frozen=True)
class Spot:
    """One hook of one plugin in one organisation."""

    plugin: str
    hook: str
    organisation_id: str


@dataclass(frozen=True)
class Limit:
    """How long a call may take.

    :param slow: seconds after which the call counts as a failure, though its answer is used.
    :param stop: seconds after which it is cut off, where that is possible (see ``_cut_off``).
    """

    slow: float
    stop: float | None = None


@dataclass
class Count:
    """How the calls of one hook of one plugin went."""

    calls: int = 0
    failures: int = 0
    last_at: datetime | None = None
    last_error: str = ""
    seconds: deque[float] = field(default_factory=lambda: deque(maxlen=MEASURED))

    @property
    def p95_ms(self) -> float | None:
        """Return the time under which 95 of 100 calls stayed, of the last two hundred."""
        if not self.seconds:
            return None
        ordered = sorted(self.seconds)
        return round(ordered[int(0.95 * (len(ordered) - 1))] * 1000, 2)


class Guard:
    """Counts and breakers of this process; other processes' counts are read from their files.

    :param folder: where each process leaves its counts for the operator's page.
    """

    def __init__(self, folder: Path) -> None:
        self.counts: dict[tuple[str, str], Count] = {}
        self.folder = folder
        self._failed: dict[Spot, deque[datetime]] = {}
        # Slow calls in a row: on a machine that is busy, any call is slow now and then.
        self._slow: dict[Spot, deque[datetime]] = {}
        self._open: dict[Spot, datetime] = {}
        self._saved = time.monotonic()
        self._reset_seen = self._last_reset()
        # Whether a signal may end a call; only in the worker, where nothing else runs beside it.
        self.alarm = False

    def call(self, spot: Spot, act: Callable[[], T], limit: Limit) -> T:
        """Call a hook and return its answer.

        :raise NotAskedError: the breaker is open.
        :raise PluginFailedError: it failed, and that was counted.
        """
        if self._open and self.is_open(spot):
            raise NotAskedError
        count = self.counts.get((spot.plugin, spot.hook))
        if count is None:
            count = self.counts[spot.plugin, spot.hook] = Count()
        begun = time.perf_counter()
        error: BaseException | None = None
        try:
            with _cut_off(limit.stop, alarm=self.alarm):
                return act()
        except (Exception, SystemExit, _CutOffError) as failure:
            error = failure
            raise PluginFailedError from failure
        finally:
            seconds = time.perf_counter() - begun
            count.calls += 1
            count.last_at = clock.now()
            count.seconds.append(seconds)
            if error is not None:
                self._note_failure(spot, count, _told(error), self._failed)
            elif seconds > limit.slow:
                self._note_failure(spot, count, f"slow ({seconds * 1000:.0f} ms)", self._slow)
            elif self._slow:
                self._slow.pop(spot, None)
            if time.monotonic() - self._saved > SAVE_SECONDS:
                self.save()

    def note(self, spot: Spot, error: BaseException) -> None:
        """Count a failure of what nobody asks through the guard: a page of the plugin's own."""
        count = self.counts.setdefault((spot.plugin, spot.hook), Count())
        count.calls += 1
        count.failures += 1
        count.last_at, count.last_error = clock.now(), _told(error)
        where = (spot.plugin, spot.hook, spot.organisation_id)
        logger.warning("plugin %s failed in %s, organisation %s: %s", *where, count.last_error)
        if time.monotonic() - self._saved > SAVE_SECONDS:
            self.save()

    def _note_failure(
        self, spot: Spot, count: Count, told: str, failures: dict[Spot, deque[datetime]]
    ) -> None:
        now = clock.now()
        count.failures += 1
        count.last_error = told
        where = (spot.plugin, spot.hook, spot.organisation_id)
        logger.warning("plugin %s failed in hook %s, organisation %s: %s", *where, told)
        failed = failures.setdefault(spot, deque(maxlen=FAILURES))
        failed.append(now)
        if len(failed) == FAILURES and now - failed[0] <= WITHIN:
            self._open[spot] = now + OPEN_FOR
            del failures[spot]
            self.save()
            logger.error("plugin %s, hook %s, organisation %s: not asked for 15 minutes", *where)

    def is_open(self, spot: Spot) -> bool:
        """Tell whether a hook is left alone for now."""
        self._hear_of_resets()
        until = self._open.get(spot)
        if until is None:
            return False
        if clock.now() < until:
            return True
        del self._open[spot]
        return False

    def breakers(self, plugin: str) -> list[dict[str, Any]]:
        """Return the hooks of a plugin that are left alone: where, and until when.

        :return: of all processes of this machine: ``hook``, ``organisation_id``, ``until``.
        """
        rows = [row for row in self._breaker_rows() if row["plugin"] == plugin]
        for path in self.folder.glob("*.json"):
            if path.stem != str(os.getpid()):
                rows += [row for row in _rows(path) if "until" in row and row["plugin"] == plugin]
        now = clock.now()
        latest: dict[tuple[str, str], dict[str, Any]] = {}
        for row in rows:
            until = datetime.fromisoformat(row["until"])
            key = (row["organisation_id"], row["hook"])
            if until > now and (key not in latest or latest[key]["until"] < until):
                latest[key] = {**row, "until": until}
        return [latest[key] for key in sorted(latest)]

    def _breaker_rows(self) -> list[dict[str, Any]]:
        return [
            {
                "plugin": spot.plugin,
                "hook": spot.hook,
                "organisation_id": spot.organisation_id,
                "until": until.isoformat(),
            }
            for spot, until in list(self._open.items())
            if self.is_open(spot)
        ]

    def reset(self, plugin: str) -> None:
        """Ask a plugin's hooks again: here at once, in other processes before their next call."""
        self.folder.mkdir(parents=True, exist_ok=True)
        told = f"{plugin} {clock.now().isoformat()} {os.getpid()}"
        (self.folder / RESET).write_text(told, encoding="utf-8")
        self._hear_of_resets()
        for path in self.folder.glob("*.json"):
            if path.stem != str(os.getpid()):
                _without_breakers(path, plugin)
        self.save()

    def _last_reset(self) -> str:
        try:
            return (self.folder / RESET).read_text(encoding="utf-8")
        except OSError:
            return ""

    def _hear_of_resets(self) -> None:
        """Close the breakers that the operator has reset; asked only while one is open."""
        told = self._last_reset()
        if told != self._reset_seen:
            self._reset_seen = told
            for spot in [each for each in self._open if each.plugin == told.partition(" ")[0]]:
                del self._open[spot]

    def save(self) -> None:
        """Leave this process's counts for the others to read. A full disk stops no call."""
        self._saved = time.monotonic()
        rows = [_as_row(plugin, hook, count) for (plugin, hook), count in self.counts.items()]
        rows += self._breaker_rows()
        path = self.folder / f"{os.getpid()}.json"
        fresh = path.with_suffix(".new")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            fresh.write_text(json.dumps(rows), encoding="utf-8")
            fresh.replace(path)
        except OSError as error:
            logger.warning("plugin counts were not saved (%s)", type(error).__name__)

    def everywhere(self, plugin: str) -> list[dict[str, Any]]:
        """Return a plugin's counts by hook, of all processes of this machine since yesterday."""
        rows = [_as_row(p, hook, count) for (p, hook), count in self.counts.items()]
        for path in self.folder.glob("*.json"):
            if path.stem != str(os.getpid()):
                rows += _rows(path)
        found: dict[str, dict[str, Any]] = {}
        for row in rows:
            if row["plugin"] == plugin and "calls" in row:
                found[row["hook"]] = _sum(found.get(row["hook"]), row)
        return [found[hook] for hook in sorted(found)]


def _as_row(plugin: str, hook: str, count: Count) -> dict[str, Any]:
    return {
        "plugin": plugin,
        "hook": hook,
        "calls": count.calls,
        "failures": count.failures,
        "p95_ms": count.p95_ms,
        "last_at": count.last_at.isoformat() if count.last_at else "",
        "last_error": count.last_error,
    }


def _rows(path: Path) -> list[dict[str, Any]]:
    """Return what another process counted; what is older than a day goes."""
    try:
        if time.time() - path.stat().st_mtime > REMEMBERED.total_seconds():
            path.unlink()
            return []
        rows: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):  # gone in the same moment
        return []
    return rows


def _without_breakers(path: Path, plugin: str) -> None:
    """Take a plugin's breakers out of another process's file, so that the page is right at once."""
    rows = [row for row in _rows(path) if "until" not in row or row["plugin"] != plugin]
    try:
        path.write_text(json.dumps(rows), encoding="utf-8")
    except OSError as error:
        logger.warning("breakers were not cleared from a file (%s)", type(error).__name__)


def _sum(one: dict[str, Any] | None, other: dict[str, Any]) -> dict[str, Any]:
    if one is None:
        return dict(other)
    later = max(one, other, key=lambda row: row["last_at"])
    slowest = [row["p95_ms"] for row in (one, other) if row["p95_ms"] is not None]
    return {
        **one,
        "calls": one["calls"] + other["calls"],
        "failures": one["failures"] + other["failures"],
        "p95_ms": max(slowest, default=None),
        "last_at": later["last_at"],
        "last_error": other["last_error"] or one["last_error"],
    }


def _told(error: BaseException) -> str:
    """Say what went wrong and where, without the error's words: they could name a person."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" in {frames[-1].filename}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{where}"


class _CutOffError(BaseException):
    """Ends a hook from outside; no ``except Exception`` of the hook can swallow it."""


def _cut_off(seconds: float | None, *, alarm: bool) -> AbstractContextManager[None]:
    """End what takes longer: by a timer of gevent in the web process, by a signal in the worker.

    Elsewhere nothing does, because a thread cannot be ended from outside.
    """
    if seconds is None:
        return nullcontext()
    monkey = sys.modules.get("gevent.monkey")
    if monkey is not None and monkey.is_module_patched("time"):
        return _by_gevent(seconds)
    return _by_signal(seconds) if alarm else nullcontext()


@contextmanager
def _by_gevent(seconds: float) -> Iterator[None]:
    timer = sys.modules["gevent"].Timeout(seconds, _CutOffError)
    timer.start()
    try:
        yield
    finally:
        timer.close()


@contextmanager
def _by_signal(seconds: float) -> Iterator[None]:
    """Raise in the middle of the call, and each second again should it catch that.

    An alarm that was set before, as that of the task, goes on afterwards.
    """

    def ring(_number: int, _frame: object) -> None:
        raise _CutOffError

    begun = time.monotonic()
    before = signal.signal(signal.SIGALRM, ring)
    left, _interval = signal.setitimer(signal.ITIMER_REAL, seconds, 1)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        if left:
            rest = left - (time.monotonic() - begun)
            signal.setitimer(signal.ITIMER_REAL, max(rest, 0.001))
