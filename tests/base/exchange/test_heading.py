"""Finding the header: under titles, in two lines, beside empty columns; reading what stands below it."""

import io
from pathlib import Path

import pytest
import xlsxwriter

from linli.base.exchange import Problem, first_rows, names_of, read_below
from linli.base.exchange.headers import vocabulary
from linli.base.exchange.heading import columns_of, find_heading
from linli.base.policies.registry import shipped

WORDS = vocabulary(shipped()["headers"])
ROWS = [["1", "张三", "男", "13800138000"], ["2", "李四", "女", "13900139000"]]


def heading(lines):
    found = find_heading([(number, line) for number, line in enumerate(lines, 1)], WORDS)
    assert found is not None
    return found


def test_below_a_title_and_a_note():
    found = heading(
        [
            ["某某社区居民登记表", "", "", ""],
            [],
            ["填表单位：", "", "日期：", ""],
            ["序号", "姓名", "性别", "电话"],
            *ROWS,
        ]
    )
    assert (found.row, found.lines, found.cells) == (4, 1, ["序号", "姓名", "性别", "电话"])
    assert "居民登记表" in found.title
    assert found.samples == ROWS


def test_two_lines_with_groups():
    lines = [
        ["序号", "本人", "", "监护人", "", "备注"],
        ["", "姓名", "电话", "姓名", "电话", ""],
        ["1", "张小三", "", "张三", "13800138000", ""],
    ]
    found = heading(lines)
    assert (found.row, found.lines) == (1, 2)
    assert [column.code for column in columns_of(found, WORDS)] == [
        "sequence", "name", "phone", "guardian.name", "guardian.phone", "note",
    ]  # fmt: skip


def test_data_is_not_taken_for_a_second_line():
    found = heading([["姓名", "", "性别"], ["张三", "无", "男"], ["李四", "无", "女"]])
    assert (found.row, found.lines) == (1, 1)


def test_one_column_and_nothing_at_all():
    assert heading([["姓名"], ["张三"], ["李四"]]).cells == ["姓名"]
    assert find_heading([(1, []), (2, ["", ""])], WORDS) is None
    assert heading([["甲", "乙"], ["1", "2"]]).row == 1


def test_empty_columns_keep_their_places():
    found = heading([["姓名", "", "", "电话", "", ""], ["张三", "", "", "13800138000"]])
    assert names_of(found.cells) == ["姓名", "第2列", "第3列", "电话"]


def sheet(tmp_path: Path, fill) -> Path:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    page = book.add_worksheet()
    fill(book, page)
    book.close()
    path = tmp_path / "a.xlsx"
    path.write_bytes(buffer.getvalue())
    return path


def test_a_merged_cell_counts_for_all_its_rows(tmp_path):
    def fill(book, page):
        page.merge_range(0, 0, 0, 2, "某社区户籍表")
        page.write_row(1, 0, ["户号", "姓名", "与户主关系"])
        page.merge_range(2, 0, 4, 0, "H001")
        for line, name in enumerate(["张三", "李四", "张小三"], 2):
            page.write(line, 1, name)
        page.write_row(5, 0, ["H002", "王五", "户主"])
        page.write(6, 0, "合计：4人")

    path = sheet(tmp_path, fill)
    found = find_heading(first_rows(path), WORDS)
    assert found is not None and found.row == 2
    rows = list(read_below(path, names_of(found.cells), 2))
    assert [values["户号"] for _n, values in rows] == ["H001", "H001", "H001", "H002"]
    assert [number for number, _v in rows] == [3, 4, 5, 6]


def test_a_number_that_lost_its_end_stops_the_row_only_where_it_is_wanted(tmp_path):
    def fill(book, page):
        page.write_row(0, 0, ["姓名", "身份证号"])
        page.write(1, 0, "张三")
        page.write_number(1, 1, 110105194912310021)

    path = sheet(tmp_path, fill)
    problems: list[Problem] = []
    assert not list(read_below(path, ["姓名", "身份证号"], 1, problems=problems))
    assert problems[0].row == 2 and problems[0].column == "身份证号" and "15位" in problems[0].reason
    assert list(read_below(path, ["姓名", "身份证号"], 1, wanted={"姓名"})) == [(2, {"姓名": "张三"})]


def test_a_formula_is_its_value_and_never_its_text(tmp_path):
    def fill(book, page):
        page.write_row(0, 0, ["姓名", "年龄"])
        page.write(1, 0, "张三")
        page.write_formula(1, 1, "=1+77", None, 78)

    assert list(read_below(sheet(tmp_path, fill), ["姓名", "年龄"], 1)) == [(2, {"姓名": "张三", "年龄": "78"})]


def test_a_national_file_with_broken_rows(tmp_path):
    path = tmp_path / "a.csv"
    good = "姓名,性别,电话\n张三,男,13800138000\n".encode("gb18030")
    path.write_bytes(good + b"\xff\xfe\xfd,\xc4\xd0,1\n" + "李四,女\n王五,男,13900139000\n".encode("gb18030"))
    problems: list[Problem] = []
    rows = list(read_below(path, ["姓名", "性别", "电话"], 1, problems=problems))
    assert [values["姓名"] for _n, values in rows] == ["张三", "王五"]
    assert [one.row for one in problems] == [3, 4]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_encodings(tmp_path, encoding):
    path = tmp_path / "a.csv"
    path.write_bytes("某社区登记表,,\n姓名,性别,电话\n张三,男,13800138000\n".encode(encoding))
    found = find_heading(first_rows(path), WORDS)
    assert found is not None and found.row == 2
    assert list(read_below(path, names_of(found.cells), 2)) == [
        (3, {"姓名": "张三", "性别": "男", "电话": "13800138000"})
    ]
