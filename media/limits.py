"""Keeps one socket from talking more than a call needs."""

from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic

RATE = 20.0
BURST = 60.0
MAX_MESSAGE = 64 * 1024
MAX_DEPTH = 8


@dataclass(slots=True)
class TokenBucket:
    """Lets ``burst`` messages through at once and ``rate`` a second from then on."""

    rate: float = RATE
    burst: float = BURST
    clock: Callable[[], float] = monotonic
    _tokens: float = field(init=False)
    _filled: float = field(init=False)

    def __post_init__(self) -> None:
        self._tokens = self.burst
        self._filled = self.clock()

    def take(self) -> bool:
        """Say whether one more message is allowed now, and count it if so."""
        now = self.clock()
        # A clock that is set back must not drain the bucket.
        self._tokens = min(self.burst, self._tokens + max(0.0, now - self._filled) * self.rate)
        self._filled = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


def fits(value: object, budget: int = MAX_MESSAGE) -> bool:
    """Say whether a decoded message is within the limit, without writing it out again.

    The transport bounds the frame before it is decoded; this is the second line behind it.
    """
    return _spend(value, budget, MAX_DEPTH) >= 0


def _spend(value: object, budget: int, depth: int) -> int:
    if depth < 0 or budget < 0:
        return -1
    if isinstance(value, str):
        return budget - len(value.encode("utf-8", "surrogatepass")) - 2
    if isinstance(value, bytes | bytearray):
        return -1
    if isinstance(value, dict):
        for key, item in value.items():
            budget = _spend(item, _spend(key, budget, depth - 1), depth - 1)
        return budget
    if isinstance(value, list):
        for item in value:
            budget = _spend(item, budget - 1, depth - 1)
        return budget
    return budget - 8
