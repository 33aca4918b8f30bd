"""The format of a backup: rows of each table as JSON, in a tar, encrypted by age.

It is the same for SQLite and PostgreSQL, so that a backup of the one can be restored into the
other. Nothing is written to the disk in clear: the tar flows into age through a pipe. The last
member says what was to be there, so a torn file is found. ``age -d`` and ``tar`` open it as well.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import tarfile
import threading
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, BinaryIO

import pyrage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

FORMAT = 1
MANIFEST = "manifest.json"
ROWS_AT_ONCE = 5_000


class BackupError(Exception):
    """A backup cannot be made, read or restored; the text is one line that says what to do."""


def as_json(value: Any) -> Any:  # noqa: ANN401  a column of any type
    """Return a value of the database as JSON can hold it."""
    if value is None or isinstance(value, str | int | float | bool):
        return value
    if isinstance(value, dict | list):
        return {"json": value}
    if isinstance(value, datetime):
        return {"datetime": (value if value.tzinfo else value.replace(tzinfo=UTC)).isoformat()}
    if isinstance(value, date):
        return {"date": value.isoformat()}
    if isinstance(value, Decimal):
        return {"decimal": str(value)}
    if isinstance(value, bytes | memoryview):
        return {"bytes": base64.b64encode(bytes(value)).decode()}
    message = f"a value of type {type(value).__name__} cannot be kept."
    raise BackupError(message)


def from_json(value: Any, *, aware: bool) -> Any:  # noqa: ANN401  as above
    """Return a value for the database.

    :param aware: whether the database keeps times with their zone (PostgreSQL), or plain in UTC.
    """
    if not isinstance(value, dict):
        return value
    ((kind, text),) = value.items()
    if kind == "json":
        return text
    if kind == "datetime":
        at = datetime.fromisoformat(text).astimezone(UTC)
        return at if aware else at.replace(tzinfo=None)
    readers: dict[str, Callable[[str], Any]] = {
        "date": date.fromisoformat,
        "decimal": Decimal,
        "bytes": base64.b64decode,
    }
    return readers[kind](text)


def recipient(text: str) -> pyrage.x25519.Recipient:
    """Return whom a backup is encrypted for.

    :raise BackupError: it is no public key of age.
    """
    try:
        return pyrage.x25519.Recipient.from_str(text.strip())
    except pyrage.RecipientError as error:
        message = f"{text[:20]!r} is no recipient; `portal backup key` prints one (age1...)."
        raise BackupError(message) from error


def identity(path: Path) -> pyrage.x25519.Identity:
    """Read the key that opens backups, as ``portal backup key`` or ``age-keygen`` wrote it.

    :raise BackupError: the file cannot be read, or holds no such key.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        (key,) = [line.strip() for line in lines if line.startswith("AGE-SECRET-KEY-")]
        return pyrage.x25519.Identity.from_str(key)
    except (OSError, ValueError, pyrage.IdentityError) as error:
        message = f"{path} holds no key of age (AGE-SECRET-KEY-...)."
        raise BackupError(message) from error


