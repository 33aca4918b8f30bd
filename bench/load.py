"""The load: thousands of pages in a process of their own, against two servers in turn.

Reads its job as JSON from standard input and writes what it measured, in seconds, to standard
output: ``{"arrivals": [floor rounds, subject rounds], "acknowledged": [...], "rate": [...]}``.
"""

from __future__ import annotations

import asyncio
import gc
import itertools
import json
import sys
import time
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from bench.wire import Page, client_session, open_all

if TYPE_CHECKING:
    from aiohttp import ClientSession

PATIENCE = 30
CANDIDATE = {
    "candidate": "candidate:1 1 udp 2113937151 127.0.0.1 50000 typ host generation 0 ufrag abcd",
    "sdpMid": "0",
    "sdpMLineIndex": 0,
    "usernameFragment": "abcd",
}
HEADERS = {"X-Portal-Request": "fetch", "X-Portal-Language": "de"}


class Side:
    """One server with everybody who is connected to it."""

    def __init__(self, session: ClientSession, cast: dict[str, Any], rate: int) -> None:
        self._session = session
        self._cast = cast
        self._rate = rate
        self._codes = iter(cast["codes"])
        self._heard: asyncio.Queue[str] = asyncio.Queue()
        self._pages: list[Page] = []
        self._speakers: list[tuple[Page, dict[str, Any]]] = []

    async def open(self) -> None:
        """Connect the guests who wait, both sides of the calls, and the desk."""
        url = self._cast["url"]
        self._pages = await open_all(self._session, url, self._cast["waiting"])
        for call in self._cast["calls"]:
            both = await open_all(self._session, url, call["tokens"])
            others = reversed(call["participants"])
            for page, other in zip(both, others, strict=True):
                body = {"call": call["call"], "to": other, "session": "0" * 32}
                self._speakers.append((page, {**body, "candidate": CANDIDATE}))
            self._pages += both
        self._pages.append(
            await Page.open(self._session, url, self._cast["desk"], self._desk_hears)
        )

    def _desk_hears(self, message: dict[str, Any]) -> None:
        # Guests who arrived before and opened no page are taken out of the queue meanwhile.
        changed = message.get("visit.changed", {})
        if changed.get("state") == "waiting":
            self._heard.put_nowait(changed["visit"])

    async def round(self, arrivals: int, every: float) -> tuple[list[float], ...]:
        """Let guests arrive while the calls talk; return both kinds of times, and the rate."""
        acknowledged: list[float] = []
        talking = asyncio.create_task(self._talk(acknowledged))
        await asyncio.sleep(1)
        acknowledged.clear()
        started = time.perf_counter()
        try:
            times = []
            for _ in range(arrivals):
                begun = time.perf_counter()
                times.append(await self._arrive())
                await asyncio.sleep(max(0, every - (time.perf_counter() - begun)))
        finally:
            talking.cancel()
        return times, acknowledged, [len(acknowledged) / (time.perf_counter() - started)]

    async def _arrive(self) -> float:
        """Let one guest arrive; return the seconds until the desk has the row."""
        while not self._heard.empty():
            self._heard.get_nowait()
        begun = time.perf_counter()
        async with asyncio.timeout(PATIENCE):
            row = asyncio.create_task(self._row())
            form = {"code": next(self._codes), "name": "Erika Muster", "consent": "y"}
            form["consent_version"] = self._cast["consent_version"]
            address = self._cast["url"] + "/entry/visits"
            async with self._session.post(address, data=form, headers=HEADERS) as answer:
                told = await answer.text()
                if answer.status != HTTPStatus.CREATED:
                    message = f"the arrival was answered with {answer.status}: {told[:300]}"
                    raise RuntimeError(message)
            visit, ended = await row
        if visit != json.loads(told)["visit"]:
            message = "the desk heard of somebody else"
            raise RuntimeError(message)
        return ended - begun

    async def _row(self) -> tuple[str, float]:
        """Fetch the row as soon as the desk hears of it."""
        visit = await self._heard.get()
        headers = {**HEADERS, "Authorization": f"Bearer {self._cast['desk']}"}
        address = f"{self._cast['url']}/desk/visits/{visit}"
        async with self._session.get(address, headers=headers) as answer:
            text = await answer.text()
            if visit not in text:
                message = f"the row was answered with {answer.status}: {text[:300]}"
                raise RuntimeError(message)
        return visit, time.perf_counter()

    async def _talk(self, acknowledged: list[float]) -> None:
        """Send so many messages a second; a page whose last one is not answered yet skips one."""
        silent: set[Page] = set()
        tasks: set[asyncio.Task[None]] = set()
        begun = time.perf_counter()
        for number, (page, body) in enumerate(itertools.cycle(self._speakers)):
            if page not in silent:
                silent.add(page)
                task = asyncio.create_task(self._say(page, body, acknowledged))
                tasks.add(task)
                task.add_done_callback(tasks.discard)
                task.add_done_callback(lambda _task, page=page: silent.discard(page))
            ahead = begun + number / self._rate - time.perf_counter()
            if ahead > 0:
                await asyncio.sleep(ahead)

    @staticmethod
    async def _say(page: Page, body: dict[str, Any], acknowledged: list[float]) -> None:
        begun = time.perf_counter()
        await page.ask("call.candidate", body)
        acknowledged.append(time.perf_counter() - begun)

    async def close(self) -> None:
        """Let everybody leave."""
        await asyncio.gather(*(page.close() for page in self._pages))


async def run(job: dict[str, Any]) -> dict[str, list[list[list[float]]]]:
    """Connect to both servers, then load them in turn; the first round warms up."""
    async with client_session() as session:
        sides = [Side(session, cast, job["rate"]) for cast in job["sides"]]
        for side in sides:
            await side.open()
        gc.collect()
        gc.freeze()
        rounds = [
            [await side.round(job["arrivals"], job["every"]) for side in sides]
            for _ in range(job["rounds"] + 1)
        ][1:]
        for side in sides:
            await side.close()
    return {
        kind: [[each[side][place] for each in rounds] for side in (0, 1)]
        for place, kind in enumerate(("arrivals", "acknowledged", "rate"))
    }


def main() -> None:
    """Do the job of standard input."""
    json.dump(asyncio.run(run(json.load(sys.stdin))), sys.stdout)


if __name__ == "__main__":
    main()
