"""A participant without a browser: joins a call over the real socket, with sound and data only.

For tests and load. It speaks SIGNALLING.md as a page does: ``hello``, ``call.join``, an offer to
everybody who is there, an answer to everybody who comes later. It shows no picture and takes none.
"""

from __future__ import annotations

import asyncio
import json
import re
import secrets
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from aiortc import (
    AudioStreamTrack,
    RTCConfiguration,
    RTCIceServer,
    RTCPeerConnection,
    RTCSessionDescription,
)
from aiortc.mediastreams import MediaStreamError
from aiortc.sdp import candidate_from_sdp
from simple_websocket import AioClient, ConnectionClosed

from media.connection import FEATURES, VERSION
from media.messages import Message, wire

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from aiortc import MediaStreamTrack, RTCDataChannel

PATH = "/socket.io/?EIO=4&transport=websocket"
ANSWERS_WITHIN_SECONDS = 15.0
CONNECT = "connect"
# As pages number them, so that no channel waits for the other side's announcement.
CHANNELS = {"control": 0, "chat": 1, "board": 2}
PICTURES = 2
STATE = json.dumps({"type": "state", "audio": True, "camera": False, "screen": False})
# aiortc adds fingerprints of further hashes; the engine lets exactly one pass.
FURTHER = re.compile(r"a=fingerprint:sha-(?:384|512) [^\r]+\r\n")


class RefusedError(Exception):
    """The server refused a message, or closed the socket; the text is its code."""


class Murmur(AudioStreamTrack):
    """Silence of 20 ms each, one after the other, or with longer pauses as who is silent sends.

    :param every: seconds from one to the next.
    """

    def __init__(self, every: float) -> None:
        super().__init__()
        self._every = every

    async def recv(self) -> Any:  # noqa: ANN401  av's frame
        """Return the next 20 ms."""
        frame: Any = await super().recv()
        if self._every > frame.samples / frame.sample_rate:
            await asyncio.sleep(self._every)
        return frame


class Other:
    """The connection to one other participant.

    :ivar sounds: how many pieces of sound came.
    :ivar words: what came over ``control``.
    """

    def __init__(self, session: str | None, ice: Mapping[str, Any], every: float) -> None:
        servers = [RTCIceServer(**server) for server in ice["servers"]]
        self.session = session
        self.connection = RTCPeerConnection(RTCConfiguration(iceServers=servers))
        self.sounds = 0
        self.words: list[str] = []
        self._listens: asyncio.Task[None] | None = None
        self.connection.on("track", self._listen)
        self._channels = {label: self._channel(label) for label in CHANNELS}
        self._murmur = Murmur(every)

    def _channel(self, label: str) -> RTCDataChannel:
        channel = self.connection.createDataChannel(label, negotiated=True, id=CHANNELS[label])
        if label == "control":
            channel.on("open", lambda: channel.send(STATE))
            channel.on("message", lambda said: self.words.append(str(said)))
        return channel

    @property
    def is_heard(self) -> bool:
        """Whether sound and a word have come from the other side."""
        return self.sounds > 0 and bool(self.words)

    @property
    def is_up(self) -> bool:
        """Whether the connection stands now."""
        return bool(self.connection.connectionState == "connected")

    def say(self, channel: str, text: str) -> None:
        """Send a text over one of the channels.

        :raise aiortc.InvalidStateError: it is not open.
        """
        self._channels[channel].send(text)

    async def offer(self) -> dict[str, str]:
        """Lay out the lines as a page does, and describe them; those of pictures carry nothing."""
        self.connection.addTrack(self._murmur)
        for _ in range(PICTURES):
            self.connection.addTransceiver("video", direction="inactive")
        return await self._describe(await self.connection.createOffer())

    async def answer(self, sdp: str) -> dict[str, str]:
        """Take an offer and describe what this side makes of it."""
        if not self.connection.getSenders():
            self.connection.addTrack(self._murmur)
        await self.connection.setRemoteDescription(RTCSessionDescription(sdp, "offer"))
        for transceiver in self.connection.getTransceivers():
            if transceiver.kind == "video":
                transceiver.direction = "inactive"
        return await self._describe(await self.connection.createAnswer())

    async def take(self, sdp: str) -> None:
        """Take the answer to our offer."""
        await self.connection.setRemoteDescription(RTCSessionDescription(sdp, "answer"))

    async def try_address(self, candidate: Mapping[str, Any] | None) -> None:
        """Take one address of the other side; null ends the list, and needs nothing here."""
        if not candidate or not candidate["candidate"]:
            return
        read = candidate_from_sdp(candidate["candidate"].removeprefix("candidate:"))
        read.sdpMid, read.sdpMLineIndex = candidate["sdpMid"], candidate["sdpMLineIndex"]
        await self.connection.addIceCandidate(read)

    async def close(self) -> None:
        """End the connection."""
        if self._listens:
            self._listens.cancel()
        await self.connection.close()

    async def _describe(self, made: RTCSessionDescription) -> dict[str, str]:
        await self.connection.setLocalDescription(made)
        local = self.connection.localDescription
        return {"type": local.type, "sdp": FURTHER.sub("", local.sdp)}

    def _listen(self, track: MediaStreamTrack) -> None:
        if track.kind == "audio":
            self._listens = asyncio.create_task(self._hear(track))

    async def _hear(self, track: MediaStreamTrack) -> None:
        with suppress(MediaStreamError):
            while True:
                await track.recv()
                self.sounds += 1


