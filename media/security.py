"""Compares the keys of a call, so that people who read words aloud find out a lying server.

The pages do the same in ``static/call/security/``; ``tests/vectors/security.json`` holds both to
one arithmetic. All of a call make one comparison. Each binds itself to a nonce before it sees
anybody else's (commitment, then reveal), so that who stands in between has one try in 2**32 for
each epoch.
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
MOST_EARLY = 100
MOST_EPOCHS = 10**9
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
    return _derived(call, epoch, parties, b"sas")


def lot(call: str, epoch: int, parties: Iterable[Party]) -> int:
    """Return 32 bits that choose who reads out the last two words; nobody knows them before."""
    return int.from_bytes(_derived(call, epoch, parties, b"reader"), "big")


def _derived(call: str, epoch: int, parties: Iterable[Party], info: bytes) -> bytes:
    everybody = sorted(parties, key=lambda each: each.participant)
    fields: list[str | bytes] = ["VS-SAS1", call, str(epoch), str(len(everybody))]
    for party in everybody:
        fields.extend(_fields(party))
    transcript = hashlib.sha256(_framed(fields)).digest()
    key = hmac.digest(bytes(hashlib.sha256().digest_size), transcript, "sha256")
    return hmac.digest(key, info + b"\x01", "sha256")[:4]


def _fields(party: Party) -> tuple[str | bytes, ...]:
    return (party.participant, party.fingerprint, party.name, party.nonce)


def _framed(fields: Iterable[str | bytes]) -> bytes:
    """Put each field after its length in four bytes, so that no two lists look alike."""
    raw = (each.encode() if isinstance(each, str) else each for each in fields)
    return b"".join(len(each).to_bytes(4, "big") + each for each in raw)


@dataclass
class _Other:
    """Somebody else in this epoch: whom this page believes to speak to, and what they said."""

    party: Party
    commitment: str = ""
    shown: Party | None = None


class Exchange:
    """The comparison of keys between all of a call, as one page runs it.

    ``begin`` once every connection stands, ``pause`` as soon as one is new or gone: each change of
    the roster begins an epoch with new nonces. ``outcome`` is ``None`` while it runs, then the code
    of four bytes, or a word that says what was wrong; ``lot`` goes with the code.
    """

    def __init__(
        self, call: str, say: Callable[[str, dict[str, Any]], None], *, seen: set[str] | None = None
    ) -> None:
        self.outcome: bytes | str | None = None
        self.lot = 0
        self.epoch = 0
        self._call, self._say = call, say
        self._seen = set() if seen is None else seen
        self._me = Party("", "", "")
        self._runs = False
        self._others: dict[str, _Other] = {}
        self._early: list[tuple[str, dict[str, Any]]] = []
        self._followed = 0

    @property
    def count(self) -> int:
        """Return how many are compared, this page with them: people see this number."""
        return len(self._others) + 1

    def pause(self, participant: str) -> None:
        """Stop, as a connection is new or gone; keep what the others say meanwhile."""
        self.outcome, self._runs = None, False
        self._early = [each for each in self._early if each[0] != participant]

    def begin(self, me: Party, others: Iterable[Party]) -> None:
        """Bind this page anew, for everybody there is; the fingerprints are those applied.

        The nonces of ``me`` and ``others`` are not used.
        """
        self._me, self._runs, self._followed = me, True, 0
        self._others = {each.participant: _Other(each) for each in others}
        early, self._early = self._early, []
        self._commit(max(self.epoch + 1, *(_epoch_of(word) for _, word in early), 1))
        for sender, word in early:
            self.hear(sender, word)

    def hear(self, sender: str, word: dict[str, Any]) -> None:
        """Take one message of another page; what is wrong ends all until the next change."""
        if not self._runs:
            self._early = [*self._early, (sender, word)][-MOST_EARLY:]
            return
        try:
            act = self._bound if word["type"] == "commit" else self._shown
            wrong = act(sender, word) if sender in self._others else "unknown"
        except (KeyError, TypeError, ValueError):
            wrong = "shape"
        if wrong:
            self.outcome, self._runs = wrong, False

    def give_up(self) -> None:
        """Who answers late, or not at all, is not checked; that alone is no sign of an attack."""
        if self._runs and self.outcome is None:
            self.outcome = "missing"

    def _commit(self, epoch: int) -> None:
        self.epoch, self.outcome = epoch, None
        self._me = replace(self._me, nonce=secrets.token_bytes(NONCE))
        ours = commitment(self._call, self._me)
        self._seen.add(ours)
        body = {"call": self._call, "epoch": epoch, "commitment": ours, "language": "de"}
        for other in self._others.values():
            other.commitment, other.shown = "", None
        self._tell({"type": "commit", **body})

    def _tell(self, word: dict[str, Any]) -> None:
        for participant in self._others:
            self._say(participant, word)

    def _bound(self, sender: str, word: dict[str, Any]) -> str:
        epoch, theirs = word["epoch"], word["commitment"]
        if not _is_epoch(epoch) or not COMMITMENT.fullmatch(theirs):
            return "shape"
        if word["call"] != self._call:
            return "again"
        if theirs in self._seen:
            return "replayed"
        self._seen.add(theirs)
        if epoch > self.epoch and not self._follow(epoch):
            return "missing"
        return "" if self._is_past(epoch) else self._keep(sender, theirs)

    def _is_past(self, epoch: int) -> bool:
        """Tell what counts no more; a page that counts behind takes our number when it hears it."""
        return epoch < self.epoch or self.outcome == "missing"

    def _keep(self, sender: str, theirs: str) -> str:
        other = self._others[sender]
        # A second try in one epoch would let somebody try until it fits.
        if other.commitment:
            return "again"
        other.commitment = theirs
        if all(each.commitment for each in self._others.values()):
            me = self._me
            shown = {"fingerprint": me.fingerprint, "name": me.name, "nonce": me.nonce.hex()}
            self._tell({"type": "reveal", "epoch": self.epoch, **shown})
        return ""

    def _follow(self, epoch: int) -> bool:
        """Join an epoch that another page began, within reason: each is another try for a liar.

        Everybody else may see a change later than this page, and what comes and goes meanwhile.
        """
        self._followed += 1
        if self._followed > self.count**2:
            return False
        self._commit(epoch)
        return True

    def _shown(self, sender: str, word: dict[str, Any]) -> str:
        other = self._others[sender]
        # Pages of an earlier version name no epoch: they compare once for each connection.
        epoch = word.get("epoch", self.epoch)
        if not _is_epoch(epoch):
            return "shape"
        if self._is_past(epoch):
            return ""
        if epoch > self.epoch or not other.commitment or other.shown:
            return "early"
        shown = Party(sender, word["fingerprint"], word["name"], bytes.fromhex(word["nonce"]))
        wrong = self._wrong(other, shown)
        if not wrong:
            other.shown = shown
            self._conclude()
        return wrong

    def _wrong(self, other: _Other, shown: Party) -> str:
        holds = {
            "shape": len(shown.nonce) == NONCE,
            "commit": commitment(self._call, shown) == other.commitment,
            "fingerprint": shown.fingerprint == other.party.fingerprint,
            "name": shown.name == other.party.name,
        }
        return next((why for why, does_hold in holds.items() if not does_hold), "")

    def _conclude(self) -> None:
        everybody = [self._me, *(each.shown for each in self._others.values() if each.shown)]
        if len(everybody) == self.count:
            self.outcome = code(self._call, self.epoch, everybody)
            self.lot = lot(self._call, self.epoch, everybody)


def _is_epoch(found: object) -> bool:
    return type(found) is int and 1 <= found <= MOST_EPOCHS


def _epoch_of(word: dict[str, Any]) -> int:
    epoch = word.get("epoch")
    return epoch if type(epoch) is int and epoch <= MOST_EPOCHS else 0
