"""PDF files, set by typst from our own templates; without it nobody could print or keep a page.

Each file is set in a process of its own, as a typesetter cannot be stopped in the middle of a
page otherwise. The process gets the data as JSON, knows no address of the network, and reads
nothing but ``templates/pdf``. Its fonts come with the typst package; the fonts of the machine
stand in for characters that those lack.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Mapping

FOLDER = Path(__file__).resolve().parent.parent / "templates" / "pdf"
SECONDS = 20
MAX_BYTES = 2 * 1024 * 1024
_NAME = re.compile(r"[a-z][a-z0-9_]{0,40}\Z")


class PdfError(Exception):
    """A file could not be set: unknown template, data that do not fit it, too large, too slow."""


def render(template: str, data: Mapping[str, object]) -> bytes:
    """Return the PDF of a template of ``templates/pdf`` and its data, tagged as PDF/UA-1.

    A character that no font of this machine can show costs the mark of PDF/UA-1; the tags stay.

    :param template: its name without ``.typ``.
    :param data: what JSON can hold, at most 2 MiB of it. ``document`` takes ``title``, ``lang``
        and ``sections``; its head names the others. No text is read as code or markup.
    :raise PdfError: the template is unknown, the data do not fit, or it takes over 20 seconds.
    """
    if not _NAME.match(template) or not (FOLDER / f"{template}.typ").is_file():
        raise PdfError(f"There is no template {template!r}.")
    text = json.dumps(data, ensure_ascii=False).encode()
    if len(text) > MAX_BYTES:
        raise PdfError("The data are larger than 2 MiB.")
    command = [sys.executable, "-m", "portal.pdf", template]
    try:
        done = subprocess.run(  # noqa: S603  our own module, and a name that was checked
            command, input=text, capture_output=True, timeout=SECONDS, check=False, cwd=FOLDER
        )
    except subprocess.TimeoutExpired as error:
        raise PdfError(f"Setting {template} took more than {SECONDS} seconds.") from error
    if done.returncode or not done.stdout.startswith(b"%PDF-"):
        raise PdfError(f"{template}: {_last_line(done.stderr)}")
    return done.stdout


def _last_line(stderr: bytes) -> str:
    """Return what typst said about the template, without what it quotes: that may be data."""
    lines = stderr.decode(errors="replace").strip().splitlines()
    return re.sub(r'"[^"]*"', '"..."', lines[-1])[:300] if lines else "no answer"


def _set_type(template: str) -> int:
    """Read data from standard input and write the PDF to standard output."""
    import typst

    compiler = typst.Compiler(
        FOLDER / f"{template}.typ",
        root=FOLDER,
        sys_inputs={"data": sys.stdin.buffer.read().decode()},
    )
    try:
        made = compiler.compile(pdf_standards=["ua-1"])
    except typst.TypstError as strict:
        if "could not be displayed" not in strict.message:
            sys.stderr.write(f"{strict.message}\n")
            return 1
        made = compiler.compile()
    sys.stdout.buffer.write(cast("bytes", made))
    return 0


if __name__ == "__main__":
    sys.exit(_set_type(sys.argv[1]))
