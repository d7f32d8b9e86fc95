"""Rows written as XML are what the library would have written, and quick roads lead to the same sheet."""

import csv
import io
import re
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from linli.base.exchange import csv_bytes, write_xlsx, xlsx_bytes
from linli.base.exchange.writing import _cell_text, csv_cell

SHANGHAI = ZoneInfo("Asia/Shanghai")
CELLS = [
    "文字", "a&b<c>d\"e'", " 前后有空 ", "_x0041_ 不是 A", "两\n行", "0123", "110105194912310021", "=1+1", "-5", "x" * 40_000, "\x00坏\ud800",
    7, 7.5, 10**17, Decimal("1.25"), True, False, date(2026, 3, 1), date(1900, 1, 5), date(1900, 2, 28), date(1899, 1, 1),
    datetime(2026, 3, 1, 9, 30, 15),  # noqa: DTZ001
     datetime(2026, 3, 1, 1, 30, tzinfo=UTC), None, "", float("nan"),
]  # fmt: skip


def values(content: bytes) -> list[list[object]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()


@pytest.mark.parametrize("value", CELLS, ids=lambda value: repr(value)[:20])
def test_a_cell_is_read_as_the_library_would_have_written_it(value):
    ours = io.BytesIO()
    write_xlsx(ours, ["甲", "乙"], [[value, "末"]])
    [row] = values(ours.getvalue())[1:]
    theirs = io.BytesIO()
    book = xlsxwriter.Workbook(
        theirs, {"strings_to_formulas": False, "strings_to_urls": False, "nan_inf_to_errors": True}
    )
    sheet = book.add_worksheet()
    day, moment = book.add_format({"num_format": "yyyy-mm-dd"}), book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    if isinstance(value, datetime):
        sheet.write_datetime(0, 0, value.astimezone(SHANGHAI).replace(tzinfo=None) if value.tzinfo else value, moment)
    elif isinstance(value, date) and value.year >= 1900:
        sheet.write_datetime(0, 0, value, day)
    elif isinstance(value, int | float | Decimal) and not isinstance(value, bool) and abs(value) < 10**15:
        sheet.write_number(0, 0, value)
    elif isinstance(value, str) and len(value) < 32_767 and "\x00" not in value:
        sheet.write_string(0, 0, value)
    sheet.write_string(0, 1, "末")
    book.close()
    [line] = values(theirs.getvalue())
    if len(line) == 2:  # else the library was given nothing to write here
        assert row[0] == line[0]
    assert row[1] == "末"


def test_more_columns_than_the_header():
    buffer = io.BytesIO()
    assert write_xlsx(buffer, ["甲"], [["1", "2", "3"], ["4"]]) == 2
    assert values(buffer.getvalue())[1] == ["1", "2", "3"]


CSV_CELLS = (
    st.text(st.characters(exclude_categories=("Cs",)), max_size=8)
    | st.sampled_from(["=1", "0123", " ", "1" * 12, "-", "\x1f=1", "a,b", '"', "", "x\x1e0123"])
    | st.integers()
    | st.floats()
    | st.dates()
    | st.sampled_from([None, True, Decimal("-0.1"), Decimal("1E-7"), datetime(2026, 3, 1, 1, 30, tzinfo=UTC)])
)


@given(st.lists(st.lists(CSV_CELLS, max_size=4), max_size=6), st.integers(1, 3))
def test_the_quick_road_of_a_csv_leads_to_the_same_text(rows, batch):
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(["甲"])
    for row in rows:
        writer.writerow([csv_cell(value, SHANGHAI) for value in row])
    assert b"".join(csv_bytes(["甲"], rows, batch=batch)).decode("utf-8-sig") == buffer.getvalue()


XLSX_CELLS = st.text(max_size=6) | st.sampled_from(
    [
        "=1",
        " a",
        "a ",
        "a\n",
        "a\tb",
        "a\x1fb",
        "_x0041_",
        "<b>",
        "",
        "张三",
        "\u3000张三",
        "x" * 40_000,
        7,
        None,
        date(2026, 3, 1),
    ]
)


@given(st.lists(st.lists(XLSX_CELLS, min_size=1, max_size=5), min_size=1, max_size=4))
def test_rows_come_back_whole(rows):
    """Whatever the road: what is no sign of a text becomes the replacement sign, everything else is there."""
    sent = b"".join(
        xlsx_bytes(["甲", "乙", "丙", "丁", "戊", "末"], [[*row, *[""] * (5 - len(row)), "末"] for row in rows])
    )
    for row, found in zip(rows, values(sent)[1:], strict=True):
        for value, cell in zip([*row, *[""] * (5 - len(row)), "末"], found, strict=True):
            if isinstance(value, str):
                said = _cell_text(value).replace("\r\n", "\n").replace("\r", "\n")
                assert str(cell).replace("\r\n", "\n").replace("\r", "\n") == said
            else:
                assert cell == ("" if value is None else value)


def test_live_texts_among_easy_ones_are_marked_as_quoted():
    content = b"".join(xlsx_bytes(["甲", "乙"], [["张三", "=1+1"], ["李四", date(2026, 3, 1)], ["-", "王五"]]))
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        assert book.testzip() is None
        sheet, styles = book.read("xl/worksheets/sheet1.xml").decode(), book.read("xl/styles.xml").decode()
    quoted = [
        number
        for number, one in enumerate(re.findall(r"<xf [^>]*?/?>", styles.split("<cellXfs")[1]))
        if "quotePrefix" in one
    ]
    assert [sheet.count(f'r="{cell}" s="{quoted[0]}"') for cell in ("B2", "A4")] == [1, 1]
    assert sheet.count(f's="{quoted[0]}"') == 2
    assert "<f>" not in sheet


def test_a_long_workbook_is_sent_while_it_is_read():
    """Pieces leave before the last row is asked for, and the memory holds a portion only."""
    asked = 0

    def rows():
        nonlocal asked
        for asked in range(1, 20_001):
            yield [f"{asked * 7919 % 104729}字{asked}"] * 5

    pieces = xlsx_bytes(["甲"] * 5, rows(), mark="谁 & 何时")
    first = next(pieces)
    assert asked < 20_000
    content = first + b"".join(pieces)
    assert len(values(content)) == 20_001
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        assert "谁 &amp; 何时" in book.read("docProps/core.xml").decode()
        assert "谁 &amp;&amp; 何时" in book.read("xl/worksheets/sheet1.xml").decode()
