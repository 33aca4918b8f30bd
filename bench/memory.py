"""Memory of one waiting guest: what the web process grows by when 1,000 of them connect.

Each guest's page opens its socket as Chromium does (compression offered), says hello, and waits.
Counted is the resident memory of the serving process before and after, once it has settled. Twenty
pages come and go first, so that what every process needs once is not counted. The floor is the same
on the bare peer; each run starts fresh processes, because Python keeps memory that it had.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from bench import servers
from bench.figures import Figure, middle
from bench.wire import client_session, open_all

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.servers import Server

GUESTS, RUNS = 1_000, 3
FIRST = 20
SETTLES = 3.0
LONGEST = 120


def measure(guests: int = GUESTS, runs: int = RUNS, settles: float = SETTLES) -> list[Figure]:
    """Return the memory of one guest in KB."""
    # The process that opens the pages runs this file too, and has no use for the portal.
    from bench import arrival

    subject, floor = [], []
    with tempfile.TemporaryDirectory() as folder:
        tokens = arrival.filled(Path(folder), guests, 0)["waiting"]
        for _ in range(runs):
            with servers.bare() as server:
                floor.append(_grown(server, tokens, settles))
            with servers.portal(Path(folder)) as server:
                subject.append(_grown(server, tokens, settles))
    name = f"memory of a waiting guest, {guests:,} at once"
    return [Figure(name, middle(subject), "KB", middle(floor), "value <= 70", runs)]


def _grown(server: Server, tokens: Sequence[str], settles: float) -> float:
    """Return by how many KB the server grows for each page, opened by a process beside."""
    job = json.dumps([server.url, tokens, server.pid, settles])
    command = [sys.executable, "-m", "bench.memory"]
    done = subprocess.run(
        command, input=job, stdout=subprocess.PIPE, text=True, timeout=LONGEST, check=True
    )
    return float(done.stdout) / len(tokens)


async def _open(url: str, tokens: Sequence[str], pid: int, settles: float) -> float:
    async with client_session() as session:
        for page in await open_all(session, url, tokens[:FIRST]):
            await page.close()
        await asyncio.sleep(settles)
        before = servers.resident(pid)
        pages = await open_all(session, url, tokens)
        await asyncio.sleep(settles)
        grown = servers.resident(pid) - before
        for page in pages:
            await page.close()
    return grown


def main() -> None:
    """Open the pages of standard input and print by how many KB the server grew."""
    sys.stdout.write(str(asyncio.run(_open(*json.load(sys.stdin)))))


if __name__ == "__main__":
    main()
