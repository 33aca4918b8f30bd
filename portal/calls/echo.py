"""The way to the echo peers of the technical check, and the process that runs them (CALL-14)."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
from contextlib import suppress
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l

from media.echoes import FULL, LINE, Echoes, EchoesError, Limits
from portal.errors import PortalError

if TYPE_CHECKING:
    from pathlib import Path

    from portal.config import Config

SOCKET = "echo.sock"
# The peers themselves give up a little earlier.
SECONDS = 12.0


class EchoAwayError(PortalError):
    """No echo peer runs, or it did not answer; calls do not need it."""

    code = "echo_away"
    status = 503
    sentence = _l("Der Technik-Check ist gerade nicht möglich.")
    cure = _l("Für das Gespräch brauchen Sie ihn nicht. Versuchen Sie es später noch einmal.")


class EchoFullError(EchoAwayError):
    """As many checks run as this machine may carry."""

    code = "echo_full"
    cure = _l(
        "Es prüfen gerade zu viele. Für das Gespräch brauchen Sie den Check nicht; "
        "versuchen Sie es in einer Minute noch einmal."
    )


class CannotServeError(Exception):
    """The echo peers cannot be run here; the text says why, in one line."""


def path_of(config: Config) -> Path:
    """Return where the echo peers are reached: in the data folder, which only one user opens."""
    return config.data / SOCKET


def start(config: Config, owner: str, description: dict[str, str]) -> dict[str, str]:
    """Begin a check and return the peer's answer; an earlier one of the same owner ends.

    :param owner: a random id, hexadecimal; it says whose check it is and nothing else.
    :param description: the browser's offer, with all of its addresses.
    :raise EchoAwayError: no peer runs, or none answered in time.
    :raise EchoFullError: too many checks run already.
    """
    order = {"owner": owner, "description": description}
    line = json.dumps({"type": "echo.start", "echo.start": order}).encode() + b"\n"
    try:
        body = json.loads(_ask(path_of(config), line))["echo.start"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise EchoAwayError from error
    if body.get("refused") == FULL:
        raise EchoFullError
    if "description" not in body:
        raise EchoAwayError
    answer: dict[str, str] = body["description"]
    return answer


def _ask(path: Path, line: bytes) -> bytes:
    with socket.socket(socket.AF_UNIX) as peers:
        peers.settimeout(SECONDS)
        peers.connect(str(path))
        peers.sendall(line)
        with peers.makefile("rb") as answer:
            return answer.readline(LINE)


def serve(config: Config, sessions: int | None = None) -> None:
    """Run echo peers until told to stop.

    :param sessions: how many checks at once; without it two for each core.
    :raise CannotServeError: they run already, or the data folder cannot be used.
    """
    limits = Limits(sessions) if sessions else Limits()
    stun = [url for url in config.ice_urls if url.startswith("stun:")]
    try:
        asyncio.run(_until_stopped(Echoes(path_of(config), stun, limits)))
    except EchoesError as error:
        raise CannotServeError(str(error)) from error


async def _until_stopped(echoes: Echoes) -> None:
    serving = asyncio.ensure_future(echoes.serve())
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, serving.cancel)
    with suppress(asyncio.CancelledError):
        await serving
