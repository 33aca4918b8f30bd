"""Hands connections on from one address to another: the way into a network of our own.

A browser may use camera and microphone on ``localhost`` only, and a portal for tests listens there
only; between two networks one of these stands at each end.
"""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress

PIECE = 64 * 1024


async def forward(here: str, there: str) -> None:
    """Listen at one address, given as ``host:port``, and connect each caller with the other."""

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            answers, asks = await asyncio.open_connection(*_parts(there))
        except OSError:
            writer.close()
            return
        await asyncio.gather(_pass(reader, asks), _pass(answers, writer))

    server = await asyncio.start_server(meet, *_parts(here))
    await server.serve_forever()


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while piece := await reader.read(PIECE):
            writer.write(piece)
            await writer.drain()
    writer.close()


def _parts(address: str) -> tuple[str, int]:
    host, _, port = address.rpartition(":")
    return host, int(port)


if __name__ == "__main__":
    asyncio.run(forward(*sys.argv[1:3]))
