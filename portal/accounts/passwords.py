"""Passwords: hashed with Argon2id, beside the hub, so that a sign-in never stops the others."""

from __future__ import annotations

import sys
import unicodedata
from base64 import b64encode
from typing import TYPE_CHECKING, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

MAX_LENGTH = 200
hasher = PasswordHasher()


def _beside_the_hub(work: Callable[[], T]) -> T:
    """Run in gevent's thread pool where the process runs on gevent; directly elsewhere."""
    monkey = sys.modules.get("gevent.monkey")
    if monkey is None or not monkey.is_module_patched("socket"):
        return work()
    import gevent

    return gevent.get_hub().threadpool.apply(work)


def normalised(password: str) -> str:
    """Return a password in one form (Unicode NFC): keyboards type the same letter in two ways."""
    return unicodedata.normalize("NFC", password)


def hash_password(password: str) -> str:
    """Return the Argon2id hash of a password, parameters included."""
    return _beside_the_hub(lambda: hasher.hash(normalised(password)))


def _nobodys() -> str:
    """Return a hash that no password has; to verify it costs as much as one of somebody's."""
    cost = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    salt, digest = (
        b64encode(bytes(length)).decode().rstrip("=")
        for length in (hasher.salt_len, hasher.hash_len)
    )
    return f"$argon2id$v=19${cost}${salt}${digest}"


def verify(password_hash: str | None, password: str) -> bool:
    """Tell whether the password fits; None for the hash takes as long and never fits."""

    def work() -> bool:
        try:
            hasher.verify(password_hash or _nobodys(), normalised(password))
        except (VerificationError, InvalidHashError):
            return False
        return password_hash is not None

    return _beside_the_hub(work)
