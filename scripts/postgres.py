#!/usr/bin/env python3
"""Runs a command beside a PostgreSQL that lives in a temporary folder and goes with the command.

    scripts/postgres.py pytest tests

The command finds the address in PORTAL_TEST_DATABASE_URL. If that is set already, the server it
names is used and none is started. ``--find`` prints the folder of PostgreSQL's programs.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterator

ADDRESS = "PORTAL_TEST_DATABASE_URL"
START_SECONDS = 60
# The cluster is thrown away, so nothing needs to survive a power cut.
SETTINGS = {
    "autovacuum": "off",
    "fsync": "off",
    "full_page_writes": "off",
    "listen_addresses": "",
    "max_connections": "200",
    "synchronous_commit": "off",
    "timezone": "UTC",
}


def find_programs() -> Path:
    """Return the folder that holds initdb and postgres, the newest if there are several."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=_version)
    if installed:
        return installed[-1].parent
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    sys.exit("postgres: PostgreSQL is not installed. As root: apt-get install postgresql")


def _version(initdb: Path) -> float:
    return float(initdb.parent.parent.name)


def _owner() -> dict[str, object]:
    """Return who runs the server: PostgreSQL refuses root, so root lends it Debian's account."""
    if os.geteuid() != 0:
        return {}
    try:
        account = pwd.getpwnam("postgres")
    except KeyError:
        sys.exit("postgres: root needs the account `postgres`, which Debian's package brings.")
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


@contextmanager
def server(programs: Path) -> Iterator[str]:
    """Start an empty server in a new folder, give its address, and remove all of it."""
    owner = _owner()
    # /tmp, because a socket's path may not be long and the other account must reach it.
    folder = Path(tempfile.mkdtemp(prefix="portal-postgres-", dir="/tmp"))
    process = None
    try:
        if owner:
            shutil.chown(folder, owner["user"], owner["group"])
        process = _start(programs, folder, owner)
        yield f"postgresql://postgres@/postgres?host={quote(str(folder), safe='')}"
    finally:
        if process:
            _stop(process)
        shutil.rmtree(folder, ignore_errors=True)


def _start(programs: Path, folder: Path, owner: dict[str, object]) -> subprocess.Popen[bytes]:
    data, log = folder / "data", folder / "log"
    initdb = [programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "--no-sync"]
    initdb += ["--encoding=UTF8", "--locale=C.UTF-8"]
    made = subprocess.run(initdb, cwd=folder, capture_output=True, text=True, check=False, **owner)
    if made.returncode:
        sys.exit(f"postgres: the database was not made.\n{made.stderr}")
    settings = SETTINGS | {"unix_socket_directories": str(folder)}
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    with log.open("wb") as out:
        # A session of its own: Ctrl-C reaches this script, which then stops the server in order.
        process = subprocess.Popen(
            [programs / "postgres", "-D", data, *options],
            cwd=folder,
            stdout=out,
            stderr=out,
            start_new_session=True,
            **owner,
        )
    ready = [programs / "pg_isready", "-q", "-h", folder, "-U", "postgres"]
    deadline = time.monotonic() + START_SECONDS
    while subprocess.run(ready, check=False).returncode:
        if process.poll() is not None or time.monotonic() > deadline:
            _stop(process)
            sys.exit(f"postgres: the server did not start.\n{log.read_text(errors='replace')}")
        time.sleep(0.1)
    return process


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        # PostgreSQL's "immediate" shutdown: the data is about to be deleted.
        process.send_signal(signal.SIGQUIT)
        process.wait(timeout=30)


def _leave(number: int, _frame: object) -> None:
    sys.exit(128 + number)


def main(command: list[str]) -> int:
    """Run the command beside a server, and return its exit status."""
    if command == ["--find"]:
        print(find_programs())
        return 0
    if not command:
        sys.exit(__doc__)
    if os.environ.get(ADDRESS):
        return subprocess.run(command, check=False).returncode
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _leave)
    with server(find_programs()) as address:
        child = subprocess.Popen(command, env=os.environ | {ADDRESS: address})
        try:
            return child.wait()
        except KeyboardInterrupt:
            child.wait()
            return 130
        finally:
            if child.poll() is None:
                child.terminate()
                child.wait(timeout=30)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
