"""A lying signalling server in calls of three to six, and what people find.

All ends run ``media.security``; ``tests/javascript/call/circle.test.js`` puts the scripts of the
page into the same places.
"""

from __future__ import annotations

import math
import secrets
from functools import partial
from typing import TYPE_CHECKING

import pytest

from media.security import NONCE, Exchange, Party, code, commitment
from tests.media.group import CALL, Link, Page, Server, Word, described, key

if TYPE_CHECKING:
    from collections.abc import Callable

RUNS = 60
TRIES = 2048
LIAR = 200


def bound(party: Party, word: Word) -> Word:
    return {**word, "commitment": commitment(CALL, party)}


def revealed(party: Party, word: Word) -> Word:
    shown = {"fingerprint": party.fingerprint, "name": party.name, "nonce": party.nonce.hex()}
    return {"type": "reveal", "epoch": word["epoch"], **shown}


class Between:
    """Stands in one connection with a key of its own, and speaks to each end as the other one."""

    def __init__(self, *, is_late: bool = False) -> None:
        self.is_late = is_late
        self.parties: dict[tuple[Page, int], Party] = {}

    def __call__(self, link: Link, page: Page, word: Word) -> None:
        other = link.other(page)
        fresh = Party(other.participant, key(LIAR), other.name)
        party = self.parties.setdefault((page, word["epoch"]), fresh)
        if word["type"] == "reveal":
            link.words[page].append(revealed(party, word))
        elif not self.is_late:
            link.words[page].append(bound(party, word))


def between(server: Server, **how: bool) -> None:
    link = server.random.choice(server.links)
    link.shown = dict.fromkeys(link.ends, described(LIAR))
    link.forge = Between(**how)


def relayed(server: Server, *, ends: int = 2) -> None:
    """Hand words on as they are: in them stands another key than in the description."""
    link = server.random.choice(server.links)
    for page in server.random.sample(link.ends, ends):
        link.shown[page] = described(LIAR)


def ghost(server: Server, friends: int | None = None) -> None:
    """Put somebody into the roster whom nobody invited; their page plays by the rules."""
    server.play()
    stranger = server.load("f" * 32)
    for page in server.random.sample(server.pages, friends or len(server.pages)):
        server.connect(page, stranger)


def forged(server: Server, make: Callable[[Link, Page, Word], list[Word]]) -> None:
    """Change what one page says to another: ``make`` says what arrives instead."""
    link = server.random.choice(server.links)
    victim = server.random.choice(link.ends)

    def forge(link: Link, page: Page, word: Word) -> None:
        arrive = [word] if page is victim else make(link, victim, word)
        link.words[link.other(page)].extend(arrive)

    link.forge = forge


def echoed(server: Server) -> None:
    link = server.random.choice(server.links)
    link.forge = lambda link, page, word: link.words[page].append(word)


def renamed(server: Server) -> None:
    page, other = server.random.sample(server.pages, 2)
    page.names[other.participant] = "Jan Beispiel"


def many_keys(server: Server) -> None:
    link = server.random.choice(server.links)
    page = server.random.choice(link.ends)
    link.shown[page] = described(link.other(page).number, LIAR)


def replayed(server: Server) -> None:
    """Say once more what somebody said over an earlier connection of the same call."""
    server.settle()
    assert not server.findings
    page, other = server.random.sample(server.pages, 2)
    said = [word for who, word in server.link(page, other).said if who is other]
    link = server.connect(page, other)
    old = {word["type"]: word for word in said}

    def forge(link: Link, speaker: Page, word: Word) -> None:
        if speaker is page:
            link.words[page].append({**old[word["type"]], "epoch": word["epoch"]})

    link.forge = forge


def twice(_link: Link, _victim: Page, word: Word) -> list[Word]:
    again = {**word, "commitment": secrets.token_hex(32)}
    return [word, again] if word["type"] == "commit" else [word]


def too_early(_link: Link, _victim: Page, word: Word) -> list[Word]:
    party = Party("", key(LIAR), "")
    return [revealed(party, word), word] if word["type"] == "commit" else [word]


