"""Text tables: which encoding, which separator, and records that survive a stray quotation mark.

A record is one line, or several where a quoted cell goes over the end of the line. A quotation mark that is never
closed would swallow everything after it: when joining lines does not give a record with as many cells as the header,
only the line with the mark is broken, and reading goes on with the next one.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import re
import zlib
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from pathlib import Path

SAMPLE_BYTES = 1024 * 1024
MOST_BYTES = 1024 * 1024 * 1024
MOST_LINES = 100  # of one record
DELIMITERS = ",\t;|\uff0c"
BROKEN = "引号没有成对，或列数与表头不符。"

csv.field_size_limit(10 * 1024 * 1024)


class SheetError(Exception):
    """The file as a whole cannot be read; the message says why in the sender's words."""


# Signs that no text has: a picture or a programme that is called .csv. Single ones are told at their rows.
_CONTROLS = re.compile(rb"(?:[\x00-\x08\x0e-\x19\x1b-\x1f].{0,200}){8}", re.DOTALL)


def records(path: Path, header_row: int | None = None) -> Iterator[tuple[int, Sequence[str] | str]]:
    """Row number with its cells, or with the reason why it is broken. Row numbers count records, empty ones too."""
    sample = _sample(path)
    if _CONTROLS.search(sample) and not encoding_of(sample).startswith("utf-16"):
        raise SheetError("这不是文本表格；请检查文件，或另存为 CSV（UTF-8）后再导入。")
    encoding = encoding_of(sample)
    delimiter = delimiter_of(sample.decode(encoding, "surrogateescape"))
    return _records(path, encoding, delimiter, header_row)


def encoding_of(sample: bytes) -> str:
    """utf-8-sig, utf-16 (-le, -be where it has no mark) or gb18030. A few damaged characters do not make a UTF-8 file a Chinese national one."""
    if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    # Without its mark: every second byte of commas, digits and line ends is nothing.
    for name, sign in (("utf-16-le", b"\n\x00"), ("utf-16-be", b"\x00\n")):
        if (
            sign in sample
            and sample.count(0) * 20 > len(sample)
            and "\x00" not in sample[:2000].decode(name, "replace")
        ):
            return name
    text = codecs.getincrementaldecoder("utf-8")("replace").decode(sample)
    damaged = text.count("\ufffd")
    foreign = sum(sign > "\x7f" for sign in text) - damaged
    return "utf-8-sig" if damaged * 5 <= foreign else "gb18030"


def delimiter_of(text: str) -> str:
    """The sign that cuts the first records into equally many cells; a comma where none does."""
    lines = [line for line in text.splitlines(keepends=True)[:30] if line.strip()]
    best, points = ",", (0, 0)
    for delimiter in DELIMITERS:
        counts = Counter(_widths(lines, delimiter))
        counts.pop(0, None)
        counts.pop(1, None)
        if counts:
            cells, lines_alike = counts.most_common(1)[0]
            if (lines_alike, cells) > points:
                best, points = delimiter, (lines_alike, cells)
    return best


def _widths(lines: Sequence[str], delimiter: str) -> Iterator[int]:
    """How many cells each record has; a record may go over several lines, one that never ends is taken line by line."""
    held: list[str] = []
    for line in lines:
        held.append(line)
        cells = _cells("".join(held), delimiter)
        if cells is not None:
            yield len(cells)
            held = []
    yield from (len(_cells(line, delimiter) or ()) for line in held)


def is_header(cells: Sequence[object]) -> bool:
    """Lines above the header, such as a title, have one filled cell; the header has more."""
    return sum(bool(str(cell or "").strip()) for cell in cells) > 1


_FOOT = re.compile(r"(?:合计|总计|小计|共计|注|备注|说明|填表说明|填表人|制表人|审核人|填报人|单位负责人)\s*[:：]?.*")
_SUM = re.compile(r"(?:合|总|小|共)\s*计")
_SUMMED = re.compile(r"[0-9.,，%％]+\s*(?:人|户|个|栋|幢|套|间|家|元|层|㎡|m2|平方米)?")


