"""Speaks Socket.IO as many pages at once, cheaply: the frames are written by hand."""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
from typing import TYPE_CHECKING, Any

from aiohttp import ClientSession, ClientTimeout, TCPConnector, WSMsgType

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from aiohttp import ClientWebSocketResponse

    Hears = Callable[[dict[str, Any]], None]

PATH = "/socket.io/?EIO=4&transport=websocket"
# As Chromium does: it offers compression, and the server may take it.
DEFLATE_WINDOW = 15
AT_ONCE = 20
PATIENCE = 15


def client_session() -> ClientSession:
    """Return a session without limits of its own; each bench is bounded by what it does."""
    return ClientSession(connector=TCPConnector(limit=0), timeout=ClientTimeout(total=60))


class Page:
    """One page's socket: it says hello, asks, and hears."""

    def __init__(self, socket: ClientWebSocketResponse, heard: Hears) -> None:
        self._socket = socket
        self._heard = heard
        self._asked: dict[str, asyncio.Future[None]] = {}
        self._count = 0
        self._joined = asyncio.get_running_loop().create_future()
        self._reader = asyncio.create_task(self._read())

    @classmethod
    async def open(
        cls,
        session: ClientSession,
        url: str,
        token: str,
        heard: Hears = lambda _message: None,
    ) -> Page:
        """Connect as a browser's page does, and wait until the server knows it."""
        socket = await session.ws_connect(url + PATH, origin=url, compress=DEFLATE_WINDOW)
        await socket.receive_str()
        page = cls(socket, heard)
        await socket.send_str("40" + json.dumps({"token": token}))
        async with asyncio.timeout(PATIENCE):
            await page._joined
            hello = {"version": "1.0", "features": ["trickle"], "session": secrets.token_hex(16)}
            await page.ask("hello", hello)
        return page

    async def ask(self, kind: str, body: dict[str, Any]) -> None:
        """Send one message and wait for its answer.

        :raise RuntimeError: the answer is an error.
        """
        self._count += 1
        number = f"b{self._count}"
        answered = asyncio.get_running_loop().create_future()
        self._asked[number] = answered
        message = {"id": number, "type": kind, kind: body}
        await self._socket.send_str("42" + json.dumps(["message", message]))
        await answered

    async def close(self) -> None:
        """Leave."""
        self._reader.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._reader
        await self._socket.close()

    async def _read(self) -> None:
        async for frame in self._socket:
            if frame.type is not WSMsgType.TEXT:
                break
            await self._take(frame.data)
        lost = RuntimeError("the server closed the socket")
        for waiting in (self._joined, *self._asked.values()):
            if not waiting.done():
                waiting.set_exception(lost)

    async def _take(self, data: str) -> None:
        if data == "2":
            await self._socket.send_str("3")
        elif data.startswith("40"):
            self._joined.set_result(None)
        elif data.startswith("44"):
            self._joined.set_exception(RuntimeError(f"refused: {data}"))
        elif data.startswith("42"):
            self._hear(json.loads(data[2:])[1])

    def _hear(self, message: dict[str, Any]) -> None:
        waiting = self._asked.pop(str(message.get("id")), None)
        if waiting is None:
            self._heard(message)
        elif message["type"] == "error":
            waiting.set_exception(RuntimeError(f"answered: {message['error']}"))
        elif not waiting.done():
            waiting.set_result(None)


async def open_all(session: ClientSession, url: str, tokens: Iterable[str]) -> list[Page]:
    """Connect many pages, a few at once, as they would come in a practice's morning."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(token: str) -> Page:
        async with gate:
            return await Page.open(session, url, token)

    return list(await asyncio.gather(*(one(token) for token in tokens)))
