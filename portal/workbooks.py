"""XLSX files are archives that a stranger packed: measured before anything in them is believed.

python-calamine reads a sheet into one dense block, so a single cell in the last corner, or one
text that is named a million times, would cost the memory of the machine. This module unpacks
each part with a limit, counts the cells, and only then lets the library read.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING

from flask_babel import gettext as _
from python_calamine import CalamineError, CalamineWorkbook

from portal.sheets import MAX_COLUMNS, SheetError, formula, tidy, too_many

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MAX_PARTS = 200
MAX_UNPACKED = 64 * 1024 * 1024
MAX_TEXT = 128 * 1024 * 1024
HEADER = 30
STEP = 1024 * 1024
_CELL = re.compile(
    rb"<(?:\w+:)?c\s[^>]*?\br=\"([A-Z]{1,3})(\d{1,7})\"[^>]*?(/?)>(\s*<(?:\w+:)?f\b)?"
)
_ROW = re.compile(rb"<(?:\w+:)?row\b(?:[^>]*?\br=\"(\d{1,7})\")?")
_ANY_CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
_TEXT = re.compile(rb"<(?:\w+:)?si\b(.*?)</(?:\w+:)?si>", re.DOTALL)


def lines(data: bytes, max_rows: int) -> Iterator[tuple[int, Sequence[str]]]:
    """Yield the lines of the first sheet, numbered as Excel does.

    :raise SheetError: it is damaged, a bomb, too large, or holds a formula.
    """
    longest, cells = _measured(data, max_rows)
    if longest * cells > MAX_TEXT:
        raise SheetError(_("Die Datei ist ausgepackt zu groß."))
    try:
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0)
        start = (sheet.start or (0, 0))[0]
        rows = sheet.to_python(skip_empty_area=True)
    except (CalamineError, IndexError, OSError, ValueError) as error:
        raise _damaged() from error
    for number, row in enumerate(rows, start=start + 1):
        yield number, [_written(cell) for cell in row]


def _damaged() -> SheetError:
    return SheetError(_("Die Datei ist beschädigt oder nicht vollständig."))


def _written(cell: object) -> str:
    """Return a cell as a person reads it: a number without the point that Excel adds."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return tidy(str(cell))


def _measured(data: bytes, max_rows: int) -> tuple[int, int]:
    """Return the length of the longest text and the number of cells, over all sheets."""
    longest = cells = 0
    room = MAX_UNPACKED
    for info in _parts(data):
        part = _unpacked(data, info, room)
        room -= len(part)
        if info.filename.startswith("xl/worksheets/"):
            cells += _cells(part, max_rows)
        elif info.filename.endswith("sharedStrings.xml"):
            longest = max((len(each[1]) for each in _TEXT.finditer(part)), default=0)
    return longest, cells


def _parts(data: bytes) -> list[zipfile.ZipInfo]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise _damaged() from error
    names = [part.filename for part in parts]
    overlapping = sum(part.compress_size for part in parts) > len(data)
    if len(parts) > MAX_PARTS or len(set(names)) < len(names) or overlapping:
        raise _damaged()
    if sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise SheetError(_("Die Datei ist ausgepackt zu groß."))
    if "xl/workbook.xml" not in names:
        raise SheetError(_("Das ist keine Tabelle im Format XLSX."))
    return parts


def _unpacked(data: bytes, info: zipfile.ZipInfo, room: int) -> bytes:
    """Return a part as it really is, whatever size its entry declares."""
    head = data[info.header_offset : info.header_offset + HEADER]
    if len(head) < HEADER or info.flag_bits & 1:
        raise _damaged()
    begin = info.header_offset + HEADER + sum(struct.unpack("<HH", head[26:30]))
    packed = data[begin : begin + info.compress_size]
    if info.compress_type == zipfile.ZIP_STORED:
        return packed
    if info.compress_type != zipfile.ZIP_DEFLATED:
        raise _damaged()
    try:
        part = zlib.decompressobj(-15).decompress(packed, room + 1)
    except zlib.error as error:
        raise _damaged() from error
    if len(part) > room or len(part) != info.file_size:
        raise SheetError(_("Die Datei ist ausgepackt zu groß."))
    return part


def _cells(part: bytes, max_rows: int) -> int:
    """Return the number of cells of a sheet, after refusing those too far out and formulas."""
    rows = [int(each[1] or 0) for each in _ROW.finditer(part)]
    # Blank lines between the rows are fine, a lone row at the far end is not.
    if len(rows) > 2 * max_rows + 2 or max(rows, default=0) > 2 * max_rows + 2:
        raise too_many(max_rows)
    for found in _CELL.finditer(part):
        column, row = _column(found[1]), int(found[2])
        if row > 2 * max_rows + 2:
            raise too_many(max_rows)
        if column > MAX_COLUMNS:
            raise SheetError(
                _("Es sind mehr als %(number)s Spalten.", number=MAX_COLUMNS), line=row
            )
        if found[4] and not found[3]:
            raise formula(row, column)
    if _FORMULA.search(part):
        raise SheetError(_("Die Datei enthält Formeln."))
    cells = len(_ANY_CELL.findall(part))
    if cells > (max_rows + 1) * MAX_COLUMNS:
        raise too_many(max_rows)
    return cells


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
