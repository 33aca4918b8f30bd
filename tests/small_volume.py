"""A volume of a few megabytes for the portal's data, in a child process: it can really fill up."""

from __future__ import annotations

import ctypes
import errno
import json
import os
import traceback
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from portal.extensions import db
from tests import databases

if TYPE_CHECKING:
    from collections.abc import Callable

NEW_MOUNTS, PRIVATE, RECURSIVE = 0x20000, 0x40000, 0x4000
PIECE = 64 * 1024

_libc = ctypes.CDLL(None, use_errno=True)


def on_small_volume(size: int, work: Callable[[Path], Any]) -> Any:
    """Work in a child process whose database lies on a volume of so many bytes.

    :param work: gets the folder of the volume; what it returns comes back, as JSON carries it.
    :return: its answer, or ``{"hindrance": ...}`` in words where no volume can be made.
    """
    path = Path(str(db.engine.url.database))
    db.session.remove()
    db.engine.dispose()  # what SQLite remembers of its locks is not true in a child
    rows = databases.content(path)
    heard, told = os.pipe()
    child = os.fork()
    if child == 0:
        answer: Any = {"fault": "it ended early"}
        try:
            answer = {"hindrance": _mount(path.parent, size)}
            if not answer["hindrance"]:
                path.write_bytes(rows)
                answer = work(path.parent)
        except BaseException:  # noqa: BLE001  the parent tells it
            answer = {"fault": traceback.format_exc()}
        finally:
            with os.fdopen(told, "w") as pipe:
                json.dump(answer, pipe)
            os._exit(0)
    os.close(told)
    with os.fdopen(heard) as pipe:
        answer = json.load(pipe)
    os.waitpid(child, 0)
    return answer


def _mount(folder: Path, size: int) -> str:
    """Put an empty volume over a folder, seen by this process alone; return why it cannot be."""
    if _libc.unshare(NEW_MOUNTS) or _libc.mount(b"none", b"/", None, RECURSIVE | PRIVATE, None):
        return f"No mounts of its own: {os.strerror(ctypes.get_errno())}"
    if _libc.mount(b"tmpfs", str(folder).encode(), b"tmpfs", 0, f"size={size}".encode()):
        return f"No volume can be mounted: {os.strerror(ctypes.get_errno())}"
    return ""


def fill(folder: Path, left: int) -> Path:
    """Fill a volume but for so many bytes; return the file that fills it."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        with suppress(OSError) as _:
            while True:
                file.write(b"x" * PIECE)
        file.truncate(max(0, file.tell() - left))
    return ballast


def is_full(folder: Path) -> bool:
    """Tell whether not even one piece fits any more."""
    probe = folder / "probe"
    try:
        with probe.open("wb", buffering=0) as file:
            return file.write(b"x" * PIECE) < PIECE
    except OSError as error:
        return error.errno == errno.ENOSPC
    finally:
        probe.unlink(missing_ok=True)
