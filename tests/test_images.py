"""Uploaded pictures are drawn anew; what is no picture, or too much of one, is refused."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image

from portal import images
from portal.images import ImageRefusedError, redraw

BOX = (100, 50)


def picture(kind="PNG", size=(200, 200), mode="RGB", **options):
    out = io.BytesIO()
    Image.new(mode, size, (10, 200, 30, 128)[: len(mode)]).save(out, kind, **options)
    return out.getvalue()


def reopened(data):
    return Image.open(io.BytesIO(data))


@pytest.mark.requirement("WR-2")
@pytest.mark.parametrize("kind", images.FORMATS)
def test_a_picture_is_scaled_into_its_box(kind):
    made = redraw(picture(kind), within=BOX)
    again = reopened(made.data)
    assert (again.format, again.size) == ("WEBP", (50, 50))
    assert made.uri.startswith("data:image/webp;base64,")


def test_a_small_picture_keeps_its_size_and_its_transparency():
    again = reopened(redraw(picture(mode="RGBA", size=(20, 10)), within=BOX).data)
    assert (again.size, again.mode) == ((20, 10), "RGBA")


def test_nothing_of_the_upload_comes_along():
    exif = Image.Exif()
    exif[0x010E] = "ZZB-secret place"
    exif[0x0112] = 6
    upload = picture("JPEG", size=(40, 20), exif=exif, comment=b"ZZB-comment")
    assert b"ZZB" in upload
    made = redraw(upload, within=BOX)
    assert b"ZZB" not in made.data
    assert b"EXIF" not in made.data
    assert (made.width, made.height) == (20, 40)  # it was lying on its side


def bomb():
    """Return a PNG of a few bytes that claims to be 60,000 pixels wide and high."""

    def chunk(name, body):
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"0" * 99))


HOSTILE = {
    "empty": b"",
    "words": b"not a picture",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "html behind a magic number": b"\x89PNG\r\n\x1a\n<html><script>alert(1)</script>",
    "cut off": picture()[:60],
    "too many bytes": b"\x89PNG\r\n\x1a\n" + b"0" * images.MAX_BYTES,
    "too many pixels": bomb(),
    "other kind": picture("GIF"),
    "moving": picture(
        "WEBP", save_all=True, append_images=[Image.new("RGB", (200, 200), (1, 2, 3))]
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused(name):
    with pytest.raises(ImageRefusedError):
        redraw(HOSTILE[name], within=BOX)
