"""XLSX files are archives that a stranger packed: measured before anything in them is believed.

python-calamine reads a sheet into one dense block, so a single cell in the last corner, or one
text that is named a million times, would cost the memory of the machine. This module unpacks
each part with a limit, counts the cells as a parser of XML finds them, and lets the library read
an archive of nothing but the parts that were measured.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING
from xml.parsers import expat

from flask_babel import gettext as _
from python_calamine import CalamineError, CalamineWorkbook

from portal.sheets import MAX_COLUMNS, SheetError, formula, tidy, too_many

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

MAX_PARTS = 200
MAX_UNPACKED = 64 * 1024 * 1024
MAX_TEXT = 128 * 1024 * 1024
HEADER = 30
STEP = 1024 * 1024
# What the library needs; whatever else an archive holds, it never sees.
NEEDED = {
    "[content_types].xml",
    "_rels/.rels",
    "xl/workbook.xml",
    "xl/_rels/workbook.xml.rels",
    "xl/sharedstrings.xml",
    "xl/styles.xml",
}
SHEETS = "xl/worksheets/"
_ADDRESS = re.compile(r"([A-Z]{1,3})(\d{1,7})\Z", re.IGNORECASE | re.ASCII)
_NUMBER = re.compile(r"\d{1,7}\Z", re.ASCII)


def lines(data: bytes, max_rows: int) -> Iterator[tuple[int, Sequence[str]]]:
    """Yield the lines of the first sheet, numbered as Excel does.

    :raise SheetError: it is damaged, a bomb, too large, or holds a formula.
    """
    parts = _unpacked_parts(data)
    _measure(parts, max_rows)
    try:
        sheet = CalamineWorkbook.from_filelike(_packed(parts)).get_sheet_by_index(0)
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


def _unpacked_parts(data: bytes) -> dict[str, bytes]:
    found, room = {}, MAX_UNPACKED
    for info in _parts(data):
        part = _unpacked(data, info, room)
        room -= len(part)
        name = info.filename.lower()
        if name in NEEDED or (name.startswith(SHEETS) and name.endswith(".xml")):
            found[info.filename] = part
    return found


def _packed(parts: Mapping[str, bytes]) -> io.BytesIO:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    target.seek(0)
    return target


def _measure(parts: Mapping[str, bytes], max_rows: int) -> None:
    """Refuse parts with formulas, with cells too far out, or with too much text in all cells."""
    measures = [_Measure(part, max_rows) for part in parts.values()]
    cells = sum(each.cells for each in measures)
    if cells * max((each.longest for each in measures), default=0) > MAX_TEXT:
        raise SheetError(_("Die Datei ist ausgepackt zu groß."))


class _Measure:
    """The number of cells of one part, and the length of its longest shared text.

    Cells are found as the library finds them, which is more forgiving than the standard: prefixes
    of names mean nothing, and a row or cell without an address stands behind the one before.
    """

    def __init__(self, part: bytes, max_rows: int) -> None:
        self.cells = self.longest = 0
        self._max_rows = max_rows
        self._rows = self._row = self._column = self._length = 0
        self._is_shared = False
        # The library reads UTF-8, whatever a part says of itself.
        parser = expat.ParserCreate("utf-8")
        parser.StartElementHandler = self._begin
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._hear
        parser.StartDoctypeDeclHandler = _refuse_entities
        try:
            parser.Parse(part, True)
        except expat.ExpatError as error:
            raise _damaged() from error

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(":")[2]
        if name == "c":
            self._meet_cell(attributes.get("r"))
        elif name == "row":
            self._meet_row(attributes.get("r"))
        elif name == "f":
            raise formula(self._row, self._column)
        elif name == "si":
            self._is_shared, self._length = True, 0

    def _end(self, name: str) -> None:
        if name.rpartition(":")[2] == "si":
            self._is_shared = False

    def _hear(self, text: str) -> None:
        if self._is_shared:
            self._length += len(text)
            self.longest = max(self.longest, self._length)

    def _meet_row(self, number: str | None) -> None:
        if number is not None and not _NUMBER.match(number):
            raise _damaged()
        self._rows += 1
        self._row = int(number) if number else self._row + 1
        self._column = 0
        # Blank lines between the rows are fine, a lone row at the far end is not.
        if max(self._rows, self._row) > 2 * self._max_rows + 2:
            raise too_many(self._max_rows)

    def _meet_cell(self, address: str | None) -> None:
        self.cells += 1
        self._column += 1
        if address is not None:
            found = _ADDRESS.match(address)
            if found is None:
                raise _damaged()
            self._column, self._row = _column(found[1]), int(found[2])
        if self._row > 2 * self._max_rows + 2 or self.cells > (self._max_rows + 1) * MAX_COLUMNS:
            raise too_many(self._max_rows)
        if self._column > MAX_COLUMNS:
            raise SheetError(
                _("Es sind mehr als %(number)s Spalten.", number=MAX_COLUMNS), line=self._row
            )


def _refuse_entities(*_declared: object) -> None:
    raise _damaged()


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


def _column(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number
