"""Reading sheets that real offices send: every encoding, broken rows, hostile workbooks."""

import csv
import gzip
import io
import os
import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import example, given
from hypothesis import strategies as st

from linli.base.exchange import Problem, SheetError, guarding, read_rows, sheet_names
from linli.base.exchange.delimited import encoding_of

LETTER = "编号,诉求,电话\r\n1,楼道灯坏了,13812345678\r\n2,垃圾未清运,13987654321\r\n"
ROWS = [
    (2, {"编号": "1", "诉求": "楼道灯坏了", "电话": "13812345678"}),
    (3, {"编号": "2", "诉求": "垃圾未清运", "电话": "13987654321"}),
]


@pytest.fixture
def sheet(tmp_path):
    def write(content: bytes | str, name: str = "诉求.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def read(path: Path, **options):
    problems: list[Problem] = []
    return list(read_rows(path, problems=problems, **options)), problems


def workbook(path: Path, *rows, sheets=("诉求",), **formats) -> Path:
    book = xlsxwriter.Workbook(str(path), {"strings_to_numbers": False})
    for name in sheets:
        page = book.add_worksheet(name)
        dated = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        for line, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                if isinstance(cell, date):
                    page.write_datetime(line, column, cell, dated)
                else:
                    page.write(line, column, cell)
    book.close()
    return path


# -- encodings and separators --------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", "\t", ";", "|", "\uff0c"])
def test_encodings_and_separators(sheet, encoding, separator):
    assert read(sheet(LETTER.replace(",", separator).encode(encoding))) == (ROWS, [])


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends(sheet, end):
    assert read(sheet(LETTER.replace("\r\n", end)))[0] == ROWS


def test_compressed(sheet):
    assert read(sheet(gzip.compress(LETTER.encode("gbk")), "a.csv.gz")) == (ROWS, [])


def test_rare_characters_survive(sheet):
    text = "姓名,内容\n𠮷田,😀㐂\n"
    for encoding in ("utf-8", "gb18030"):
        assert read(sheet(text.encode(encoding)))[0] == [(2, {"姓名": "𠮷田", "内容": "😀㐂"})]


@given(st.text(st.characters(codec="gb18030", exclude_categories=("Cs", "Cc")), min_size=20))
def test_utf8_is_never_taken_for_gb18030(text):
    assert encoding_of(text.encode()) == "utf-8-sig"


def test_a_few_damaged_bytes_do_not_change_the_encoding(sheet):
    content = bytearray((LETTER * 1 + "3,路灯不亮请尽快维修,1\r\n").encode())
    content[content.index("楼道".encode()) + 1] = 0xFF
    rows, problems = read(sheet(bytes(content)))
    assert [number for number, _ in rows] == [3, 4]
    assert problems == [Problem(2, "诉求", "有读不出来的字，文件编码可能不对。")]


# -- broken rows ---------------------------------------------------------------------------------------------------


def test_gbk_with_broken_rows_loses_nothing_and_reports_each(sheet):
    lines = [
        "编号,诉求,电话",
        "1,楼道灯坏了,13812345678",
        '2,"引号没有关,13900000000',
        "3,下水道堵了,13800000003",
        "4,多了,一列,13800000004",
        "5,少了",
        '6,"跨行的',
        '诉求",13800000006',
        "",
        '7,水管 5" 爆裂,13800000007',
        '8,"他说""没水""",13800000008',
    ]
    content = "\r\n".join(lines).encode("gbk") + b"\r\n9,\xff\xff,13800000009\r\n"
    rows, problems = read(sheet(content))
    assert {row["编号"]: row["诉求"] for _, row in rows} == {
        "1": "楼道灯坏了",
        "3": "下水道堵了",
        "6": "跨行的\n诉求",
        "7": '水管 5" 爆裂',
        "8": '他说"没水"',
    }
    assert [(problem.row, problem.reason[:5]) for problem in problems] == [
        (3, "引号没有成"),
        (5, "有 4 列"),
        (6, "只有 2 "),
        (11, "有读不出来"),
    ]
    assert [number for number, _ in rows] == [2, 4, 7, 9, 10]


def test_a_quotation_mark_at_the_start_of_a_long_file_costs_one_row(sheet):
    lines = ["a,b,c", '1,"open,3', *(f"{number},x,y" for number in range(2, 2000))]
    rows, problems = read(sheet("\n".join(lines)))
    assert len(rows) == 1998
    assert [problem.row for problem in problems] == [2]


def test_many_stray_quotation_marks_take_linear_time(sheet):
    lines = ["a,b,c"] + [f'{number},"x,y' for number in range(3000)]
    rows, problems = read(sheet("\n".join(lines)))
    assert len(rows) + len(problems) <= 3000
    assert len(problems) > 1000


def test_without_a_list_the_first_broken_row_is_an_error(sheet):
    path = sheet("a,b\n1,2\n3\n")
    rows = read_rows(path)
    assert next(rows) == (2, {"a": "1", "b": "2"})
    with pytest.raises(SheetError, match="第 3 行：只有 1 列"):
        next(rows)


def test_nul_is_reported_with_its_column(sheet):
    rows, problems = read(sheet(LETTER + "3,坏\x00了,1\n"))
    assert len(rows) == 2
    assert problems == [Problem(4, "诉求", "含有不能保存的字符（NUL）。")]


def test_a_cell_that_is_too_long_is_reported(sheet):
    rows, problems = read(sheet("a,b\n1," + "长" * 100_001 + "\n2,3\n"))
    assert [row["a"] for _, row in rows] == ["2"]
    assert problems[0].column == "b"


# -- headers -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "header"),
    [
        ("a,b\n1,2\n", ["a", "b"]),
        (" a \u3000, b\n1,2\n", ["a", "b"]),
        ("a,,a\n1,2,3\n", ["a", "第2列", "a(2)"]),
        ("a,a(2),a\n1,2,3\n", ["a", "a(2)", "a(3)"]),
        ("\n\n街道诉求台账,,\n\na,b,c\n1,2,3\n", ["a", "b", "c"]),
        ("街道诉求台账\na,b,c\n1,2,3\n", ["a", "b", "c"]),
        ("台账\n二〇二六年\na,b\n1,2\n", ["a", "b"]),
        ("姓名\n张三\n李四\n", ["姓名"]),
        ("\uff21\uff22,b\n1,2\n", ["AB", "b"]),
    ],
)
def test_headers(sheet, text, header):
    rows, problems = read(sheet(text))
    assert problems == []
    assert all(list(row) == header for _, row in rows)
    assert rows


