"""Reads the commands and files of a document, so that a test can do what its reader would."""

from __future__ import annotations

import re
from dataclasses import dataclass

BLOCK = re.compile(r"^```(\w+)(?: +(\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, what stands behind it (a file, a word), and its text."""

    language: str
    word: str
    text: str


def blocks(text: str) -> list[Block]:
    """Return the blocks of a document in order."""
    return [Block(*found) for found in BLOCK.findall(text)]
