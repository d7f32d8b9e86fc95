"""Writing sheets that spreadsheet programs show and never execute.

A text that begins like a formula stays text: in CSV an apostrophe goes before it, in XLSX the cell is of type text and
marked as quoted, so that editing it does not bring it to life. Long numbers and numbers with leading zeros (ID numbers,
region codes) stay as they are: text cells in XLSX; in CSV a tabulator goes behind them, which Excel does not show and
our own reader drops.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import IO, Any
from zoneinfo import ZoneInfo

from .reading import Problem

PROBLEM_HEADER = ("行号", "列", "原因")
LONGEST_CELL, ROWS_OF_SHEET, EXACT_DIGITS = 32_767, 1_048_576, 15
_LIVE = "=+-@\t\r\n\x00|%\uff1d\uff0b\uff0d\uff20"
_BLANK = " \u00a0\u3000\u200b\u200e\u200f\u2060\ufeff"
_PLAIN_NUMBER = re.compile(r"[-+]?\d{1,15}(?:\.\d{1,15})?%?")
_CODE = re.compile(r"0\d+|\d{12,}")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_CUT = "……（内容过长，余下部分请在系统中查看）"


def is_live(text: str) -> bool:
    """Whether a spreadsheet program might take the text for a formula or a command."""
    start = text.lstrip(_BLANK)[:1]
    return bool(start) and start in _LIVE and not _PLAIN_NUMBER.fullmatch(text)


def csv_cell(value: Any, zone: ZoneInfo) -> str:
    """The text of one cell of a CSV file."""
    if isinstance(value, int | float | Decimal | Fraction) and not isinstance(value, bool):
        return _number_text(value)
    text = _text(value, zone)
    if is_live(text):
        return "'" + text
    return text + "\t" if _CODE.fullmatch(text) else text


def csv_bytes(
    header: Sequence[str], rows: Iterable[Sequence[Any]], zone: str = "Asia/Shanghai", batch: int = 500
) -> Iterator[bytes]:
    """A CSV file in pieces, for a streaming answer: UTF-8 with the mark by which Excel knows it, lines ending CRLF."""
    place = ZoneInfo(zone)
    buffer = io.StringIO(newline="")
    buffer.write("\ufeff")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow([csv_cell(name, place) for name in header])
    for count, row in enumerate(rows, 1):
        if not _is_plain(row):
            row = [
                value if type(value) is str and not _SUSPICIOUS.match(value) else csv_cell(value, place)
                for value in row
            ]
        writer.writerow(row)
        if count % batch == 0:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


# A row of plain texts, joined by a sign that no text has: no cell begins like a formula, none is a code. One look at the row
# instead of three at each cell.
_CELLS = "\x1f"
_SUSPICIOUS = re.compile(rf"(?:^|{_CELLS})(?:[{re.escape(_LIVE + _BLANK)}]|0\d|\d{{12}})")


def _is_plain(row: Sequence[Any]) -> bool:
    """Whether a row may be written as it is: texts only, none that `csv_cell` would change."""
    try:
        return _SUSPICIOUS.search(_CELLS.join(row)) is None
    except TypeError:  # something that is no text
        return False


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
    import xlsxwriter

    from .rows import RowWriter

    options: dict[str, Any] = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    options |= {"strings_to_numbers": False, "default_date_format": "yyyy-mm-dd"}
    book = xlsxwriter.Workbook(target if not isinstance(target, Path) else str(target), options)
    if mark:
        book.set_properties({"comments": mark, "author": "Linli"})
    try:
        formats = {
            "header": book.add_format({"bold": True, "bottom": 1, "num_format": "@"}),
            "text": book.add_format({"num_format": "@"}),
            "quoted": book.add_format({"num_format": "@", "quote_prefix": True}),
            "date": book.add_format({"num_format": "yyyy-mm-dd"}),
            "moment": book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
        }
        place, count, sheet, line = ZoneInfo(zone), 0, None, ROWS_OF_SHEET
        for row in rows:
            if line >= ROWS_OF_SHEET:
                sheet, line = _new_sheet(book, title, header, formats), 1
                if mark:
                    sheet.set_footer("&L" + mark.replace("&", "&&")[:200])
                writer = RowWriter(sheet, formats, place)
            writer.write(line, row)
            count, line = count + 1, line + 1
        if sheet is None:
            _new_sheet(book, title, header, formats)
    finally:
        book.close()
    return count


def problem_rows(problems: Iterable[Problem]) -> Iterator[tuple[int, str, str]]:
    """The rows of an error sheet; its header is ``PROBLEM_HEADER``."""
    for problem in problems:
        yield problem.row, problem.column, problem.reason


def _new_sheet(book: Any, title: str, header: Sequence[str], formats: dict[str, Any]) -> Any:
    number = len(book.worksheets()) + 1
    name = re.sub(r"[\[\]:*?/\\']", " ", _CONTROL.sub("", title)).strip()[:25] or "数据"
    sheet = book.add_worksheet(name if number == 1 else f"{name} {number}")
    sheet.freeze_panes(1, 0)
    for column, title_of_column in enumerate(header):
        sheet.set_column(column, column, min(40, max(10, 2 * len(title_of_column) + 2)))
        sheet.write_string(0, column, _cell_text(title_of_column), formats["header"])
    return sheet


def _exact(value: int | float | Decimal | Fraction) -> float | int | None:
    """The number where a spreadsheet can hold it (fifteen digits), else None."""
    if isinstance(value, int):
        return value if abs(value) < 10**EXACT_DIGITS else None
    number = float(value)
    return number if abs(number) < 10**EXACT_DIGITS else None  # also not for nan


def _number_text(value: int | float | Decimal | Fraction) -> str:
    if isinstance(value, Fraction):
        value = float(value)
    text = f"{value:f}" if isinstance(value, Decimal) else str(value)
    return text + "\t" if isinstance(value, int) and abs(value) >= 10**EXACT_DIGITS else text


def _text(value: Any, zone: ZoneInfo) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return f"{value.astimezone(zone) if value.tzinfo else value:%Y-%m-%d %H:%M:%S}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return f"{value.total_seconds() / 3600:.2f}"
    return str(value)


def _cell_text(text: str) -> str:
    text = _CONTROL.sub("\ufffd", text)
    return text if len(text) <= LONGEST_CELL else text[: LONGEST_CELL - len(_CUT)] + _CUT