def test_a_sheet_of_one_column(sheet):
    assert read(sheet("姓名\n张三\n李四\n"))[0] == [(2, {"姓名": "张三"}), (3, {"姓名": "李四"})]


def test_a_header_row_can_be_named(sheet):
    text = "单位:,云岗街道\n日期:,十月\na,b\n1,2\n"
    assert read(sheet(text), header_row=3) == ([(4, {"a": "1", "b": "2"})], [])


@pytest.mark.parametrize("content", [b"", b"\n\n\n", b",,,\n", b"\xef\xbb\xbf"])
def test_an_empty_sheet_is_an_error(sheet, content):
    with pytest.raises(SheetError, match="没有内容"):
        read_rows(sheet(content))


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (os.urandom(10) + bytes(5000), "a.csv", "不是文本表格"),
        (b"not gzip", "a.csv.gz", "压缩文件"),
        (b"no workbook", "a.xlsx", "打不开"),
        (b"<html><table>", "a.xls", "打不开"),
        (b"PK\x03\x04" + bytes(50), "a.xlsx", "打不开"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "a.xlsx", "密码"),
        (b"", "a.ods", "打不开"),
    ],
)
def test_unreadable_files(sheet, content, name, words):
    with pytest.raises(SheetError, match=words):
        list(read_rows(sheet(content, name), problems=[]))


def test_a_missing_file(tmp_path):
    for name in ("none.csv", "none.xlsx", "none.xls", "none.csv.gz"):
        with pytest.raises(SheetError, match=r"打不开|不完整"):
            list(read_rows(tmp_path / name, problems=[]))