def is_foot(cells: Sequence[str]) -> bool:
    """Whether a row is no record but the end of the form: a note or a sum alone, or a sum with its numbers."""
    filled = [text for cell in cells if (text := cell.strip())]
    if not filled or (len(filled) == 1 and _FOOT.fullmatch(filled[0])):
        return True
    return _SUM.fullmatch(filled[0]) is not None and all(map(_SUMMED.fullmatch, filled[1:]))


def _records(
    path: Path, encoding: str, delimiter: str, header_row: int | None
) -> Iterator[tuple[int, Sequence[str] | str]]:
    lines = _Lines(path, encoding)
    width = 0
    for number, line in enumerate(lines, 1):
        cells = _cells(line, delimiter)
        if cells is None:
            cells = lines.join(line, delimiter, width)
        if cells is None:
            yield number, BROKEN
        elif width and len(cells) < width and any(cells) and not is_foot(cells):
            yield number, f"只有 {len(cells)} 列，表头有 {width} 列。"
        else:
            if not width and (header_row == number or (not header_row and is_header(cells))):
                width = len(cells)
            yield number, cells


class _Lines:
    """Lines of a file with the ability to look ahead and to put back."""

    def __init__(self, path: Path, encoding: str) -> None:
        self.source = _decoded(path, encoding)
        self.ahead: deque[str] = deque()

    def __iter__(self) -> Iterator[str]:
        while (line := self.next()) is not None:
            yield line

    def next(self) -> str | None:
        return self.ahead.popleft() if self.ahead else next(self.source, None)

    def join(self, line: str, delimiter: str, width: int) -> list[str] | None:
        """The record that begins with this line and goes on over the next ones, or None with everything put back."""
        taken: list[str] = []
        text = line
        while len(taken) < MOST_LINES and len(text) < SAMPLE_BYTES:
            following = self.next()
            if following is None:
                break
            taken.append(following)
            text += following
            cells = _cells(text, delimiter)
            if cells is not None and (not width or len(cells) == width):
                return cells
            if cells is not None:
                break
        self.ahead.extendleft(reversed(taken))
        return None


def _cells(line: str, delimiter: str) -> list[str] | None:
    """The cells of a complete record, None when a quoted cell is not closed or followed by something odd."""
    try:
        found = next(csv.reader([line], delimiter=delimiter, strict=True), [])
    except csv.Error:
        return None
    return found


def _decoded(path: Path, encoding: str) -> Iterator[str]:
    """Lines with their ends. Bytes that do not decode stay visible as lone surrogates, for the row to be reported."""
    read = 0
    with _opened(path) as raw:
        errors = "replace" if encoding.startswith("utf-16") else "surrogateescape"
        text = io.TextIOWrapper(io.BufferedReader(_Counted(raw)), encoding=encoding, errors=errors, newline=None)
        try:
            for line in text:
                read += len(line)
                yield line
        except (OSError, EOFError, zlib.error) as error:
            raise SheetError("文件不完整，后面的内容读不出来。") from error


class _Counted(io.RawIOBase):
    """Stops a compressed file from unpacking without end."""

    def __init__(self, source: io.BufferedIOBase) -> None:
        self.source, self.left = source, MOST_BYTES

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        piece = self.source.read(len(buffer))
        self.left -= len(piece)
        if self.left < 0:
            raise OSError("more than it may be")
        buffer[: len(piece)] = piece
        return len(piece)


def _opened(path: Path) -> io.BufferedIOBase:
    try:
        return gzip.open(path, "rb") if path.suffix.lower() == ".gz" else path.open("rb")
    except OSError as error:
        raise SheetError(f"文件打不开：{error.strerror or error}") from error


def _sample(path: Path) -> bytes:
    with _opened(path) as file:
        try:
            return file.read(SAMPLE_BYTES)
        except (OSError, EOFError, zlib.error) as error:
            raise SheetError("压缩文件打不开或不完整。") from error
