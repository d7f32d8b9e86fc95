"""What a file is before it is opened, whatever it is called, and what a workbook would take up: a small file can unpack to a
whole memory, and a single cell far down on the right makes a table of every cell before it."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from .delimited import SheetError

UNPACKED_BYTES = 400 * 1024 * 1024
MOST_CELLS = 16_000_000  # of the rectangle around all that is filled: some 500 MB
PIECE = 1024 * 1024
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_TEXTS = {".csv", ".txt", ".tsv"}
_OTHERS = (
    (b"%PDF", " PDF 文件"),
    (b"\x89PNG", "图片"),
    (b"\xff\xd8\xff", "图片"),
    (b"GIF8", "图片"),
    (b"Rar!", "压缩文件"),
    (b"7z\xbc\xaf", "压缩文件"),
    (b"\x1f\x8b", "压缩文件"),
    (b"{\\rtf", "文档"),
)
_DAMAGED = "表格打不开，请用表格软件另存为 XLSX 后再导入。"
# A cell; the third group is there where the tag closes itself: then it holds nothing but perhaps a colour.
_CELL = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{1,3})([0-9]{1,7})["']((?:[^<>"']|"[^"<>]*"|'[^'<>]*')*/>)?""")
# Beyond column Z or row 99,999: the few that can make a sheet too large. Looked for first, since it is quick.
_FAR, _BETWEEN = re.compile(rb"r=[A-Za-z](?:[A-Za-z]|[0-9]{6})"), b" \t\r\n'\""
_ODS = re.compile(
    rb"""<table:table-(row|cell)(?:(?=[\s/>])(?:[^<>]*?\bnumber-(?:columns|rows)-repeated=["']([0-9]{1,9})["'])?[^<>]*?(/?)>)"""
)
LONGEST_TAG = 4096  # a tag may begin in one piece and end in the next


def suffix_of(content: bytes, file_name: str) -> str:
    """The ending that fits what a file holds: much that is called .xls is an XLSX, or text with commas.

    Raises SheetError, in the sender's words and with what to do, for what is no sheet.
    """
    said = Path(file_name).suffix.lower()
    if content.startswith(b"PK\x03\x04"):
        return _zipped(content)
    if content.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise SheetError("表格设有密码，请在表格软件里去掉密码、保存以后再上传。")
        if "WordDocument".encode("utf-16-le") in content:
            raise SheetError("这是 Word 文档；请把里面的表复制到 Excel，存成 XLSX 以后再上传。")
        return ".xls"
    start = content[:2048].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<html", b"<!doctype", b"<table", b"<meta", b"<?xml", b"<head", b"mime-version")):
        raise SheetError("这是存成网页格式的表；请用表格软件打开，另存为 XLSX 以后再上传。")
    for sign, what in _OTHERS:
        if content.startswith(sign):
            raise SheetError(f"这是{what}，不是表格；请上传表格软件存成的 XLSX，或 CSV。")
    return said if said in _TEXTS else ".csv"


def _zipped(content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise SheetError(_DAMAGED) from error
    if any(name.startswith("xl/") for name in names):
        return ".xlsb" if "xl/workbook.bin" in names else ".xlsx"
    if "content.xml" in names and not any(name.startswith("word/") for name in names):
        return ".ods"
    what = "Word 文档；请把里面的表复制到 Excel" if "word/document.xml" in names else "压缩文件；请先解开"
    raise SheetError(f"这是{what}，存成 XLSX 以后再上传。")


def check(path: Path) -> None:
    """Raises SheetError, in the sender's words, for a workbook that is damaged, locked or too large to be opened."""
    try:
        with zipfile.ZipFile(path) as archive:
            total = 0
            for member in archive.infolist():
                with archive.open(member) as part:
                    extent = _Extent() if _is_sheet(member.filename) else None
                    for piece in _pieces(part):
                        total += len(piece)
                        if total > UNPACKED_BYTES:
                            raise SheetError("表格解开后太大，请分成几份再导入。")
                        if extent is not None:
                            extent.look(piece)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        with path.open("rb") as file:
            locked = file.read(8) == _OLE  # a locked XLSX is an OLE container
        raise SheetError(
            "表格设有密码，或是旧格式；请去掉密码、另存为 XLSX 后再导入。" if locked else _DAMAGED
        ) from error
    except OSError as error:
        raise SheetError(f"文件打不开：{error.strerror or error}") from error


def _is_sheet(name: str) -> bool:
    return name == "content.xml" or (name.endswith(".xml") and "/worksheets/" in f"/{name}")


def _pieces(part: IO[bytes]) -> Iterator[bytes]:
    while piece := part.read(PIECE):
        yield piece


class _Extent:
    """The lowest row and the last column that hold something."""

    def __init__(self) -> None:
        self._rows, self._columns, self._tail = 1, 1, b""
        self._repeated, self._across = 0, 0  # of the row in hand, in ODS

    def look(self, piece: bytes) -> None:
        text = self._tail + piece
        # What was looked at before is not looked at twice: only a tag that is not closed yet.
        last = text.rfind(b"<")
        self._tail = text[last:] if b">" not in text[last:] and len(text) - last < LONGEST_TAG else b""
        if _FAR.search(text.translate(None, _BETWEEN)):
            for found in _CELL.finditer(text):
                if found[3]:
                    continue
                self._rows = max(self._rows, int(found[2]))
                self._columns = max(self._columns, _place(found[1]))
        for found in _ODS.finditer(text):
            times = int(found[2] or 1)
            if found[1] == b"row":
                self._repeated, self._across = times, 0
            elif found[3] != b"/":  # repeated emptiness fills a page up to its end
                self._rows += self._repeated
                self._repeated = 0  # counted
                self._across += times
                self._columns = max(self._columns, self._across)
        if self._rows * self._columns > MOST_CELLS:
            raise SheetError(
                f"表格里最远的一格在第 {self._rows} 行、第 {self._columns} 列，撑得太大；"
                "请删掉表外多余的内容，或把表复制到新的工作簿里再导入。"
            )


def _place(letters: bytes) -> int:
    found = 0
    for sign in letters.upper():
        found = found * 26 + sign - 64
    return found
