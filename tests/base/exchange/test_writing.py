"""Written sheets are text where they must be text, and come back as they were."""

import io
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.base.exchange import PROBLEM_HEADER, Problem, csv_bytes, problem_rows, read_rows, workbook, write_xlsx
from linli.base.exchange.writing import csv_cell, is_live

SHANGHAI = ZoneInfo("Asia/Shanghai")
LIVE = [
    "=1+1",
    "+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "\x00=1",
    "\uff1d1+1",
    "\uff0b1",
    "\uff0dA1",
]
LIVE += ["\uff20A1", " =1+1", "\u3000=1", "\u200b=1", "\ufeff@x", '=HYPERLINK("http://x","y")', "=DDE(1;2;3)", "|calc"]


def back(tmp_path, content: bytes, name: str = "a.csv"):
    path = tmp_path / name
    path.write_bytes(content)
    return [list(row.values()) for _, row in read_rows(path)]


@pytest.mark.parametrize("text", LIVE)
def test_live_text_is_neutralised_in_csv(text):
    assert is_live(text)
    assert csv_cell(text, SHANGHAI) == "'" + text
    line = b"".join(csv_bytes(["a"], [[text]])).decode("utf-8-sig").split("\r\n", 1)[1]
    assert line.lstrip('"').startswith("'")


@pytest.mark.parametrize("text", ["-5", "+3.5", "-12%", "正常", "a=b", "", "1-2", "2026-10-01", "(=1)"])
def test_ordinary_text_stays(text):
    assert not is_live(text)
    assert csv_cell(text, SHANGHAI) == text


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, ""),
        (True, "是"),
        (False, "否"),
        (12, "12"),
        (-12, "-12"),
        (1.5, "1.5"),
        (Decimal("0.10"), "0.10"),
        (Decimal("1E+3"), "1000"),
        (Fraction(1, 4), "0.25"),
        (110106009008001, "110106009008001"),
        (110105194912310020, "110105194912310020\t"),
        ("110105194912310020", "110105194912310020\t"),
        ("0012", "0012\t"),
        ("13812345678", "13812345678"),
        (date(2026, 10, 1), "2026-10-01"),
        (datetime(2026, 10, 1, 1, 30, tzinfo=UTC), "2026-10-01 09:30:00"),
    ],
)
def test_csv_cells(value, expected):
    assert csv_cell(value, SHANGHAI) == expected


def test_csv_is_streamed_with_the_mark_of_excel():
    pieces = list(csv_bytes(["甲", "乙"], ([number, "字"] for number in range(1200)), batch=500))
    assert len(pieces) == 3
    assert pieces[0].startswith(b"\xef\xbb\xbf")
    assert b"".join(pieces).count(b"\r\n") == 1201
    assert b"\xef\xbb\xbf" not in b"".join(pieces)[3:]


def test_csv_and_xlsx_come_back(tmp_path):
    rows = [["1", '引号"和,逗号', "多\n行", "0012", "11010519491231002X"], ["2", "𠮷😀", "", "110106009008001", "x"]]
    header = ["编号", "甲", "乙", "代码", "证号"]
    assert back(tmp_path, b"".join(csv_bytes(header, rows))) == rows
    assert write_xlsx(tmp_path / "a.xlsx", header, rows) == 2
    assert [list(row.values()) for _, row in read_rows(tmp_path / "a.xlsx")] == rows


def test_xlsx_holds_no_formula_and_marks_live_text(tmp_path):
    path = tmp_path / "a.xlsx"
    write_xlsx(path, ["=header()", "b"], [[text, "x"] for text in LIVE])
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
        styles = archive.read("xl/styles.xml").decode()
    assert "<f>" not in sheet
    assert "<hyperlink" not in sheet
    assert not any("externalLink" in name for name in names)
    assert sheet.count('t="inlineStr"') == 2 * len(LIVE)
    assert 'quotePrefix="1"' in styles
    problems: list[Problem] = []
    kept = [row["=header()"] for _, row in read_rows(path, problems=problems)]
    # The reader takes away the blanks around a value; NUL cannot stand in XML and is reported as damaged.
    assert kept == [text.strip() for text in LIVE if "\x00" not in text]
    assert len(problems) == 1


