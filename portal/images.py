"""Pictures that somebody uploads: drawn anew, so that nothing but their colours comes along."""

from __future__ import annotations

import base64
import io
import warnings
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from PIL import Image, ImageOps, UnidentifiedImageError

from portal.errors import PortalError

FORMATS = ("PNG", "JPEG", "WEBP")
MAX_BYTES = 2 * 1024 * 1024
# What a phone's camera takes; a file that claims more is refused before a pixel is read.
MAX_PIXELS = 25_000_000
QUALITY = 90


class ImageRefusedError(PortalError):
    """A file is no picture that the portal takes."""

    code = "image_refused"
    status = 422
    sentence = _l("Dieses Bild kann das Portal nicht annehmen.")
    cure = _l("Nehmen Sie bitte ein PNG, JPEG oder WebP mit höchstens 2 MB und 25 Megapixeln.")


@dataclass(frozen=True)
class Picture:
    """A picture as the portal keeps it: WebP, without any metadata."""

    data: bytes
    width: int
    height: int

    @property
    def uri(self) -> str:
        """Return it as an address that holds the whole picture."""
        return f"data:image/webp;base64,{base64.b64encode(self.data).decode()}"


def redraw(data: bytes, *, within: tuple[int, int]) -> Picture:
    """Return an uploaded picture drawn anew: upright, scaled into a box, nothing else in it.

    :param within: the largest width and height in pixels; smaller pictures stay as they are.
    :raise ImageRefusedError: too large, broken, or of a kind that the portal does not take.
    """
    if not data or len(data) > MAX_BYTES:
        raise ImageRefusedError
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            return _redrawn(data, within)
    except (
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
        UnidentifiedImageError,
        ArithmeticError,
        LookupError,
        MemoryError,
        OSError,
        SyntaxError,
        TypeError,
        ValueError,
        Warning,
    ) as error:  # what the decoders raise over a file that was made to hurt
        raise ImageRefusedError from error


def _redrawn(data: bytes, within: tuple[int, int]) -> Picture:
    with Image.open(io.BytesIO(data), formats=FORMATS) as opened:
        if opened.width * opened.height > MAX_PIXELS or getattr(opened, "n_frames", 1) > 1:
            raise ImageRefusedError
        upright = ImageOps.exif_transpose(opened)
        has_alpha = "A" in upright.mode or "transparency" in upright.info
        plain = upright.convert("RGBA" if has_alpha else "RGB")
    plain.thumbnail(within, Image.Resampling.LANCZOS)
    # A fresh canvas carries no EXIF, no profile and no comment of the upload.
    fresh = Image.new(plain.mode, plain.size)
    fresh.paste(plain)
    out = io.BytesIO()
    fresh.save(out, "WEBP", quality=QUALITY, method=4)
    return Picture(out.getvalue(), fresh.width, fresh.height)
