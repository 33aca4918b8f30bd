"""Tables that people bring and take away: CSV and XLSX, without formulas in or out.

Whoever imports or exports uses this; it knows no room. Each refusal names the line of the file,
as the person sees it in their own program.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.errors import PortalError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from flask_babel.speaklater import LazyString

MAX_BYTES = 8 * 1024 * 1024
MAX_ROWS = 10_000
MAX_COLUMNS = 60
MAX_CELL = 2_000
SEPARATORS = (";", ",", "\t")
FORMULA = ("=", "+", "-", "@", "\t", "\r")
# A number may begin with a plus or a minus; nothing that a person types begins with the others.
NEVER = ("=", "@")
NUMERIC = frozenset("+-0123456789 ()/.,")


class SheetError(PortalError):
    """A file cannot be read as a table; the sentence names the line where there is one."""

    code = "unreadable_sheet"
    status = 422
    sentence: str | LazyString = _l("Diese Datei lässt sich nicht lesen.")
    cure: str | LazyString = _l(
        "Speichern Sie sie als CSV (UTF-8) oder als XLSX, und laden Sie sie noch einmal."
    )

    def __init__(self, sentence: str = "", *, line: int | None = None, cure: str = "") -> None:
        super().__init__(line=line)
        self.line = line
        if sentence:
            self.sentence = (
                _("Zeile %(line)s: %(words)s", line=line, words=sentence) if line else (sentence)
            )
        if cure:
            self.cure = cure


@dataclass(frozen=True)
class Row:
    """One line of a file: its number there, counted from one, and its cells by column."""

    line: int
    cells: dict[str, str]


@dataclass(frozen=True)
class Sheet:
    """A table that was read: the names of its columns as written, and its rows without blanks."""

    head: tuple[str, ...]
    rows: Sequence[tuple[int, Sequence[str]]]


def read(data: bytes, *, max_rows: int = MAX_ROWS) -> Sheet:
    """Return the table of a CSV or XLSX file, told apart by its first bytes.

    CSV is UTF-8 with or without a mark, or Windows-1252; parted by ``;``, ``,`` or tabs. Of an
    XLSX file the first sheet is read; its packed and unpacked size are checked before that.

    :param data: at most 8 MiB.
    :raise SheetError: it is too large, damaged, holds a formula, or has no row with names.
    """
    if len(data) > MAX_BYTES:
        raise SheetError(
            _("Die Datei ist größer als 8 MB."), cure=_("Teilen Sie sie in mehrere Dateien.")
        )
    if not data.strip():
        raise empty()
    if data.startswith(b"PK"):
        from portal.workbooks import lines

        found = lines(data, max_rows)
    else:
        found = _csv_lines(data)
    return _sheet(found, max_rows)


def _sheet(found: Iterable[tuple[int, Sequence[str]]], max_rows: int) -> Sheet:
    head: tuple[str, ...] | None = None
    rows: list[tuple[int, Sequence[str]]] = []
    for line, cells in found:
        if not any(cells):
            continue
        _check(line, cells)
        if head is None:
            head = tuple(cells)
        elif len(rows) == max_rows:
            raise too_many(max_rows)
        else:
            rows.append((line, cells))
    if head is None:
        raise empty()
    return Sheet(head, rows)


def empty() -> SheetError:
    """Return the refusal of a file without a line."""
    return SheetError(_("Die Datei ist leer."), cure=_("Wählen Sie eine Datei mit Zeilen."))


def too_many(max_rows: int) -> SheetError:
    """Return the refusal of a file with too many rows."""
    return SheetError(
        _("Die Datei hat mehr als %(rows)s Zeilen.", rows=max_rows),
        cure=_("Teilen Sie sie in mehrere Dateien."),
    )


def _check(line: int, cells: Sequence[str]) -> None:
    if len(cells) > MAX_COLUMNS:
        raise SheetError(
            _("Es sind mehr als %(number)s Spalten.", number=MAX_COLUMNS),
            line=line,
            cure=_("Entfernen Sie Spalten, die nicht gebraucht werden."),
        )
    for number, cell in enumerate(cells, start=1):
        if len(cell) > MAX_CELL:
            raise SheetError(
                _("Der Text in Spalte %(number)s ist zu lang.", number=number), line=line
            )
        if _is_formula(cell):
            raise formula(line, number)


def _is_formula(cell: str) -> bool:
    if cell.startswith(NEVER):
        return True
    return cell.startswith(FORMULA) and cell != "-" and not NUMERIC.issuperset(cell)


def formula(line: int, column: int) -> SheetError:
    """Return the refusal of a cell that would be calculated."""
    return SheetError(
        _("In Spalte %(number)s steht eine Formel.", number=column),
        line=line,
        cure=_("Ersetzen Sie Formeln durch ihre Werte, und laden Sie die Datei noch einmal."),
    )


def _csv_lines(data: bytes) -> Iterator[tuple[int, Sequence[str]]]:
    text = _text(data)
    first = text.lstrip().split("\n", 1)[0]
    separator = max(SEPARATORS, key=first.count)
    # Strict, so that a quotation mark that is never closed does not swallow the rest.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise SheetError(
                _("Ein Anführungszeichen fehlt, oder die Datei ist nicht vollständig."), line=line
            ) from error
        if cells is None:
            return
        yield line, [tidy(cell) for cell in cells]


def _text(data: bytes) -> str:
    if b"\0" in data:
        raise SheetError(
            _("Das ist keine Textdatei in UTF-8."),
            cure=_(
                "Speichern Sie sie als CSV (UTF-8) oder als XLSX, und laden Sie sie noch einmal."
            ),
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise SheetError(_("Ein Zeichen lässt sich nicht lesen."), line=line) from error


def tidy(cell: str) -> str:
    """Return a cell without outer blanks, and without the sign that ``defused`` puts in front."""
    cell = cell.strip(" \u00a0\u200b")
    return cell[1:] if cell[:1] == "'" and cell[1:2] in FORMULA and len(cell) > 1 else cell.strip()


def named(sheet: Sheet, names: dict[str, str], needed: Sequence[str]) -> Iterator[Row]:
    """Yield the rows with their cells by field.

    :param names: field by the name of its column, in small letters; several names may mean one.
    :param needed: fields without which the file is refused.
    :raise SheetError: a needed column is missing, or one is there twice.
    """
    fields = [names.get(" ".join(each.lower().split())) for each in sheet.head]
    known = [each for each in fields if each]
    missing = [each for each in needed if each not in known]
    if missing:
        wanted = {field: name for name, field in reversed(names.items())}
        words = ", ".join(wanted[each].capitalize() for each in missing)
        raise SheetError(
            _("Es fehlt eine Spalte: %(names)s.", names=words),
            cure=_("Die erste Zeile nennt die Spalten. Die Vorlage zeigt, wie sie heißen."),
        )
    if len(set(known)) < len(known):
        raise SheetError(
            _("Eine Spalte ist doppelt."), cure=_("Lassen Sie jede Spalte nur einmal stehen.")
        )
    for line, cells in sheet.rows:
        pairs = zip(fields, cells, strict=False)
        yield Row(line, {field: cell for field, cell in pairs if field})


def ignored(sheet: Sheet, names: dict[str, str]) -> list[str]:
    """Return the names of the columns that nobody knows."""
    return [each for each in sheet.head if each and " ".join(each.lower().split()) not in names]


def defused(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell[:1] in FORMULA else cell


def write_csv(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Yield a CSV file in pieces: UTF-8 with a mark, parted by ``;``, formulas defused."""
    target = io.StringIO()
    writer = csv.writer(target, delimiter=";")
    target.write("\ufeff")
    writer.writerow([defused(name) for name in head])
    for number, row in enumerate(rows):
        writer.writerow([defused(cell) for cell in row])
        if number % 500 == 499:  # noqa: PLR2004  a piece is about 64 KiB
            yield target.getvalue()
            target.seek(0)
            target.truncate()
    yield target.getvalue()


def write_xlsx(head: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Return an XLSX file with one sheet; each cell is a text, and formulas are defused."""
    import xlsxwriter

    target = io.BytesIO()
    options: dict[str, Any] = {"constant_memory": True, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, options) as book:
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 0)
        for column, name in enumerate(head):
            sheet.write_string(0, column, defused(name))
        for line, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                sheet.write_string(line, column, defused(cell))
    return target.getvalue()