class Participant:
    """One member of a call, from joining to leaving.

    :ivar others: the connections, by the participant at the other end.
    """

    def __init__(self, socket: AioClient, call: str, every: float = 0.0) -> None:
        self.others: dict[str, Other] = {}
        self._socket = socket
        self._call = call
        self._every = every
        self._me = ""
        self._session = secrets.token_hex(16)
        self._ice: Mapping[str, Any] = {"servers": []}
        self._asked: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._told: asyncio.Queue[tuple[str, dict[str, Any]]] = asyncio.Queue()
        self._tasks = [asyncio.create_task(self._read())]

    @classmethod
    async def join(cls, url: str, token: str, call: str, every: float = 0.0) -> Participant:
        """Connect, say hello and join a call that the bearer of the token belongs to.

        :param url: of the portal, without a path.
        :param every: seconds between two pieces of sound; without pauses when 0.
        :raise RefusedError: the token or the call is unknown, or addresses are to be hidden.
        """
        headers = {"Origin": url}
        socket = await AioClient.connect(url.replace("http", "ws", 1) + PATH, headers=headers)
        participant = cls(socket, call, every)
        try:
            await participant._enter(token)
        except BaseException:
            await participant.close()
            raise
        return participant

    async def leave(self) -> None:
        """Hang up for good."""
        await self._ask("call.leave", {"call": self._call})
        await self.close()

    async def close(self) -> None:
        """Go away; the place in the call is kept."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.gather(*(other.close() for other in self.others.values()))
        with suppress(ConnectionClosed):
            await self._socket.close()

    async def _enter(self, token: str) -> None:
        await self._answer(CONNECT, "40" + json.dumps({"token": token}))
        hello = {"version": VERSION, "features": [*FEATURES], "session": self._session}
        await self._ask("hello", hello)
        joined = await self._ask("call.join", {"call": self._call, "session": self._session})
        self._me, self._ice = joined["participant"], joined["ice"]
        if self._ice["relay_only"]:
            # aiortc would name its own addresses all the same.
            raise RefusedError("relay_only")
        for person in joined["participants"]:
            await self._meet(person["participant"], person["session"])
            if person["session"]:
                await self._describe(person["participant"], None)
        self._tasks.append(asyncio.create_task(self._follow()))

    async def _meet(self, participant: str, session: str | None) -> None:
        """Make room for a new connection to somebody, and drop the old one."""
        before = self.others.pop(participant, None)
        if before:
            await before.close()
        self.others[participant] = Other(session, self._ice, self._every)

    async def _describe(self, to: str, offered: str | None) -> None:
        """Send an offer, or the answer to one."""
        other = self.others[to]
        description = await (other.answer(offered) if offered else other.offer())
        meant = {"to_session": other.session} if other.session else {}
        body = {"call": self._call, "to": to, "session": self._session, **meant}
        await self._ask("call.description", {**body, "description": description})

    async def _follow(self) -> None:
        """Do what the server tells, one thing after the other."""
        async for kind, body in self._news():
            if kind == "call.joined":
                await self._joined(body["participant"])
            elif kind == "call.description":
                await self._described(body)
            elif kind == "call.candidate" and body["from"] in self.others:
                await self.others[body["from"]].try_address(body["candidate"])
            elif kind == "call.left" and body["participant"] in self.others:
                await self.others.pop(body["participant"]).close()
            elif kind == "call.ended":
                return

    async def _news(self) -> AsyncIterator[tuple[str, dict[str, Any]]]:
        while True:
            kind, body = await self._told.get()
            if body.get("call") == self._call:
                yield kind, body

    async def _joined(self, person: Mapping[str, Any]) -> None:
        known = self.others.get(person["participant"])
        if person["participant"] == self._me or (known and known.session == person["session"]):
            return
        await self._meet(person["participant"], person["session"])

    async def _described(self, body: Mapping[str, Any]) -> None:
        sender, description = body["from"], body["description"]
        if sender not in self.others or body.get("to_session") not in {None, self._session}:
            return
        other = self.others[sender]
        offering = other.connection.signalingState == "have-local-offer"
        if description["type"] == "answer":
            if offering:
                await other.take(description["sdp"])
            return
        if offering and self._me < sender:
            return  # Both have offered at once, and the other side gives way.
        if offering or other.session not in {None, body["session"]}:
            await self._meet(sender, body["session"])
        self.others[sender].session = body["session"]
        await self._describe(sender, description["sdp"])

    async def _ask(self, kind: str, body: dict[str, Any]) -> dict[str, Any]:
        number = f"p{len(self._asked)}"
        message = wire(Message(kind, body, number))
        return await self._answer(number, "42" + json.dumps(["message", message]))

    async def _answer(self, number: str, packet: str) -> dict[str, Any]:
        """Send a packet and return what is answered to it."""
        answered = self._asked[number] = asyncio.get_running_loop().create_future()
        await self._socket.send(packet)
        async with asyncio.timeout(ANSWERS_WITHIN_SECONDS):
            body: dict[str, Any] = await answered
        return body

    async def _read(self) -> None:
        with suppress(ConnectionClosed):
            while True:
                data = str(await self._socket.receive())
                if data == "2":
                    await self._socket.send("3")
                elif data.startswith("40"):
                    self._asked[CONNECT].set_result({})
                elif data.startswith("44"):
                    self._asked[CONNECT].set_exception(RefusedError("token"))
                elif data.startswith("42"):
                    self._sort(json.loads(data[2:])[1])
        for waiting in self._asked.values():
            if not waiting.done():
                waiting.set_exception(RefusedError("closed"))

    def _sort(self, message: Mapping[str, Any]) -> None:
        """Give an answer to who asked, and keep everything else in its order."""
        kind = message["type"]
        body = message[kind]
        waiting = self._asked.get(str(message.get("id")))
        if waiting is None or waiting.done():
            self._told.put_nowait((kind, body))
        elif kind == "error":
            waiting.set_exception(RefusedError(body["code"]))
        else:
            waiting.set_result(body)
