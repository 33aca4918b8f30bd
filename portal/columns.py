"""Column types: times in UTC, and values that are encrypted before they are stored."""

from __future__ import annotations

import hmac
import secrets
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import current_app
from sqlalchemy import DateTime, Text
from sqlalchemy.types import TypeDecorator

if TYPE_CHECKING:
    from sqlalchemy import Dialect

NONCE_BYTES = 12


class UtcDateTime(TypeDecorator[datetime]):
    """A point in time: aware in Python, UTC in the database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a time without a zone, and store it as UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            message = "A time without a zone cannot be stored."
            raise ValueError(message)
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the time aware and in UTC."""
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class UnreadableError(Exception):
    """A stored value cannot be decrypted: its key is missing, or the value was changed."""


class Encrypted(TypeDecorator[str]):
    """A text that only this installation can read: AES-256-GCM, key id in front.

    The name of the column is bound to the value, so that it cannot be moved to another column.
    Stored as ``key id:nonce and ciphertext in hex``.

    :param place: ``table.column``, as in the data declaration.
    """

    impl = Text
    cache_ok = True

    def __init__(self, place: str) -> None:
        super().__init__()
        self.place = place

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Encrypt with the current key."""
        del dialect
        return None if value is None else encrypt(value, self.place)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> str | None:  # noqa: ANN401
        """Decrypt with the key that the value names."""
        del dialect
        return None if value is None else decrypt(value, self.place)


def encrypt(text: str, place: str) -> str:
    """Return a text encrypted for one place."""
    config = current_app.extensions["portal_config"]
    nonce = secrets.token_bytes(NONCE_BYTES)
    sealed = AESGCM(config.keys[config.current_key]).encrypt(nonce, text.encode(), place.encode())
    return f"{config.current_key}:{(nonce + sealed).hex()}"


def decrypt(stored: str, place: str) -> str:
    """Return the text that was encrypted for one place.

    :raise UnreadableError: the key is not configured, or the value or its place was changed.
    """
    key_id, _, sealed = stored.partition(":")
    try:
        key = current_app.extensions["portal_config"].keys[key_id]
        raw = bytes.fromhex(sealed)
        return AESGCM(key).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], place.encode()).decode()
    except (KeyError, ValueError, InvalidTag) as error:
        message = f"{place} cannot be read with the configured keys."
        raise UnreadableError(message) from error


def blind_index(text: str, purpose: str) -> str:
    """Return a keyed hash to look a secret value up by (HMAC-SHA256, 64 hex characters).

    The oldest key makes it, so that an index survives the rotation of the current one.
    """
    config = current_app.extensions["portal_config"]
    key = config.keys[list(config.keys)[-1]]
    return hmac.new(key, f"{purpose}\0{text}".encode(), sha256).hexdigest()
