"""Settings of one process: at most twelve environment variables, each also readable from a file."""

from __future__ import annotations

import base64
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

KEY_BYTES = 32


class ConfigError(Exception):
    """A setting is missing, unknown or unreadable; the text says what to do, in one line."""


@dataclass(frozen=True)
class Config:
    """What a process is started with. Everything else is set in the pages, per tenant."""

    data: Path = Path("data")
    database_url: str = ""
    redis_url: str = ""
    base_url: str = "http://localhost:8000"
    keys: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    plugins: tuple[str, ...] = ()
    plugins_strict: bool = False
    ice_urls: tuple[str, ...] = ()
    turn_secret: str = field(default="", repr=False)
    smtp_url: str = field(default="", repr=False)
    proxies: int = 0
    demo: bool = False
    safe_mode: bool = False

    @property
    def plugin_names(self) -> tuple[str, ...]:
        """Return the names in the allow-list, without the fingerprints."""
        return tuple(entry.partition("@")[0] for entry in self.plugins)

    @property
    def sqlalchemy_url(self) -> str:
        """Return the database address, SQLite under the data folder unless one was given."""
        if not self.database_url:
            return f"sqlite:///{(self.data / 'portal.sqlite').absolute()}"
        return self.database_url.replace("postgresql://", "postgresql+psycopg://", 1)

    @property
    def current_key(self) -> str:
        """Return the id of the key that new values are encrypted with: the first one named."""
        return next(iter(self.keys))


def _flag(name: str, value: str) -> bool:
    if value.lower() in {"1", "yes", "true", "on"}:
        return True
    if value.lower() in {"", "0", "no", "false", "off"}:
        return False
    message = f"{name}={value!r} is neither 1 nor 0. Set {name}=1 or leave it out."
    raise ConfigError(message)


def _number(name: str, value: str) -> int:
    if value.isdecimal() and int(value) <= 8:  # noqa: PLR2004  more proxies than that is a slip
        return int(value)
    message = f"{name}={value!r} is not a number from 0 to 8: set how many proxies stand in front."
    raise ConfigError(message)


def _words(name: str, value: str) -> tuple[str, ...]:
    del name
    return tuple(word.strip() for word in value.split(",") if word.strip())


def _path(name: str, value: str) -> Path:
    del name
    return Path(value).expanduser()


def _url(*schemes: str) -> object:
    def read(name: str, value: str) -> str:
        try:
            parts = urlsplit(value)
        except ValueError:
            parts = urlsplit("")
        if parts.scheme not in schemes:
            message = f"{name} is not an address that starts with {' or '.join(schemes)}: mend it."
            raise ConfigError(message)
        return value.rstrip("/")

    return read


def _keys(name: str, value: str) -> dict[str, bytes]:
    """Read ``id:base64,id:base64``; the first one encrypts, all of them decrypt."""
    keys = {}
    for word in _words(name, value):
        key_id, _, encoded = word.partition(":")
        try:
            key = base64.b64decode(encoded, validate=True)
        except ValueError:
            key = b""
        if not key_id.isalnum() or len(key) != KEY_BYTES:
            message = f"{name} must be id:base64 of 32 bytes, e.g. k1:$(openssl rand -base64 32)."
            raise ConfigError(message)
        keys[key_id] = key
    return keys


def _text(name: str, value: str) -> str:
    del name
    return value


# Environment name -> (field, reader). A test holds the number at twelve.
VARIABLES = {
    "PORTAL_DATA": ("data", _path),
    "PORTAL_DATABASE_URL": ("database_url", _url("postgresql", "sqlite")),
    "PORTAL_REDIS_URL": ("redis_url", _url("redis", "rediss", "unix")),
    "PORTAL_BASE_URL": ("base_url", _url("http", "https")),
    "PORTAL_KEYS": ("keys", _keys),
    "PORTAL_PLUGINS": ("plugins", _words),
    "PORTAL_PLUGINS_STRICT": ("plugins_strict", _flag),
    "PORTAL_ICE_URLS": ("ice_urls", _words),
    "PORTAL_TURN_SECRET": ("turn_secret", _text),
    "PORTAL_SMTP_URL": ("smtp_url", _url("smtp", "smtps")),
    "PORTAL_PROXIES": ("proxies", _number),
    "PORTAL_DEMO": ("demo", _flag),
}


def from_environment(environ: Mapping[str, str], **overrides: object) -> Config:
    """Read the settings of this process.

    :raise ConfigError: a ``PORTAL_*`` variable is unknown, malformed, or its file is unreadable.
    """
    values: dict[str, object] = {}
    for name in sorted(environ):
        if not name.startswith("PORTAL_"):
            continue
        plain = name.removesuffix("_FILE") if name not in VARIABLES else name
        if plain not in VARIABLES:
            message = f"{name} is not a setting of the portal. Remove it, or see docs/operators.md."
            raise ConfigError(message)
        target, read = VARIABLES[plain]
        if target in values:
            message = f"{plain} and {plain}_FILE are both set. Keep one of them."
            raise ConfigError(message)
        text = environ[name] if plain == name else _file(name, environ[name])
        if text:
            values[target] = read(plain, text)  # type: ignore[operator]
    values.update(overrides)
    return with_keys(Config(**values))  # type: ignore[arg-type]


def _file(name: str, path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        message = (
            f"{name}: cannot read {path} ({type(error).__name__}). Mend the path or its rights."
        )
        raise ConfigError(message) from error


def with_keys(config: Config) -> Config:
    """Return the settings with an encryption key, kept in the data folder unless one was given.

    :raise ConfigError: the data folder cannot be written, or its key is unreadable.
    """
    if config.keys:
        return config
    path = config.data / "keys"
    try:
        config.data.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            fresh = base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w") as stream:
                stream.write(f"k1:{fresh}\n")
        keys = _keys(str(path), path.read_text(encoding="utf-8").strip())
    except FileExistsError:  # another process of the same start made it first
        keys = _keys(str(path), path.read_text(encoding="utf-8").strip())
    except OSError as error:
        message = (
            f"PORTAL_DATA={config.data}: cannot write there ({type(error).__name__}). Mend it."
        )
        raise ConfigError(message) from error
    return Config(**{**config.__dict__, "keys": keys})
