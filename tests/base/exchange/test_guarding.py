"""Files that are not what they are called, and workbooks made to fill a memory, are told apart before anything opens them."""

import io
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from linli.base.exchange import SheetError, guarding, read_rows


def book(fill: Callable[[Any, Any], Any]) -> bytes:
    buffer = io.BytesIO()
    made = xlsxwriter.Workbook(buffer)
    fill(made, made.add_worksheet())
    made.close()
    return buffer.getvalue()


def with_sheet(content: bytes, change: Callable[[bytes], bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            text = old.read(name)
            new.writestr(name, change(text) if name.endswith("sheet1.xml") else text)
    return buffer.getvalue()


FAR = book(lambda _made, page: (page.write(0, 0, "姓名"), page.write(1_048_575, 16_383, "x")))


@pytest.mark.parametrize(
    "written",
    [
        b'r="XFD1048576"',
        b"r = 'XFD1048576'",
        b"r\n=\n'XFD1048576'",
        b'r="XFD1048576" x="/>"',
        b'a="&gt;" r="xfd1048576"',
    ],
)
def test_one_cell_far_away_does_not_take_the_whole_memory(tmp_path: Path, written: bytes) -> None:
    path = tmp_path / "far.xlsx"
    path.write_bytes(with_sheet(FAR, lambda text: text.replace(b'r="XFD1048576"', written)))
    with pytest.raises(SheetError, match="第 1048576 行、第 16384 列"):
        list(read_rows(path))


def test_what_would_have_happened(tmp_path: Path) -> None:
    """The control: without the guard the process is gone, whoever else is being served by it."""
    path = tmp_path / "far.xlsx"
    path.write_bytes(FAR)
    code = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30)); resource.setrlimit(resource.RLIMIT_CORE, (0, 0));"
        "import python_calamine as c; c.CalamineWorkbook.from_path(sys.argv[1]).get_sheet_by_index(0)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, timeout=120, check=False)
    assert done.returncode < 0, "killed by a signal"


def test_colours_down_to_the_end_are_no_reason(tmp_path: Path) -> None:
    def fill(made: Any, page: Any) -> None:
        page.write_row(0, 0, ["姓名", "电话"])
        page.write_row(1, 0, ["王小甲", "13800138000"])
        page.write_blank(1_048_575, 16_383, None, made.add_format({"bg_color": "red"}))

    path = tmp_path / "coloured.xlsx"
    path.write_bytes(book(fill))
    assert [values for _number, values in read_rows(path)] == [{"姓名": "王小甲", "电话": "13800138000"}]


@pytest.mark.parametrize(("rows", "columns", "fits"), [(3, 4, True), (1, 300, True), (6000, 16384, False)])
def test_repeated_cells_of_an_open_document(tmp_path: Path, rows: int, columns: int, fits: bool) -> None:
    path = tmp_path / "repeated.ods"
    cell = f'<table:table-cell table:number-columns-repeated="{columns}" office:value-type="string"><text:p>x</text:p></table:table-cell>'
    empty = '<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(
            "content.xml", f'<table:table-row table:number-rows-repeated="{rows}">{cell}</table:table-row>{empty}'
        )
    if fits:
        guarding.check(path)
    else:
        with pytest.raises(SheetError, match="撑得太大"):
            guarding.check(path)


PLAIN = "姓名,电话\n王小甲,13800138000\n".encode()
SHEET = book(lambda _made, page: page.write_row(0, 0, ["姓名", "电话"]))


def zipped(*names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return buffer.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


@pytest.mark.parametrize(
    ("content", "name", "suffix"),
    [
        (SHEET, "a.xls", ".xlsx"),
        (SHEET, "a.csv", ".xlsx"),
        (SHEET, "a.et", ".xlsx"),
        (PLAIN, "a.xls", ".csv"),
        (PLAIN, "a.tsv", ".tsv"),
        (OLE, "a.xlsx", ".xls"),
        (zipped("mimetype", "content.xml"), "a.xlsx", ".ods"),
        (zipped("xl/workbook.bin"), "a.xlsx", ".xlsb"),
    ],
)
def test_a_file_is_what_it_holds(content: bytes, name: str, suffix: str) -> None:
    assert guarding.suffix_of(content, name) == suffix


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (OLE + "EncryptedPackage".encode("utf-16-le"), "去掉密码"),
        (OLE + "WordDocument".encode("utf-16-le"), "Word"),
        (zipped("word/document.xml"), "Word"),
        (zipped("photo.jpg"), "解开"),
        (b"PK\x03\x04broken", "打不开"),
        (b"\xef\xbb\xbf\r\n<HTML><table></table>", "另存为 XLSX"),
        (b"%PDF-1.7", "PDF"),
        (b"\x89PNG\r\n\x1a\n", "图片"),
    ],
)
def test_what_is_no_sheet_is_told_with_what_to_do(content: bytes, words: str) -> None:
    with pytest.raises(SheetError, match=words):
        guarding.suffix_of(content, "a.xlsx")


def test_text_without_a_mark_of_its_encoding_and_a_programme_called_text(tmp_path: Path) -> None:
    for encoding in ("utf-16-le", "utf-16-be"):
        path = tmp_path / f"{encoding}.csv"
        path.write_bytes(PLAIN.decode().encode(encoding))
        assert [values["姓名"] for _number, values in read_rows(path)] == ["王小甲"]
    path = tmp_path / "programme.csv"
    path.write_bytes(bytes(range(1, 32)) * 40 + "姓名".encode())
    with pytest.raises(SheetError, match="不是文本表格"):
        list(read_rows(path))
