"""Finds what would make a browser ask another host: in pages, style sheets and scripts."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# Attributes whose address is fetched, or sent to, without anybody choosing to leave.
FETCHED = frozenset(
    {"src", "srcset", "poster", "data", "action", "formaction", "background", "ping"}
)
HOST = r"(?:https?:|wss?:)?//(?!www\.w3\.org/)[\w.-]*\w"
IN_ADDRESS = re.compile(rf"(?:^|[\s,])({HOST})", re.IGNORECASE)
IN_STYLE = re.compile(rf"(?:url\(|@import)\s*[\"']?\s*({HOST})", re.IGNORECASE)
IN_SCRIPT = re.compile(rf"[\"'`]({HOST})", re.IGNORECASE)


class _Addresses(HTMLParser):
    """Collects the foreign hosts of a page as it reads it."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at the attributes of one element; a link that somebody may follow is allowed."""
        self._inside = tag if tag in {"script", "style"} else ""
        for name, value in attrs:
            fetched = name in FETCHED or name.startswith("hx-") or (name == "href" and tag != "a")
            if fetched:
                self.found += IN_ADDRESS.findall(value or "")
            elif name == "style":
                self.found += IN_STYLE.findall(value or "")

    def handle_endtag(self, tag: str) -> None:
        """Leave an element."""
        if tag == self._inside:
            self._inside = ""

    def handle_data(self, data: str) -> None:
        """Look into scripts and styles that stand in the page."""
        if self._inside == "script":
            self.found += IN_SCRIPT.findall(data)
        elif self._inside == "style":
            self.found += IN_STYLE.findall(data)


def in_page(text: str) -> list[str]:
    """Return the foreign hosts that a page, or the template of one, would ask."""
    reader = _Addresses()
    reader.feed(text)
    return reader.found


def in_file(suffix: str, text: str) -> Iterator[str]:
    """Yield the foreign hosts of one file, by its ending: html, svg, css or js."""
    if suffix in {".html", ".svg"}:
        yield from in_page(text)
    elif suffix == ".css":
        yield from IN_STYLE.findall(text)
    else:
        yield from IN_SCRIPT.findall(text)
