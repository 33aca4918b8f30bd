"""Files that people bring: read in every common shape, refused with the line that is wrong."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest
from flask_babel import force_locale

from portal import sheets, workbooks
from portal.sheets import SheetError

NAMES = {"name": "name", "e-mail": "email", "mail": "email"}


@pytest.fixture(autouse=True)
def _german(app):
    with app.test_request_context(), force_locale("de"):
        yield


def xlsx(*rows, **options):
    return sheets.write_xlsx(rows[0], rows[1:])


def parts(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(files):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target.getvalue()


def with_sheet(change):
    """Return a workbook whose first sheet was changed by hand."""
    files = parts(xlsx(["Name", "E-Mail"], ["Mara", "m@example.org"]))
    name = "xl/worksheets/sheet1.xml"
    return packed({**files, name: change(files[name])})


@pytest.mark.requirement("ADM-3")
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_csv_is_read_in_every_common_shape(encoding, separator, end):
    text = end.join([separator.join(row) for row in (["Name", "E-Mail"], ["Jörg", "j@ä.de"])])
    sheet = sheets.read((text + end).encode(encoding))
    assert [row.cells for row in sheets.named(sheet, NAMES, ["name"])] == [
        {"name": "Jörg", "email": "j@ä.de"}
    ]


@pytest.mark.requirement("ADM-3")
def test_xlsx_is_read_and_numbers_stay_as_people_write_them():
    import xlsxwriter

    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, ["Name", "Nummer"])
        page.write_row(2, 0, ["Mara", 838382202])
    sheet = sheets.read(target.getvalue())
    # The blank line counts, as it does for whoever looks for line 3 in Excel.
    assert sheet.rows == [(3, ["Mara", "838382202"])]


def test_lines_are_counted_as_the_editor_counts_them():
    data = b'Name;Notiz\n"Mara";"zwei\nZeilen"\n\nJan;x\n'
    assert [line for line, _cells in sheets.read(data).rows] == [2, 5]


@pytest.mark.parametrize(
    ("data", "line", "words"),
    [
        (b"", None, "leer"),
        (b" \n \n", None, "leer"),
        (b'Name;E-Mail\nMara;"halb', 2, "vollst"),
        (b"Name\nM\x81ra", 2, "Zeichen"),
        (b"N\0ame\nx", None, "UTF-8"),
        (b"Name\nMara\n=1+1", 3, "Formel"),
        (b"Name\n@SUM(A1)", 2, "Formel"),
        (b"Name\n+cmd|' /C calc'!A0", 2, "Formel"),
        (b"Name\n" + b"x" * 2_001, 2, "zu lang"),
        (b"a;" * 61 + b"\n", 1, "Spalten"),
        (b"x" * (sheets.MAX_BYTES + 1), None, "8 MB"),
        (b"PK\x03\x04 and then nothing", None, "besch"),
    ],
)
def test_a_bad_file_is_refused_with_its_line(data, line, words):
    with pytest.raises(SheetError) as refused:
        sheets.read(data)
    assert refused.value.line == line
    assert words in refused.value.message()
    if line:
        assert f"Zeile {line}:" in refused.value.message()


def test_a_telephone_number_is_no_formula():
    assert sheets.read(b"Telefon\n+49 (40) 555-0100\n-\n").rows[0][1] == ["+49 (40) 555-0100"]


@pytest.mark.requirement("ADM-3")
def test_a_million_rows_are_refused_before_they_are_all_read():
    with pytest.raises(SheetError, match="unreadable"):
        sheets.read(b"n\n" + b"x\n" * 1_000_000)
    with pytest.raises(SheetError) as refused:
        sheets.read(b"n\n" + b"x\n" * 10_001)
    assert "10000" in refused.value.message().replace(".", "")


@pytest.mark.parametrize("kept", [100, 1_000, 3_000])
def test_a_half_uploaded_workbook_is_refused(kept):
    whole = xlsx(["Name"], *[[f"Name {number}"] for number in range(200)])
    with pytest.raises(SheetError):
        sheets.read(whole[:kept])


def test_a_formula_in_a_workbook_is_named_with_its_row():
    import xlsxwriter

    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, ["Name", "Nummer"])
        page.write_row(1, 0, ["Mara", 1])
        page.write_formula(2, 1, "=1+1", value=2)
    with pytest.raises(SheetError) as refused:
        sheets.read(target.getvalue())
    assert "Formel" in refused.value.message()
    assert refused.value.line == 3


def test_a_workbook_that_unpacks_to_gigabytes_is_refused():
    files = parts(xlsx(["Name"], ["Mara"]))
    bomb = packed({**files, "xl/worksheets/sheet1.xml": b" " * (workbooks.MAX_UNPACKED + 1)})
    assert len(bomb) < 200_000
    with pytest.raises(SheetError, match="unreadable"):
        sheets.read(bomb)


def test_a_workbook_that_lies_about_its_size_is_refused():
    files = parts(xlsx(["Name"], ["Mara"]))
    bomb = bytearray(packed({**files, "xl/worksheets/sheet1.xml": b" " * 5_000_000}))
    # The directory at the end says one kilobyte where five megabytes are.
    at = bomb.rfind(struct.pack("<L", 5_000_000))
    while at >= 0:
        bomb[at : at + 4] = struct.pack("<L", 1_000)
        at = bomb.rfind(struct.pack("<L", 5_000_000))
    with pytest.raises(SheetError) as refused:
        sheets.read(bytes(bomb))
    assert "ausgepackt" in refused.value.message()


@pytest.mark.parametrize("cell", [b"XFD2", b"A1048576"])
def test_a_cell_in_the_last_corner_costs_no_memory(cell):
    data = with_sheet(lambda text: text.replace(b'r="B2"', b'r="' + cell + b'"'))
    with pytest.raises(SheetError):
        sheets.read(data)


def with_rows(rows, name="worksheets/sheet1.xml"):
    """Return a workbook whose first sheet has these rows, and may be a part of another name."""
    files = parts(xlsx(["Name"], ["Mara"]))
    del files["xl/worksheets/sheet1.xml"]
    links = files["xl/_rels/workbook.xml.rels"].replace(b"worksheets/sheet1.xml", name.encode())
    page = b"<worksheet><sheetData>" + rows + b"</sheetData></worksheet>"
    return packed({**files, "xl/_rels/workbook.xml.rels": links, f"xl/{name}": page})


NEAR_CELL = b'<row r="1"><c r="A1"><v>7</v></c></row>'
FAR_CELL = b'<row r="900"><c r="ZZZ900"><v>7</v></c></row>'


@pytest.mark.parametrize(
    "rows",
    [
        FAR_CELL.replace(b'"', b"'"),
        FAR_CELL.replace(b"=", b" = "),
        FAR_CELL.replace(b"ZZZ", b"zzz"),
        FAR_CELL.replace(b"ZZZ", b"&#90;ZZ"),
        b"<row>" + b"<c><v>7</v></c>" * 61 + b"</row>",
    ],
)
def test_a_far_cell_costs_no_memory_however_it_is_written(rows):
    with pytest.raises(SheetError, match="unreadable"):
        sheets.read(with_rows(NEAR_CELL + rows))


def test_a_long_sheet_of_short_texts_is_read():
    rows = [[f"text {line} {column}" for column in range(20)] for line in range(8_000)]
    assert len(sheets.read(sheets.write_xlsx(["Name"] * 20, rows)).rows) == 8_000


def test_a_sheet_that_hides_among_other_parts_is_not_read():
    assert sheets.read(with_rows(NEAR_CELL)).head == ("7",)
    for name in ("other/sheet1.xml", "media/image1.png"):
        with pytest.raises(SheetError, match="unreadable"):
            sheets.read(with_rows(NEAR_CELL + FAR_CELL, name))


def test_a_workbook_with_entities_of_its_own_is_refused():
    def declared(text):
        head, root = text.split(b"?>", 1)
        return head + b'?><!DOCTYPE worksheet [<!ENTITY far "7">]>' + root

    with pytest.raises(SheetError, match="unreadable"):
        sheets.read(with_sheet(declared))


@pytest.mark.parametrize(
    ("name", "end"),
    [
        ("xl/sharedStrings.xml", b"</si>"),
        ("xl/sharedStrings.xml", b"</si >"),
        ("xl/SharedStrings.xml", b"</si>"),
    ],
)
def test_a_long_text_that_is_named_a_million_times_is_refused(name, end):
    files = parts(xlsx(["Name"], ["Mara"]))
    files.pop("xl/sharedStrings.xml", None)
    rows = b"".join(
        b'<row r="%d">' % row + b'<c t="s"><v>0</v></c>' * 60 + b"</row>" for row in range(1, 9_000)
    )
    page = b"<worksheet><sheetData>" + rows + b"</sheetData></worksheet>"
    text = b"<sst><si><t>" + b"x" * 100_000 + b"</t>" + end + b"</sst>"
    data = packed({**files, "xl/worksheets/sheet1.xml": page, name: text})
    with pytest.raises(SheetError, match="unreadable"):
        sheets.read(data)


def test_another_archive_is_no_table():
    with pytest.raises(SheetError) as refused:
        sheets.read(packed({"hello.txt": b"hello"}))
    assert "XLSX" in refused.value.message()


def test_a_missing_a_double_and_an_unknown_column_are_told():
    with pytest.raises(SheetError) as refused:
        list(sheets.named(sheets.read(b"Mail\nx"), NAMES, ["name"]))
    assert "Name" in refused.value.message()
    with pytest.raises(SheetError) as refused:
        list(sheets.named(sheets.read(b"Name;Mail;E-Mail\nx;y;z"), NAMES, ["name"]))
    assert "doppelt" in refused.value.message()
    assert sheets.ignored(sheets.read(b"Name;Schuhgr\xf6\xdfe\nx;y"), NAMES) == ["Schuhgröße"]


@pytest.mark.requirement("ADM-3")
@pytest.mark.parametrize("first", sheets.FORMULA)
def test_a_formula_is_defused_on_the_way_out_and_comes_back_as_it_was(first):
    value = f"{first}49"
    text = "".join(sheets.write_csv(["Name"], [[value]]))
    assert f"'{first}" in text
    book = parts(sheets.write_xlsx(["Name"], [[value]]))
    assert b"<f>" not in book["xl/worksheets/sheet1.xml"]
    if first in {"+", "-"}:
        assert sheets.read(text.encode()).rows == [(2, [value])]
        assert sheets.read(sheets.write_xlsx(["Name"], [[value]])).rows == [(2, [value])]