def test_a_truncated_archive_gives_what_it_has_and_says_so(sheet):
    packed = gzip.compress(("a,b\n" + "".join(f"{n},{n * 7919 % 997}\n" for n in range(400_000))).encode())
    rows = read_rows(sheet(packed[: len(packed) * 2 // 3], "a.csv.gz"), problems=[])
    assert next(rows)[0] == 2
    with pytest.raises(SheetError, match="不完整"):
        list(rows)


# -- workbooks -----------------------------------------------------------------------------------------------------


def test_workbook_values_become_text(tmp_path):
    path = workbook(
        tmp_path / "a.xlsx",
        ["编号", "日期", "时间", "数量", "比例", "是否", "代码", "空"],
        [1, date(2026, 10, 1), datetime(2026, 10, 1, 9, 30), 3.0, 0.25, True, "0012", None],  # noqa: DTZ001
    )
    rows, problems = read(path)
    assert problems == []
    assert rows == [
        (
            2,
            {
                "编号": "1",
                "日期": "2026-10-01",
                "时间": "2026-10-01 09:30:00",
                "数量": "3",
                "比例": "0.25",
                "是否": "是",
                "代码": "0012",
                "空": "",
            },
        )
    ]


def test_numbers_that_lost_their_end_are_reported(tmp_path):
    path = workbook(tmp_path / "a.xlsx", ["姓名", "证号"], ["张三", 110105194912310020], ["李四", "11010519491231002X"])
    rows, problems = read(path)
    assert [row["证号"] for _, row in rows] == ["11010519491231002X"]
    assert problems[0].row == 2
    assert problems[0].column == "证号"
    assert "超过15位" in problems[0].reason


def test_titles_empty_rows_and_row_numbers_in_a_workbook(tmp_path):
    path = workbook(tmp_path / "a.xlsx", [], [], ["诉求台账"], [], ["编号", "诉求"], ["1", "甲"], [], ["2", "乙"])
    assert read(path) == ([(6, {"编号": "1", "诉求": "甲"}), (8, {"编号": "2", "诉求": "乙"})], [])


def test_short_rows_of_a_workbook_are_whole(tmp_path):
    path = workbook(tmp_path / "a.xlsx", ["a", "b", "c"], ["1"], ["1", "2", "3"])
    assert read(path)[0] == [(2, {"a": "1", "b": "", "c": ""}), (3, {"a": "1", "b": "2", "c": "3"})]


def test_sheets_by_name(tmp_path):
    path = workbook(tmp_path / "a.xlsx", ["a", "b"], ["1", "2"], sheets=("一月", "二月"))
    assert sheet_names(path) == ["一月", "二月"]
    assert read(path, sheet="二月")[0] == [(2, {"a": "1", "b": "2"})]
    with pytest.raises(SheetError, match="有：一月、二月"):
        read(path, sheet="三月")
    with pytest.raises(SheetError, match="没有工作表"):
        read_rows(tmp_path / "a.csv", sheet="一月")


def test_an_empty_workbook(tmp_path):
    with pytest.raises(SheetError, match="没有内容"):
        read_rows(workbook(tmp_path / "a.xlsx"))


def test_formulas_are_read_by_value_only(tmp_path):
    book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
    page = book.add_worksheet()
    page.write_row(0, 0, ["a", "b"])
    page.write_formula(1, 0, '=WEBSERVICE("http://127.0.0.1/")', None, "cached")
    page.write(1, 1, "x")
    book.close()
    assert read(tmp_path / "a.xlsx")[0] == [(2, {"a": "cached", "b": "x"})]


def test_a_workbook_bomb_is_refused_before_it_is_opened(tmp_path, monkeypatch):
    monkeypatch.setattr(guarding, "UNPACKED_BYTES", 20 * 1024 * 1024)
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", bytes(60 * 1024 * 1024))
    assert path.stat().st_size < 100_000
    with pytest.raises(SheetError, match="解开后太大"):
        list(read_rows(path, problems=[]))


# -- what must always hold -----------------------------------------------------------------------------------------

signs = st.characters(exclude_categories=("Cs", "Cc"), include_characters='\n",\t')
cells = st.text(signs, max_size=12).map(str.strip)
encodings = st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16"])


@given(st.lists(st.tuples(cells, cells, cells), max_size=8), encodings)
@example([("", ";\n0", ";")], "utf-8")  # its two lines look like two cells cut by a semicolon
def test_what_the_csv_module_writes_comes_back(tmp_path_factory, written, encoding):
    out = io.StringIO()
    csv.writer(out).writerows([("编号", "诉求的内容", "联系电话号码"), *(("行", *row) for row in written)])
    if any("\r" in cell for row in written for cell in row):
        return
    text = out.getvalue().replace("编号,诉求的内容,联系电话号码", "甲,编号,诉求的内容,联系电话号码")
    path = tmp_path_factory.mktemp("csv") / "a.csv"
    path.write_bytes(text.encode(encoding))
    problems: list[Problem] = []
    rows = [tuple(row.values())[1:] for _, row in read_rows(path, problems=problems)]
    unreadable = [row for row in written if any("\ufffd" in cell for cell in row)]
    assert len(problems) == len(unreadable)
    assert rows == [row for row in written if row not in unreadable]


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("any") / "a.csv"
    path.write_bytes(content)
    problems: list[Problem] = []
    try:
        rows = list(read_rows(path, problems=problems))
    except SheetError:
        return
    assert all("\x00" not in value for _, row in rows for value in row.values())


# -- real files, where they are at hand ----------------------------------------------------------------------------

REAL = Path(os.environ.get("LINLI_REAL_DATA") or Path(__file__).parents[3] / "../shared/data")


@pytest.mark.skipif(not REAL.is_dir(), reason="the real files are not at hand")
@pytest.mark.parametrize(
    ("name", "least", "column"),
    [("letters.csv", 100, "text"), ("communities.csv", 50, "village_name"), ("boston_311_2011H2.csv.gz", 58_251, "")],
)
def test_real_files_are_read_whole(name, least, column):
    problems: list[Problem] = []
    rows = list(read_rows(REAL / name, problems=problems))
    with (gzip.open if name.endswith(".gz") else open)(REAL / name, "rt", encoding="utf-8-sig", newline="") as file:
        expected = sum(bool(row) for row in csv.reader(file)) - 1
    assert len(rows) + len(problems) == expected >= least
    assert problems == []
    assert not column or any(row[column] for _, row in rows)


@pytest.mark.parametrize("foot", ["合计,2", "合 计", "填表人：王小甲    审核人：李小乙", "注：一式两份,"])
def test_a_short_foot_of_a_text_file_is_no_broken_row(tmp_path, foot):
    path = tmp_path / "foot.csv"
    path.write_text(f"姓名,性别,电话\n王小甲,男,13800138000\n{foot}\n", encoding="utf-8")
    assert [values["姓名"] for _number, values in read_rows(path)] == ["王小甲"]
    problems: list[Problem] = []
    path.write_text("姓名,性别,电话\n王小甲,男\n", encoding="utf-8")
    assert not list(read_rows(path, problems=problems)) and len(problems) == 1
