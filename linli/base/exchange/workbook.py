"""Workbooks written as a stream, in constant memory and without a file on the disk.

The library draws an empty workbook with its styles, panes, widths and properties; rows are XML of our own, put where its
sheets hold them. Its own rows take some twenty microseconds a cell: a list of a hundred thousand would take a minute. Cells
are those it would write: texts in line, numbers, dates as serial numbers with their style. A portion of rows is looked at
once: only where it holds something that must be escaped, quoted or cut are its rows, and then its cells, looked at.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile
from zoneinfo import ZoneInfo

from linli.base.exchange import writing
from linli.base.exchange.writing import CELL_END, portions

ROWS_OF_SHEET = 1_048_576
BYTES_OF_SHEET = 1_900_000_000  # what an archive holds without marks of big files, which not every program reads
LEVEL = 2  # of deflating: three times as quick as the usual one, a tenth longer
PORTION = 250
_STYLES = ("text", "quoted", "date", "moment")
_EPOCH = date(1899, 12, 30)
_REAL_LEAP_YEAR = date(1900, 3, 1)  # spreadsheets believe in a 29 February 1900


def write_xlsx(
    target: Path | IO[bytes],
    header: Sequence[str],
    rows: Iterable[Sequence[Any]],
    title: str = "数据",
    zone: str = "Asia/Shanghai",
    mark: str = "",
) -> int:
    """Write a workbook row by row in constant memory. Returns the number of rows, the header not counted.

    title: the name of the sheet; past a million rows further sheets follow. Aware times are shown in ``zone``. mark: who
    took it and what for, in the properties of the workbook and at the foot of every printed page.
    """
    count = 0
    with ZipFile(target, "w", ZIP_DEFLATED, compresslevel=LEVEL) as archive:
        for written in _written(archive, _Form(title, tuple(header), mark), rows, ZoneInfo(zone)):
            count += written
    return count


def xlsx_bytes(
    header: Sequence[str],
    rows: Iterable[Sequence[Any]],
    title: str = "数据",
    zone: str = "Asia/Shanghai",
    mark: str = "",
) -> Iterator[bytes]:
    """The same in pieces, for an answer that is sent while the rows are read."""
    out = _Pieces()
    with ZipFile(out, "w", ZIP_DEFLATED, compresslevel=LEVEL) as archive:  # type: ignore[call-overload]
        for _count in _written(archive, _Form(title, tuple(header), mark), rows, ZoneInfo(zone)):
            if out.held > 60_000:
                yield out.taken()
    yield out.taken()


class _Pieces:
    """Somewhere to write, without a way back."""

    def __init__(self) -> None:
        self._kept: list[bytes] = []
        self.held = 0

    def write(self, piece: bytes) -> int:
        self._kept.append(bytes(piece))
        self.held += len(piece)
        return len(piece)

    def flush(self) -> None:
        """Nothing is held back."""

    def taken(self) -> bytes:
        """What was written since the last time."""
        piece = b"".join(self._kept)
        self._kept, self.held = [], 0
        return piece


@dataclass(frozen=True, slots=True)
class _Form:
    """What every sheet of a workbook shows around its rows."""

    title: str
    header: tuple[str, ...]
    mark: str

    def drawn(self, sheets: int) -> ZipFile:
        """The workbook with so many sheets, each with its header and a row that shows the styles."""
        import xlsxwriter

        buffer = io.BytesIO()
        book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
        if self.mark:
            book.set_properties({"comments": self.mark, "author": "Linli"})
        bold = book.add_format({"bold": True, "bottom": 1, "num_format": "@"})
        shapes: list[dict[str, Any]] = [{"num_format": "@"}, {"num_format": "@", "quote_prefix": True}]
        shapes += [{"num_format": "yyyy-mm-dd"}, {"num_format": "yyyy-mm-dd hh:mm:ss"}]
        formats = [book.add_format(shape) for shape in shapes]
        name = re.sub(r"[\[\]:*?/\\']", " ", writing._CONTROL.sub("", self.title)).strip()[:25] or "数据"
        for number in range(1, sheets + 1):
            sheet = book.add_worksheet(name if number == 1 else f"{name} {number}")
            sheet.freeze_panes(1, 0)
            sheet.repeat_rows(0)
            for column, words in enumerate(self.header):
                sheet.set_column(column, column, min(40, max(10, 2 * len(words) + 2)))
                sheet.write_string(0, column, writing._cell_text(words), bold)
            for column, one in enumerate(formats):
                sheet.write_blank(1, column, None, one)
            if self.mark:
                sheet.set_footer("&L" + self.mark.replace("&", "&&")[:200])
        book.close()
        return ZipFile(buffer)


def _written(archive: ZipFile, form: _Form, rows: Iterable[Sequence[Any]], zone: ZoneInfo) -> Iterator[int]:
    """Write everything; after each portion, how many rows it had."""
    sheets, waiting = 0, portions(rows, PORTION)
    portion = next(waiting, [])
    while sheets == 0 or portion:
        sheets += 1
        book = form.drawn(sheets)
        name = f"xl/worksheets/sheet{sheets}.xml"
        before, shown, after = _around(book.read(name).decode())
        line, size = 2, 0
        xml = _Rows(dict(zip(_STYLES, shown, strict=True)), zone)
        with archive.open(name, "w") as member:
            member.write(before.encode())
            while portion and line <= ROWS_OF_SHEET and size < BYTES_OF_SHEET:
                fitting, rest = portion[: ROWS_OF_SHEET + 1 - line], portion[ROWS_OF_SHEET + 1 - line :]
                piece = xml.of(line, fitting)
                member.write(piece)
                yield len(fitting)
                line, size = line + len(fitting), size + len(piece)
                portion = rest or next(waiting, [])
            member.write(after.encode())
    for one in book.namelist():
        if not one.startswith("xl/worksheets/sheet"):
            archive.writestr(one, book.read(one))


def _around(xml: str) -> tuple[str, list[str], str]:
    """What a sheet has before its rows and after them, and the styles that its second row shows."""
    before, _tag, rest = xml.partition('<row r="2"')
    shown, _tag, after = rest.partition("</row>")
    # How far it reaches is not known yet, and need not be said.
    return re.sub(r"<dimension [^>]*/>", "", before), re.findall(r' s="(\d+)"', shown), after


# Cells joined by a sign that no text may hold: what a portion must not have to be written as it is.
_BAD = bytes(sign for sign in range(32) if chr(sign) not in "\t\n" + CELL_END) + b"&<>"
_BAD_ENDS = tuple(sign + CELL_END for sign in " \t\n")
_NO_SIGNS = ("\ufffe".encode(), "\uffff".encode())
_MAYBE_LIVE = re.compile(f"{CELL_END}[{re.escape(writing._LIVE + writing._BLANK)}]")
_SPELLED = re.compile("_(?=x[0-9a-fA-F]{4}_)")  # a text that would be read as an escape


class _Rows:
    """Rows of one sheet as XML. style: the numbers of the formats."""

    def __init__(self, style: dict[str, str], zone: ZoneInfo) -> None:
        self._zone = zone
        self._style = {name: f'" s="{number}"' for name, number in style.items()}

    def of(self, line: int, rows: Sequence[Sequence[Any]]) -> bytes:
        """So many rows, the first of them in this line."""
        easy, all_texts = _look(chain.from_iterable(rows))
        out = []
        for number, row in enumerate(rows, line):
            if not easy:
                out.append(self._row(number, row, _look(row)[0]))
            elif not all_texts:
                out.append(self._row(number, row, True))
            else:
                middle = f'{number}{self._style["text"]} t="inlineStr"><is><t>'
                cells = "".join(
                    [
                        f'<c r="{letter}{middle}{text}</t></is></c>'
                        for letter, text in zip(_letters(len(row)), row, strict=False)
                        if text
                    ]
                )
                out.append(f'<row r="{number}">{cells}</row>')
        return "".join(out).encode()

    def _row(self, number: int, row: Sequence[Any], easy: bool) -> str:
        middle = f'{number}{self._style["text"]} t="inlineStr"><is><t>'
        cells = "".join(
            [
                f'<c r="{letter}{middle}{value}</t></is></c>'
                if easy and type(value) is str
                else self._cell(f'<c r="{letter}{number}', value)
                for letter, value in zip(_letters(len(row)), row, strict=False)
                if value is not None and value != ""
            ]
        )
        return f'<row r="{number}">{cells}</row>'

    def _cell(self, start: str, value: Any) -> str:
        if type(value) is str:
            return self._said(start, value)
        if isinstance(value, datetime):
            moment = value.astimezone(self._zone).replace(tzinfo=None) if value.tzinfo else value
            if moment.year >= 1900:
                day = moment.replace(microsecond=0) - datetime.combine(moment.date(), time())
                return f"{start}{self._style['moment']}><v>{_serial(moment.date()) + day.seconds / 86_400!r}</v></c>"
        elif isinstance(value, date) and value.year >= 1900:
            return f"{start}{self._style['date']}><v>{_serial(value)}</v></c>"
        elif isinstance(value, int | float | Decimal | Fraction) and not isinstance(value, bool):
            number = writing._exact(value)
            if number is not None:
                return f'{start}"><v>{number!r}</v></c>'
            value = writing._number_text(value)
        return self._said(start, writing._text(value, self._zone))

    def _said(self, start: str, text: str) -> str:
        style = self._style["quoted" if writing.is_live(text) else "text"]
        text = _SPELLED.sub("_x005F_", writing._cell_text(text))
        text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        kept = ' xml:space="preserve"' if text[:1].isspace() or text[-1:].isspace() else ""
        return f'{start}{style} t="inlineStr"><is><t{kept}>{text}</t></is></c>'


def _look(cells: Iterable[Any]) -> tuple[bool, bool]:
    """Whether every text among the cells may be written as it is, and whether they are texts only."""
    texts = list(cells)
    all_texts = True
    try:
        joined = CELL_END.join(texts)
    except TypeError:  # dates, numbers, nothing
        texts, all_texts = [value for value in texts if type(value) is str], False
        joined = CELL_END.join(texts)
    joined = f"{CELL_END}{joined}{CELL_END}"
    try:
        signs = joined.encode()
    except UnicodeEncodeError:
        return False, all_texts
    easy = (
        len(signs.translate(None, _BAD)) == len(signs)
        and _MAYBE_LIVE.search(joined) is None
        and joined.count(CELL_END) == len(texts) + 1
        and not any(end in joined for end in _BAD_ENDS)
        and "_x" not in joined
        and not any(sign in signs for sign in _NO_SIGNS)
        and (len(joined) <= writing.LONGEST_CELL or max(map(len, texts)) <= writing.LONGEST_CELL)
    )
    return easy, all_texts


_LETTERS: list[str] = []


def _letters(count: int) -> list[str]:
    """A, B, ... AA: so many and more. Kept, since every row asks for them."""
    while len(_LETTERS) < count:
        place, found = len(_LETTERS) + 1, ""
        while place:
            place, rest = divmod(place - 1, 26)
            found = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[rest] + found
        _LETTERS.append(found)
    return _LETTERS


def _serial(day: date) -> int:
    return (day - _EPOCH).days - (day < _REAL_LEAP_YEAR)
