"""QR codes for pages: what is shown large enough for a camera at arm's length."""

from __future__ import annotations

import segno
from markupsafe import Markup


def inline(text: str) -> Markup:
    """Return a QR code (ISO/IEC 18004) as SVG to stand in a page, black on white in both schemes.

    Level M still reads when a seventh of it is damaged.
    """
    drawn = segno.make(text, error="m", micro=False).svg_inline(
        scale=5, border=4, light="#fff", dark="#000"
    )
    return Markup(drawn)  # noqa: S704  drawn by segno, no text in it
