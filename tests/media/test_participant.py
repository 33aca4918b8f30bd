"""The participant without a browser, against the engine itself behind a small socket server."""

from __future__ import annotations

import asyncio
import dataclasses
import socket
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
import socketio
import uvicorn

from media.connection import Connection
from media.errors import EngineError
from media.messages import failure, identity, wire
from media.participant import Participant, RefusedError
from media.relay import Member, Relay, Seat

PATIENCE = 60
CALL = "ca11" + "0" * 28
ICE = {"servers": [], "relay_only": False}
TOKENS = {name: name * 32 for name in "abc"}


class Members:
    """Who is in the one call; each answers for the one who asks."""

    def __init__(self):
        self.all = {each: Member(each, "Erika Muster", "guest") for each in TOKENS.values()}

    def of(self, me):
        def seat(call, session=None):
            if call != CALL or me not in self.all:
                return None
            if session:
                self.all[me] = dataclasses.replace(self.all[me], session=session)
            others = tuple(each for each in self.all.values() if each.participant != me)
            return Seat(self.all[me], others)

        def depart(call):
            found = seat(call)
            self.all.pop(me)
            return found

        return type("Of", (), {"seat": seat, "enter": seat, "depart": depart})


class Desk:
    """What the portal does with the messages of a call, and nothing else."""

    def __init__(self, server):
        self.server, self.members = server, Members()
        self.connections, self.speakers = {}, {}
        server.on("connect", self.connect)
        server.on("message", self.message)

    async def connect(self, sid, _environ, auth):
        if auth["token"] not in self.members.all:
            raise ConnectionRefusedError
        self.connections[sid], self.speakers[sid] = Connection(), auth["token"]
        await self.server.enter_room(sid, auth["token"])

    async def message(self, sid, raw):
        try:
            answer, deliveries = self.handle(sid, self.connections[sid].read(raw))
        except EngineError as error:
            answer, deliveries = failure(error, identity(raw)), ()
        for each in deliveries:
            await self.server.emit("message", wire(each.message), to=each.participant)
        if answer:
            await self.server.emit("message", wire(answer), to=sid)

    def handle(self, sid, said):
        if said.type == "hello":
            return self.connections[sid].greet(said, ICE, datetime.now(UTC)), ()
        outcome = Relay(self.members.of(self.speakers[sid]), lambda _: ICE).handle(said)
        return outcome.answer, outcome.deliveries


@asynccontextmanager
async def serving():
    """Serve the call on this machine; return where."""
    server = socketio.AsyncServer(async_mode="asgi", cors_allowed_origins="*")
    Desk(server)
    with socket.create_server(("127.0.0.1", 0)) as listens:
        app = socketio.ASGIApp(server)
        web = uvicorn.Server(uvicorn.Config(app, log_level="warning", ws="wsproto"))
        task = asyncio.create_task(web.serve([listens]))
        await eventually(lambda: web.started)
        try:
            yield f"http://127.0.0.1:{listens.getsockname()[1]}"
        finally:
            web.should_exit = True
            await task


async def eventually(happens):
    async with asyncio.timeout(PATIENCE):
        while not happens():  # noqa: ASYNC110  neither tells when
            await asyncio.sleep(0.01)


def all_hear(*people):
    return all(
        len(one.others) == len(people) - 1
        and all(other.is_heard and other.is_up for other in one.others.values())
        for one in people
    )


def test_three_hear_each_other_and_whoever_comes_back_is_heard_again():
    async def story():
        async with serving() as url:
            anna, bert, carla = [
                await Participant.join(url, token, CALL) for token in TOKENS.values()
            ]
            await eventually(lambda: all_hear(anna, bert, carla))
            # A page that is loaded again is another session of the same participant.
            await bert.close()
            bert = await Participant.join(url, TOKENS["b"], CALL)
            await eventually(lambda: all_hear(anna, bert, carla))
            anna.others[TOKENS["b"]].say("control", "Guten Tag")
            await eventually(lambda: "Guten Tag" in bert.others[TOKENS["a"]].words)
            await carla.leave()
            await eventually(lambda: all_hear(anna, bert))
            for one in (anna, bert):
                await one.close()

    asyncio.run(story())


@pytest.mark.parametrize(
    ("token", "call", "code"), [("x" * 32, CALL, "token"), (TOKENS["a"], "0" * 32, "not_joined")]
)
def test_who_belongs_to_no_call_is_refused(token, call, code):
    async def story():
        async with serving() as url:
            with pytest.raises(RefusedError, match=code):
                await Participant.join(url, token, call)

    asyncio.run(story())
