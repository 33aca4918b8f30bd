"""A mesh of participants without browsers, who join one call of a real portal and stay in it.

Subject: ``media/participant.py``, nine of them in three processes, each by the portal's socket,
with sound (20 ms ten times a second, as of people who are silent most of the time) and data.
Counted is from the first one's connecting until everybody has heard sound and a word of everybody
else; then how many of the links no longer carry sound when the call has gone on for two minutes.
Floor: as many connections of the same kind in as many processes, both ends of each in one process,
descriptions handed over there.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench import servers
from bench.figures import Figure
from media.participant import Other, Participant

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

PEOPLE, SECONDS, PROCESSES = 9, 120.0, 3
EVERY = 0.1
LAST = 2.0
PATIENCE = 120
NO_ICE: dict[str, Any] = {"servers": [], "relay_only": False}


def measure(
    people: int = PEOPLE, seconds: float = SECONDS, processes: int = PROCESSES
) -> list[Figure]:
    """Return how long it takes until all hear all, and how many links are lost."""
    links = people * (people - 1)
    with tempfile.TemporaryDirectory() as folder:
        call, tokens = _filled(Path(folder), people)
        pairs = links // 2
        shares = [pairs // processes + (each < pairs % processes) for each in range(processes)]
        floor = _run([{"pairs": share} for share in shares])
        with servers.portal(Path(folder)) as portal:
            subject = _run(
                [
                    {
                        "url": portal.url,
                        "call": call,
                        "tokens": tokens[each::processes],
                        "others": people - 1,
                        "seconds": seconds,
                    }
                    for each in range(processes)
                ]
            )
    name = f"mesh of {people} without browsers"
    lost = float(links - sum(each["up"] for each in subject))
    return [
        Figure(f"{name}, until all hear all", _taken(subject), "s", _taken(floor)),
        Figure(f"{name}, links lost in {seconds:g} s", lost, "links", None, "value <= 0", links),
    ]


def _filled(data: Path, people: int) -> tuple[str, Sequence[str]]:
    """Fill a portal with a call of so many; return the call and everybody's token."""
    # The processes of the participants run this file too, and have no use for the portal.
    from bench import practice as making
    from portal import create_app
    from portal.config import Config, with_keys
    from portal.operations.database import upgrade
    from portal.tenants.scope import tenant_scope

    app = create_app(with_keys(Config(data=data)))
    upgrade(app)
    with app.app_context():
        organisation_id = making.make_organisation()
    with app.app_context(), tenant_scope(organisation_id):
        practice = making.make_practice(organisation_id)
        made = making.add_call(practice, making.add_codes(practice, people - 1))
    return made.call, made.tokens


def _run(jobs: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Let processes do their shares at the same time; return what each tells."""
    command = [sys.executable, "-m", "bench.participants"]
    running = []
    for job in jobs:
        pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        process = subprocess.Popen(command, text=True, **pipes)
        process.stdin.write(json.dumps(job) + "\n")
        process.stdin.flush()
        running.append(process)
    try:
        for process in running:
            process.stdout.readline()
        for process in running:
            process.stdin.write("go\n")
            process.stdin.close()
        told = [json.loads(process.stdout.read()) for process in running]
    finally:
        for process in running:
            process.kill()
            process.wait()
            process.stdout.close()
    return told


def _taken(told: Sequence[dict[str, Any]]) -> float:
    """Return the seconds from the first beginning to the last end."""
    return max(each["ended"] for each in told) - min(each["begun"] for each in told)


async def _join(job: dict[str, Any]) -> dict[str, Any]:
    """Join with a share of the people, stay, and tell how it went."""
    begun = time.time()
    people = [
        await Participant.join(job["url"], token, job["call"], EVERY) for token in job["tokens"]
    ]

    def links() -> list[Other]:
        return [other for person in people for other in person.others.values()]

    await _until(lambda: _all_heard(links(), job["others"] * len(people)))
    ended = time.time()
    await asyncio.sleep(job["seconds"])
    before = {other: other.sounds for other in links()}
    await asyncio.sleep(LAST)
    up = sum(other.is_up and other.sounds > sounds for other, sounds in before.items())
    # The others still listen while this process looks.
    await asyncio.sleep(LAST)
    for person in people:
        await person.close()
    return {"begun": begun, "ended": ended, "up": up}


async def _pair(job: dict[str, Any]) -> dict[str, Any]:
    """Connect a share of the bare pairs."""
    begun = time.time()
    pairs = [[Other(None, NO_ICE, EVERY) for _ in range(2)] for _ in range(job["pairs"])]
    for one, other in pairs:
        answer = await other.answer((await one.offer())["sdp"])
        await one.take(answer["sdp"])
    links = [*itertools.chain(*pairs)]
    await _until(lambda: _all_heard(links, len(links)))
    ended = time.time()
    for link in links:
        await link.close()
    return {"begun": begun, "ended": ended}


def _all_heard(links: Sequence[Other], count: int) -> bool:
    return len(links) == count and all(other.is_heard for other in links)


async def _until(happens: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not happens():  # noqa: ASYNC110  many links are looked at, none tells
            await asyncio.sleep(0.01)


def main() -> None:
    """Do the job of the first line, when the second one comes."""
    job = json.loads(sys.stdin.readline())
    print("ready", flush=True)
    sys.stdin.readline()
    print(json.dumps(asyncio.run(_pair(job) if "pairs" in job else _join(job))), flush=True)


if __name__ == "__main__":
    main()
