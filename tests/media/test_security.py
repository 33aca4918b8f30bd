"""A lying signalling server between two real connections, and what people find.

Both ends run ``media.security``, the reference of the protocol: no page runs it. The
scripts of the page are bound to it by the vectors, which ``security.test.js`` reads too.
"""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import pytest
from aiortc import RTCPeerConnection, RTCSessionDescription

from media.errors import EngineError
from media.sdp import fingerprint
from media.security import Exchange, Party, code, commitment, lot

ROOT = Path(__file__).resolve().parents[2]
VECTORS = json.loads((ROOT / "tests/vectors/security.json").read_text(encoding="utf-8"))
CALL = "ca" * 16
DOCTOR, GUEST = "aa" * 16, "bb" * 16
NAMES = {DOCTOR: "Dr. Mara Probe", GUEST: "Erika Muster"}
PATIENCE = 20


@pytest.mark.parametrize("vector", VECTORS, ids=[each["code"] for each in VECTORS])
def test_commitments_and_codes_are_those_of_the_vectors(vector):
    parties = [
        Party(each["participant"], each["fingerprint"], each["name"], bytes.fromhex(each["nonce"]))
        for each in vector["parties"]
    ]
    made = [commitment(vector["call"], each) for each in parties]
    assert made == [each["commitment"] for each in vector["parties"]]
    assert code(vector["call"], vector["epoch"], reversed(parties)).hex() == vector["code"]
    assert lot(vector["call"], vector["epoch"], reversed(parties)) == vector["lot"]


class Side:
    """One end of a connection: who it is, to whom it believes to speak, and its comparison."""

    def __init__(self, me: str, them: str, **how: Any) -> None:
        self.me, self.them, self.how = me, them, how
        self.pc = RTCPeerConnection()
        self.channel = self.pc.createDataChannel("control", negotiated=True, id=0)
        self.early: list[dict[str, Any]] = []
        self.exchange: Exchange | None = None
        self.channel.on("message", self.hear)

    def hear(self, data: str) -> None:
        word = json.loads(data)
        if self.exchange is None:
            self.early.append(word)
        else:
            self.exchange.hear(self.them, word)

    def compare(self) -> None:
        names = {**NAMES, **self.how.get("names", {})}
        me = Party(self.me, fingerprint(plain(self.pc.localDescription.sdp)), NAMES[self.me])
        them = Party(self.them, fingerprint(plain(self.pc.remoteDescription.sdp)), names[self.them])
        say = self.how.get("say", lambda word: word)
        self.exchange = Exchange(
            CALL,
            lambda _, word: self.channel.send(json.dumps(say(word))),
            seen=self.how.get("seen"),
        )
        self.exchange.epoch = self.how.get("epoch", 1) - 1
        for word in self.early:
            self.exchange.hear(self.them, word)
        self.exchange.begin(me, [them])


def plain(sdp: str) -> str:
    """Keep the one kind of fingerprint that browsers send."""
    lines = sdp.split("\r\n")
    return "\r\n".join(each for each in lines if not re.match(r"a=fingerprint:sha-(384|512)", each))


def unchanged(sdp: str) -> str:
    return sdp


async def connect(one: Side, other: Side, forge: Any = unchanged) -> None:
    """Carry descriptions as a server does; ``forge`` is what a liar makes of them."""
    await one.pc.setLocalDescription(await one.pc.createOffer())
    await other.pc.setRemoteDescription(described(one, forge))
    await other.pc.setLocalDescription(await other.pc.createAnswer())
    await one.pc.setRemoteDescription(described(other, forge))
    for side in (one, other):
        await until(lambda side=side: side.channel.readyState == "open")


async def compared(*sides: Side) -> None:
    """Begin on every side, and wait for what each finds."""
    for side in sides:
        side.compare()
    await until(lambda: all(each.exchange.outcome for each in sides if each.exchange))


def described(side: Side, forge: Any) -> RTCSessionDescription:
    sdp = forge(plain(side.pc.localDescription.sdp))
    # The page refuses what does not stand on exactly one key, before it applies it.
    fingerprint(sdp)
    return RTCSessionDescription(sdp, side.pc.localDescription.type)


def is_found(*sides: Side) -> bool:
    """Tell what people see: an alarm, no words at all, or words that differ."""
    outcomes = [side.exchange.outcome if side.exchange else None for side in sides]
    return not all(isinstance(each, bytes) for each in outcomes) or len(set(outcomes)) > 1


async def until(holds: Any) -> None:
    while not holds():  # noqa: ASYNC110  nothing tells when an exchange of ours ends
        await asyncio.sleep(0.01)


