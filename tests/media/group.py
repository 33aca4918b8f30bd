"""A call of several pages in one process: who knows whom, and a server that may lie to them.

Words wait on their connection until their turn comes, and the turns are drawn, so that each run
is another course of the same story.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from random import Random
from typing import Any

from media.errors import EngineError
from media.sdp import fingerprint
from media.security import Exchange, Party
from tests.media.sdp_samples import CHANNEL, SESSION, written

CALL = "ca" * 16
MISSES = 8
Word = dict[str, Any]


def key(number: int) -> str:
    return ":".join([f"{number:02X}"] * 32)


def described(*numbers: int) -> str:
    """Write as much of a description as says whose key protects the connection."""
    return written(
        SESSION, [CHANNEL[0], *(f"a=fingerprint:sha-256 {key(each)}" for each in numbers)]
    )


class Page:
    """One page: its key, whom the server says there is, and the comparison that it runs."""

    def __init__(self, participant: str, number: int) -> None:
        self.participant, self.number, self.name = participant, number, f"Name {participant[0]}"
        self.names: dict[str, str] = {}
        self.links: dict[str, Link] = {}
        self.alarms: list[str] = []
        self.exchange = Exchange(CALL, lambda to, word: self.links[to].take(self, word))

    def hear(self, link: Link, word: Word) -> None:
        self.exchange.hear(link.other(self).participant, word)
        self.note()

    def note(self) -> None:
        if isinstance(self.exchange.outcome, str):
            self.alarms.append(self.exchange.outcome)

    def meet(self, link: Link) -> None:
        participant = link.other(self).participant
        self.links[participant] = link
        self.exchange.pause(participant)

    def open(self, link: Link) -> None:
        try:
            link.keys[self] = fingerprint(link.shown[self])
        except EngineError as error:
            # A description like this is never applied, and the connection never stands.
            self.alarms.append(error.code)
            return
        self.compare()

    def leave(self, link: Link) -> None:
        participant = link.other(self).participant
        if self.links.get(participant) is link:
            del self.links[participant]
            self.exchange.pause(participant)
            self.compare()

    def compare(self) -> None:
        """Begin as soon as every connection stands, as ``security.js`` does."""
        if not self.links or not all(self in link.keys for link in self.links.values()):
            return
        others = []
        for participant, link in self.links.items():
            name = self.names.get(participant, link.other(self).name)
            others.append(Party(participant, link.keys[self], name))
        self.exchange.begin(Party(self.participant, key(self.number), self.name), others)
        self.note()


Forge = Callable[["Link", Page, Word], None]


class Link:
    """One connection of two pages; ``shown`` is how each was described to the other.

    ``keys`` are those of the descriptions that were applied: for that page the connection stands.
    """

    def __init__(self, one: Page, other: Page) -> None:
        self.ends = (one, other)
        self.shown = {one: described(other.number), other: described(one.number)}
        self.keys: dict[Page, str] = {}
        self.words: dict[Page, deque[Word]] = {one: deque(), other: deque()}
        self.said: list[tuple[Page, Word]] = []
        self.forge: Forge | None = None

    def other(self, page: Page) -> Page:
        return self.ends[self.ends[0] is page]

    def take(self, page: Page, word: Word) -> None:
        """Carry what a page says, or let a liar do with it what they like."""
        self.said.append((page, word))
        if self.forge:
            self.forge(self, page, word)
        else:
            self.words[self.other(page)].append(word)

    def brings(self, page: Page) -> bool:
        is_current = page.links.get(self.other(page).participant) is self
        return bool(self.words[page]) and is_current and page in self.keys


class Server:
    """Tells each page in its own time who came and who left, in the order of what happened."""

    def __init__(self, seed: int, size: int) -> None:
        self.random = Random(seed)  # noqa: S311  draws the order of a story, and no secret
        self.pages: list[Page] = []
        self.links: list[Link] = []
        self.news: dict[Page, deque[tuple[str, Link]]] = {}
        self.made = 0
        for _ in range(size):
            self.join()

    def load(self, participant: str = "") -> Page:
        """Load a page, with a key of its own; with an id, for somebody who had one before."""
        self.made += 1
        page = Page(participant or f"{self.made % 16:x}" * 32, self.made)
        self.news[page] = deque()
        return page

    def join(self, page: Page | None = None) -> Page:
        page = page or self.load()
        for other in self.pages:
            self.connect(page, other)
        self.pages.append(page)
        return page

    def connect(self, one: Page, other: Page) -> Link:
        link = Link(one, other)
        self.links.append(link)
        for page in (one, other):
            self.news[page].extend((("meet", link), ("open", link)))
        return link

    def link(self, one: Page, other: Page) -> Link:
        """Find the newest connection of two pages."""
        return next(each for each in reversed(self.links) if {*each.ends} == {one, other})

    def leave(self, page: Page) -> None:
        self.pages.remove(page)
        del self.news[page]
        for link in [each for each in self.links if page in each.ends]:
            self.links.remove(link)
            if (other := link.other(page)) in self.news:
                self.news[other].append(("leave", link))

    def reload(self, page: Page) -> None:
        """Let somebody come back from a fresh page: another key, and nothing known of before."""
        self.leave(page)
        for other in self.pages:
            # Nobody is told that they left: a new connection takes the place of the old one.
            self.news[other].pop()
        self.join(self.load(page.participant))

    def play(self, most: int = 100_000) -> None:
        """Let things happen in a drawn order, until nothing is left, or for so many turns."""
        sources: list[Page | Link] = [*self.news, *self.links]
        for _ in range(most):
            tries = (self._turn(self.random.choice(sources)) for _ in range(MISSES))
            if not any(tries) and not any(self._turn(each) for each in sources):
                break

    def settle(self) -> None:
        self.play()
        for page in self.pages:
            page.exchange.give_up()

    def _turn(self, source: Page | Link) -> bool:
        """Let one thing happen; tell whether anything could."""
        if isinstance(source, Link):
            ends = [page for page in source.ends if source.brings(page)]
            if ends:
                page = self.random.choice(ends)
                page.hear(source, source.words[page].popleft())
            return bool(ends)
        news = self.news[source]
        can_happen = bool(news) and self._can_happen(source, *news[0])
        if can_happen:
            what, link = news.popleft()
            getattr(source, what)(link)
        return can_happen

    def _can_happen(self, page: Page, what: str, link: Link) -> bool:
        """Tell whether a connection may stand: no sooner than both pages know of it."""
        other = link.other(page)
        is_met = other.links.get(page.participant) is link
        return what != "open" or is_met or link not in self.links

    @property
    def outcomes(self) -> list[bytes | str | None]:
        return [page.exchange.outcome for page in self.pages]

    @property
    def findings(self) -> set[str]:
        """What people find: no words and why, words that differ, or somebody too many."""
        found = {alarm for page in self.pages for alarm in page.alarms}
        found |= {each or "waiting" for each in self.outcomes if not isinstance(each, bytes)}
        if len({each for each in self.outcomes if isinstance(each, bytes)}) > 1:
            found.add("differ")
        if {page.exchange.count for page in self.pages} != {len(self.pages)}:
            found.add("count")
        return found
