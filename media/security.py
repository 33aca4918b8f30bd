"""Compares the keys of a call, so that people who read words aloud find out a lying server.

The pages do the same in ``static/call/security/``; ``tests/vectors/security.json`` holds both to
one arithmetic. Each side binds itself to a nonce before it sees the other's (commitment, then
reveal), so that who stands in between has one try in 2**32 for each connection.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

NONCE = 32
COMMITMENT = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Party:
    """Somebody in a call: as the others know them, and the key of their page."""

    participant: str
    fingerprint: str
    name: str
    nonce: bytes = field(default_factory=lambda: secrets.token_bytes(NONCE))


def commitment(call: str, party: Party) -> str:
    """Return what binds a page to its nonce, as SHA-256 in hexadecimal."""
    fields = ("VS-SAS1 commit", call, *_fields(party))
    return hashlib.sha256(_framed(fields)).hexdigest()


def code(call: str, epoch: int, parties: Iterable[Party]) -> bytes:
    """Return the four bytes that all see alike if nobody stands in between (HKDF, RFC 5869)."""
    everybody = sorted(parties, key=lambda each: each.participant)
    fields: list[str | bytes] = ["VS-SAS1", call, str(epoch), str(len(everybody))]
    for party in everybody:
        fields.extend(_fields(party))
    transcript = hashlib.sha256(_framed(fields)).digest()
    key = hmac.digest(bytes(hashlib.sha256().digest_size), transcript, "sha256")
    return hmac.digest(key, b"sas\x01", "sha256")[:4]


def _fields(party: Party) -> tuple[str | bytes, ...]:
    return (party.participant, party.fingerprint, party.name, party.nonce)


def _framed(fields: Iterable[str | bytes]) -> bytes:
    """Put each field after its length in four bytes, so that no two lists look alike."""
    raw = (each.encode() if isinstance(each, str) else each for each in fields)
    return b"".join(len(each).to_bytes(4, "big") + each for each in raw)


class Exchange:
    """One comparison of keys over one connection, as a page runs it.

    ``them`` has the fingerprint of the description that was applied; its nonce is not used.
    ``outcome`` is ``None`` while it runs, then four bytes, or a word that says what was wrong.
    """

    def __init__(
        self,
        call: str,
        me: Party,
        them: Party,
        say: Callable[[dict[str, Any]], None],
        *,
        epoch: int = 1,
        seen: set[str] | None = None,
    ) -> None:
        self.outcome: bytes | str | None = None
        self.epoch = epoch
        self._call, self._me, self._them, self._say = call, me, them, say
        self._seen = set() if seen is None else seen
        self._theirs: str | None = None
        self._heard_stale = False

    def begin(self) -> None:
        """Bind this side, before anything was heard."""
        self._me = replace(self._me, nonce=secrets.token_bytes(NONCE))
        ours = commitment(self._call, self._me)
        self._seen.add(ours)
        body = {"call": self._call, "epoch": self.epoch, "commitment": ours, "language": "de"}
        self._say({"type": "commit", **body})

    def hear(self, word: dict[str, Any]) -> None:
        """Take one message of the other side; what is wrong ends the comparison for good."""
        if isinstance(self.outcome, str):
            return
        try:
            wrong = self._bound(word) if word["type"] == "commit" else self._shown(word)
        except (KeyError, TypeError, ValueError):
            wrong = "shape"
        if wrong:
            self.outcome = wrong

    def _bound(self, word: dict[str, Any]) -> str:
        epoch, theirs = word["epoch"], word["commitment"]
        if type(epoch) is not int or epoch < 1 or not COMMITMENT.fullmatch(theirs):
            return "shape"
        if word["call"] != self._call or self._theirs:
            return "again"
        if theirs in self._seen:
            return "replayed"
        self._seen.add(theirs)
        if epoch != self.epoch and self._heard_stale:
            return "again"
        if epoch < self.epoch:
            self._heard_stale = True
            return ""
        if epoch > self.epoch:
            self.epoch = epoch
            self.begin()
        self._theirs = theirs
        me = self._me
        shown = {"fingerprint": me.fingerprint, "name": me.name, "nonce": me.nonce.hex()}
        self._say({"type": "reveal", **shown})
        return ""

    def _shown(self, word: dict[str, Any]) -> str:
        if not self._theirs or self.outcome is not None:
            return "early"
        nonce = bytes.fromhex(word["nonce"])
        them = self._them
        shown = Party(them.participant, word["fingerprint"], word["name"], nonce)
        if len(nonce) != NONCE:
            return "shape"
        if commitment(self._call, shown) != self._theirs:
            return "commit"
        if shown.fingerprint != them.fingerprint:
            return "fingerprint"
        if shown.name != them.name:
            return "name"
        self.outcome = code(self._call, self.epoch, (self._me, shown))
        return ""