def staged(story: Any) -> Any:
    """Play a story with connections that are closed in any case."""

    async def played() -> Any:
        sides: list[Side] = []

        def side(*who: Any, **how: Any) -> Side:
            sides.append(Side(*who, **how))
            return sides[-1]

        try:
            return await asyncio.wait_for(story(side), PATIENCE)
        finally:
            await asyncio.gather(*(each.pc.close() for each in sides))

    return asyncio.run(played())


def test_honest_connections_show_the_same_words_also_after_reconnections():
    async def story(side):
        seen = {DOCTOR: set(), GUEST: set()}
        for epochs in ((1, 1), (2, 2), (3, 1), (1, 4)):
            doctor = side(DOCTOR, GUEST, epoch=epochs[0], seen=seen[DOCTOR])
            guest = side(GUEST, DOCTOR, epoch=epochs[1], seen=seen[GUEST])
            await connect(doctor, guest)
            await compared(doctor, guest)
            assert not is_found(doctor, guest), (doctor.exchange.outcome, guest.exchange.outcome)

    staged(story)


@pytest.mark.parametrize("relays", [False, True], ids=["speaks for both", "passes words on"])
def test_a_server_that_stands_between_with_keys_of_its_own_is_found_out(relays):
    async def story(side):
        doctor, guest = side(DOCTOR, GUEST), side(GUEST, DOCTOR)
        as_guest, as_doctor = side(GUEST, DOCTOR), side(DOCTOR, GUEST)
        if relays:
            # The most it can do: hand on what each side says, in which its own key is not named.
            for one, other in ((as_guest, as_doctor), (as_doctor, as_guest)):
                one.channel.remove_all_listeners("message")
                one.channel.on("message", other.channel.send)
        await asyncio.gather(connect(doctor, as_guest), connect(as_doctor, guest))
        # Only now: what is said before the other channel is open would be lost on the way.
        await compared(doctor, guest, *(() if relays else (as_guest, as_doctor)))
        return is_found(doctor, guest), (doctor.exchange.outcome, guest.exchange.outcome)

    is_seen, outcomes = staged(story)
    assert is_seen
    if relays:
        assert outcomes == ("fingerprint", "fingerprint")
    else:
        assert all(isinstance(each, bytes) for each in outcomes)


def another_nonce(word):
    return {**word, "nonce": "00" * 32} if word["type"] == "reveal" else word


def another_name(word):
    return {**word, "name": "Jan Beispiel"} if word["type"] == "reveal" else word


def late(word):
    return {**word, "type": "reveal", "fingerprint": "", "name": "", "nonce": ""}


@pytest.mark.parametrize(
    ("say", "why"),
    [(another_nonce, "commit"), (another_name, "commit"), (late, "early")],
)
def test_whoever_breaks_the_order_of_words_is_found_out(say, why):
    async def story(side):
        doctor, liar = side(DOCTOR, GUEST), side(GUEST, DOCTOR, say=say)
        await connect(doctor, liar)
        liar.compare()
        await compared(doctor)
        return doctor.exchange.outcome

    assert staged(story) == why


def test_a_second_try_and_a_replay_end_the_comparison():
    async def story(side):
        seen = set()
        doctor, guest = side(DOCTOR, GUEST, seen=seen), side(GUEST, DOCTOR)
        said = []
        guest.how["say"] = lambda word: said.append(word) or word
        await connect(doctor, guest)
        await compared(doctor, guest)
        doctor.exchange.hear(GUEST, {**said[0], "commitment": "ab" * 32})
        later, liar = side(DOCTOR, GUEST, seen=seen), side(GUEST, DOCTOR)
        await connect(later, liar)
        liar.channel.send(json.dumps(said[0]))
        await compared(later)
        return doctor.exchange.outcome, later.exchange.outcome

    assert staged(story) == ("again", "replayed")


def test_a_roster_with_another_name_is_found_out():
    async def story(side):
        doctor = side(DOCTOR, GUEST, names={GUEST: "Jan Beispiel"})
        guest = side(GUEST, DOCTOR)
        await connect(doctor, guest)
        await compared(doctor, guest)
        return doctor.exchange.outcome

    assert staged(story) == "name"


OTHER = ":".join(["AB"] * 32)


def a_second_line(sdp):
    return sdp.replace("a=setup:", f"a=fingerprint:sha-256 {OTHER}\r\na=setup:", 1)


def an_older_hash(sdp):
    return sdp.replace("a=fingerprint:sha-256", "a=fingerprint:sha-1")


@pytest.mark.parametrize("forge", [a_second_line, an_older_hash])
def test_descriptions_that_stand_on_several_keys_are_never_applied(forge):
    async def story(side):
        doctor, guest = side(DOCTOR, GUEST), side(GUEST, DOCTOR)
        with pytest.raises(EngineError):
            await connect(doctor, guest, forge)

    staged(story)