def test_xlsx_keeps_types(tmp_path):
    path = tmp_path / "a.xlsx"
    header = ["数", "长数", "时刻", "日期", "真", "分数", "古", "空"]
    values = [3, 110105194912310020, datetime(2026, 10, 1, 1, 30, 15, 999, tzinfo=UTC), date(2026, 10, 1), True]
    write_xlsx(path, header, [[*values, Fraction(1, 8), date(1899, 1, 1), None], [1, 2, 3, 4, 5, 6, 7, float("nan")]])
    rows = [list(row.values()) for _, row in read_rows(path)]
    assert rows[0] == ["3", "110105194912310020", "2026-10-01 09:30:15", "2026-10-01", "是", "0.125", "1899-01-01", ""]
    assert rows[1][-1] == "nan"


def test_xlsx_is_split_into_sheets_at_the_limit(tmp_path, monkeypatch):
    monkeypatch.setattr(workbook, "ROWS_OF_SHEET", 101)
    path = tmp_path / "a.xlsx"
    assert write_xlsx(path, ["a", "b"], ([number, "x"] for number in range(250)), title="台账[1]:/?") == 250
    from linli.base.exchange import sheet_names

    names = sheet_names(path)
    assert len(names) == 3
    assert sum(len(list(read_rows(path, sheet=name))) for name in names) == 250


def test_an_empty_table_still_has_its_header(tmp_path):
    out = io.BytesIO()
    assert write_xlsx(out, ["a", "b"], []) == 0
    (tmp_path / "a.xlsx").write_bytes(out.getvalue())
    assert list(read_rows(tmp_path / "a.xlsx")) == []
    assert b"".join(csv_bytes(["a", "b"], [])) == b"\xef\xbb\xbfa,b\r\n"


def test_a_text_longer_than_a_cell_is_cut_and_says_so(tmp_path):
    write_xlsx(tmp_path / "a.xlsx", ["a", "b"], [["长" * 40_000, "x"]])
    ((_, row),) = read_rows(tmp_path / "a.xlsx")
    assert len(row["a"]) == 32_767
    assert row["a"].endswith("请在系统中查看）")


def test_the_error_sheet():
    problems = [Problem(3, "电话", "不是电话号码"), Problem(5, "", "=1 列数不符")]
    sheet = b"".join(csv_bytes(PROBLEM_HEADER, problem_rows(problems))).decode("utf-8-sig")
    assert sheet == "行号,列,原因\r\n3,电话,不是电话号码\r\n5,,'=1 列数不符\r\n"


@given(st.text(max_size=40))
def test_no_csv_cell_starts_live(text):
    cell = csv_cell(text, SHANGHAI)
    start = cell.lstrip(" \u00a0\u3000\u200b\u200e\u200f\u2060\ufeff")[:1]
    assert start not in set("=+-@\t\r\n\x00\uff1d\uff0b\uff0d\uff20") or not is_live(cell)


text_cells = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=20)


@given(st.lists(st.tuples(text_cells, text_cells), min_size=1, max_size=5))
def test_any_text_survives_xlsx(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("xlsx") / "a.xlsx"
    write_xlsx(path, ["a", "b"], rows)
    problems: list[Problem] = []
    found = [(row["a"], row["b"]) for _, row in read_rows(path, problems=problems)]
    clean = [tuple(cell.strip() for cell in row) for row in rows]
    odd = [row for row in clean if any("\ufffd" in cell or cell in ("\ufffe", "\uffff") for cell in row)]
    if not odd:
        assert found == [row for row in clean if any(row)]