def another_nonce(_link: Link, _victim: Page, word: Word) -> list[Word]:
    return [{**word, "nonce": "00" * NONCE} if word["type"] == "reveal" else word]


def odd(_link: Link, _victim: Page, word: Word) -> list[Word]:
    return [{**word, "epoch": -1}]


ATTACKS = {
    "a key of its own on one connection": (between, "differ"),
    "the same, bound only after it has heard": (partial(between, is_late=True), "missing"),
    "another key, and words handed on": (relayed, "fingerprint"),
    "another key in one direction": (partial(relayed, ends=1), "fingerprint"),
    "a ghost to all": (ghost, "count"),
    "a ghost to one": (partial(ghost, friends=1), "differ"),
    "a ghost to some": (partial(ghost, friends=2), "differ"),
    "a commitment sent back": (echoed, "replayed"),
    "words of an earlier connection": (replayed, "replayed"),
    "a second line with a fingerprint": (many_keys, "bad_description"),
    "another name in the roster of one": (renamed, "name"),
    "a second commitment": (partial(forged, make=twice), "again"),
    "a reveal before the commitment": (partial(forged, make=too_early), "early"),
    "another nonce than the one bound": (partial(forged, make=another_nonce), "commit"),
    "an epoch that is no number": (partial(forged, make=odd), "shape"),
}


@pytest.mark.requirement("CALL-10")
@pytest.mark.parametrize(("attack", "why"), ATTACKS.values(), ids=ATTACKS)
def test_a_lying_server_is_found_out_each_time_in_a_group(attack, why):
    for seed in range(RUNS):
        server = Server(seed, 3 + seed % 4)
        attack(server)
        server.settle()
        assert why in server.findings, seed


def change(server: Server) -> None:
    what = server.random.choice((server.join, server.leave, server.reload))
    if what == server.join:
        server.join()
    elif len(server.pages) > 2:
        what(server.random.choice(server.pages))


@pytest.mark.requirement("CALL-10")
def test_honest_pages_are_never_suspected_however_people_come_and_go():
    for seed in range(RUNS):
        server = Server(seed, 2 + seed % 5)
        pages = set(server.pages)
        for _ in range(4):
            server.play(server.random.randrange(200))
            change(server)
            pages |= set(server.pages)
        server.settle()
        assert not server.findings, (seed, server.findings)
        assert not [page.alarms for page in pages if page.alarms], seed


def settled(size: int = 4) -> Server:
    server = Server(1, size)
    server.settle()
    assert not server.findings
    return server


@pytest.mark.parametrize("act", ["join", "leave", "reload"])
def test_a_change_of_the_roster_brings_other_words_and_new_nonces(act):
    server = settled()
    before, epoch = server.outcomes[0], server.pages[0].exchange.epoch
    nonces = {word["nonce"] for link in server.links for _, word in link.said if "nonce" in word}
    getattr(server, act)(*([] if act == "join" else [server.pages[-1]]))
    said = [(link, len(link.said)) for link in server.links]
    server.play()
    fresh = {word.get("nonce", "") for link, old in said for _, word in link.said[old:]}
    assert not server.findings
    assert server.outcomes[0] != before
    assert server.pages[0].exchange.epoch > epoch
    assert not nonces & fresh


def test_as_soon_as_somebody_is_new_the_words_of_before_count_no_more():
    server = settled()
    server.join()
    server.play(1)
    assert None in server.outcomes


def test_all_agree_on_who_reads_out_the_last_words_and_it_is_not_always_the_same():
    lots = []
    for seed in range(12):
        server = Server(seed, 4)
        server.settle()
        assert len({page.exchange.lot for page in server.pages}) == 1
        lots.append(server.pages[0].exchange.lot % 3)
    assert set(lots) == {0, 1, 2}


def test_nobody_reveals_before_everybody_is_bound():
    server = Server(1, 4)
    quiet = server.pages[-1]
    for page in server.pages[:-1]:
        server.link(page, quiet).forge = lambda *_: None
    server.settle()
    assert not [word for link in server.links for _, word in link.said if word["type"] == "reveal"]
    assert server.outcomes == ["missing"] * 4


