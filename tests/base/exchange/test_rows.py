"""Rows written as XML are what the library would have written, and quick roads lead to the same sheet."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from linli.base.exchange import csv_bytes, write_xlsx
from linli.base.exchange.writing import csv_cell

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


@given(
    st.lists(
        st.lists(
            st.text(st.characters(exclude_categories=("Cs",)), max_size=8)
            | st.sampled_from(["=1", "0123", " ", "1" * 12, "-", "\x1f=1"]),
            min_size=1,
            max_size=4,
        ),
        max_size=4,
    )
)
def test_the_quick_road_of_a_csv_leads_to_the_same_text(rows):
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(["甲"])
    for row in rows:
        writer.writerow([csv_cell(value, SHANGHAI) for value in row])
    assert b"".join(csv_bytes(["甲"], rows)).decode("utf-8-sig") == buffer.getvalue()


@given(
    st.lists(
        st.text(max_size=6) | st.sampled_from(["=1", " a", "a ", "a\x1fb", "_x0041_", "<b>", "", "张三"]),
        min_size=1,
        max_size=5,
    )
)
def test_a_row_of_texts_comes_back_whole(row):
    """Whatever the road: what is no sign of a text becomes the replacement sign, everything else is there."""
    from linli.base.exchange.writing import _cell_text

    buffer = io.BytesIO()
    write_xlsx(buffer, ["甲", "末"], [[*row, "末"]])
    expected = [_cell_text(text).replace("\r\n", "\n").replace("\r", "\n") for text in row]
    found = [str(cell).replace("\r\n", "\n").replace("\r", "\n") for cell in values(buffer.getvalue())[1]]
    assert found[: len(row) + 1] == [*expected, "末"]