class _Counted:
    """A pipe that knows how much went through, which is all that a tar asks of a file."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._written = 0

    def write(self, content: bytes) -> int:
        """Pass bytes on."""
        self._written += len(content)
        return self._stream.write(content)

    def tell(self) -> int:
        """Return how many went through."""
        return self._written


class Writer:
    """Writes members into a backup, and notes what it wrote."""

    def __init__(self, stream: BinaryIO) -> None:
        counted: Any = _Counted(stream)
        self._tar = tarfile.TarFile(fileobj=counted, mode="w")
        self.hashes: dict[str, str] = {}

    def add(self, name: str, content: bytes) -> None:
        """Write one member."""
        member = tarfile.TarInfo(name)
        member.size = len(content)
        member.mode = 0o600
        self._tar.addfile(member, io.BytesIO(content))
        self.hashes[name] = hashlib.sha256(content).hexdigest()

    def finish(self, manifest: dict[str, Any]) -> None:
        """Write the manifest and the end."""
        whole = {**manifest, "format": FORMAT, "members": self.hashes}
        self.add(MANIFEST, json.dumps(whole, indent=1).encode())
        self._tar.close()


class _Aside:
    """Something that runs beside, and whose failure is told when it is waited for."""

    def __init__(self, act: Callable[[], None]) -> None:
        self.error: BaseException | None = None
        self._act = act
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._act()
        except BaseException as error:  # noqa: BLE001  told to the one who waits
            self.error = error

    def wait(self) -> BaseException | None:
        """Wait until it is over, and return what went wrong."""
        self._thread.join()
        return self.error


@contextmanager
def writing(path: Path, to: list[pyrage.x25519.Recipient]) -> Iterator[Writer]:
    """Write a backup; the file has its name only once it is whole and on the disk.

    :raise BackupError: the file cannot be written, for instance because the disk is full.
    """
    part = path.with_name(f"{path.name}.part")
    read_end, write_end = os.pipe()

    def encrypt() -> None:
        with os.fdopen(read_end, "rb") as clear, part.open("wb") as sealed:
            os.fchmod(sealed.fileno(), 0o600)
            pyrage.encrypt_io(clear, sealed, to)
            sealed.flush()
            os.fsync(sealed.fileno())

    aside = _Aside(encrypt)
    try:
        try:
            with os.fdopen(write_end, "wb") as stream:
                yield Writer(stream)
        except OSError as error:  # the pipe broke; the other end knows why
            raise _unwritten(path, aside.wait() or error) from error
        if failed := aside.wait():
            raise _unwritten(path, failed) from failed
        part.replace(path)
    finally:
        aside.wait()
        part.unlink(missing_ok=True)


def _unwritten(path: Path, error: BaseException) -> BackupError:
    return BackupError(f"{path} cannot be written: {error}. Nothing was left there.")


@contextmanager
def reading(path: Path, key: pyrage.x25519.Identity) -> Iterator[tarfile.TarFile]:
    """Open a backup; what comes out of it is whole once the last member was read.

    :raise BackupError: the key is another one, or the file was changed or cut off.
    """
    read_end, write_end = os.pipe()

    def decrypt() -> None:
        with os.fdopen(write_end, "wb") as clear, path.open("rb") as sealed:
            pyrage.decrypt_io(sealed, clear, [key])

    aside = _Aside(decrypt)
    try:
        with os.fdopen(read_end, "rb") as stream:
            with tarfile.open(fileobj=stream, mode="r|") as tar:
                yield tar
            while stream.read(1 << 16):  # what age says of the end counts
                pass
    except (tarfile.TarError, EOFError, OSError) as error:
        raise BackupError(_why(path, aside.wait() or error)) from error
    if failed := aside.wait():
        raise BackupError(_why(path, failed)) from failed


def _why(path: Path, error: BaseException) -> str:
    if isinstance(error, FileNotFoundError):
        return f"{path} does not exist."
    if "No matching keys" in str(error):
        return f"{path} was encrypted for another key than this one."
    return f"{path} is no backup, or was changed or cut off: {error}"


def members(tar: tarfile.TarFile) -> Iterator[tuple[str, bytes]]:
    """Yield name and content of each member, in their order."""
    for member in tar:
        stream = tar.extractfile(member)
        if stream is not None:
            yield member.name, stream.read()


def checked(manifest: dict[str, Any] | None, hashes: dict[str, str]) -> dict[str, Any]:
    """Return a manifest whose members are all there, as they were written.

    :raise BackupError: they are not, or another version of the portal wrote it.
    """
    if manifest is None:
        message = "The backup has no manifest: it was cut off."
        raise BackupError(message)
    if manifest.get("format") != FORMAT:
        message = f"The backup has format {manifest.get('format')}; this portal reads {FORMAT}."
        raise BackupError(message)
    wrong = sorted(
        name
        for name in {*manifest["members"], *hashes}
        if manifest["members"].get(name) != hashes.get(name)
    )
    if wrong:
        message = f"Parts of the backup are missing or changed: {', '.join(wrong[:5])}."
        raise BackupError(message)
    return manifest