def test_a_reveal_that_comes_late_checks_nobody():
    server = Server(1, 3)
    one, other = server.pages[:2]
    kept = []

    def forge(link, page, word):
        late = word["type"] == "reveal" and page is other
        (kept if late else link.words[link.other(page)]).append(word)

    server.link(one, other).forge = forge
    server.settle()
    assert kept
    one.exchange.hear(other.participant, kept[0])
    assert one.exchange.outcome == "missing"


def test_a_stranger_another_call_and_words_of_no_kind_end_the_comparison():
    commit = {"type": "commit", "call": CALL, "epoch": 1, "commitment": "ab" * 32}
    for sender, word, why in (
        ("9" * 32, commit, "unknown"),
        ("2" * 32, {**commit, "call": "cb" * 16}, "again"),
        ("2" * 32, {**commit, "commitment": 7}, "shape"),
        ("2" * 32, {"type": "reveal", "epoch": 10**12}, "shape"),
        ("2" * 32, {}, "shape"),
    ):
        page = settled(3).pages[0]
        page.exchange.hear(sender, word)
        assert page.exchange.outcome == why


def test_tries_that_no_change_explains_come_to_an_end():
    page = settled(3).pages[0]
    first = page.exchange.epoch + 1
    for epoch in range(first, first + 40):
        word = {"type": "commit", "call": CALL, "epoch": epoch}
        page.exchange.hear("2" * 32, {**word, "commitment": secrets.token_hex(32)})
    assert page.exchange.outcome == "missing"
    assert page.exchange.epoch <= first + 8


def to_both(pages: dict[str, Exchange], word: Word) -> None:
    for page in pages.values():
        page.hear("a" * 32, word)


def lucky() -> bool:
    """Stand between one of three and the others, do what helps, and compare eight bits."""
    liar = {each: Party(each * 32, key(LIAR), each) for each in "abc"}
    honest = {each: Party(each * 32, key(ord(each)), each) for each in "abc"}
    said: list[tuple[str, str, Word]] = []

    def begin(each: str, *others: Party) -> Exchange:
        exchange = Exchange(CALL, lambda to, word: said.append((each, to[0], word)))
        exchange.begin(honest[each], others)
        return exchange

    a = begin("a", liar["b"], liar["c"])
    pages = {"b": begin("b", liar["a"], honest["c"]), "c": begin("c", liar["a"], honest["b"])}
    word = {"type": "commit", "call": CALL, "epoch": 1}
    # What b and c will read is known first: that is what the words of a should be.
    to_both(pages, bound(liar["a"], word))
    for speaker, to, what in said:
        if speaker != "a" != to:
            pages[to].hear(speaker * 32, what)
    to_both(pages, revealed(liar["a"], word))
    wanted = pages["b"].outcome
    assert wanted == pages["c"].outcome
    # A page that shows its nonce before all are bound would let the answer be chosen.
    for what in [what for speaker, _, what in said if speaker == "a" and what["type"] == "reveal"]:
        liar["b"] = chosen(honest["a"], what, liar["c"], wanted)
    for make in (bound, revealed):
        for each in "bc":
            a.hear(each * 32, make(liar[each], word))
    return a.outcome[0] == wanted[0]


def chosen(party: Party, what: Word, other: Party, wanted: bytes) -> Party:
    shown = Party(party.participant, party.fingerprint, party.name, bytes.fromhex(what["nonce"]))
    while True:
        own = Party("b" * 32, key(LIAR), "b")
        if code(CALL, 1, (shown, own, other))[0] == wanted[0]:
            return own


@pytest.mark.requirement("CALL-10")
def test_with_eight_bits_an_attacker_of_a_group_is_as_lucky_as_chance_allows():
    expected = TRIES / 256
    spread = 3 * math.sqrt(expected * 255 / 256)
    fits = sum(lucky() for _ in range(TRIES))
    assert abs(fits - expected) <= spread + 1
