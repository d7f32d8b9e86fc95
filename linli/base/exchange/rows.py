"""Rows of a workbook as XML, written straight to where XlsxWriter in constant memory keeps the rows that are done.

Its own way takes some twenty microseconds a cell; a list of a hundred thousand rows would take a minute. Everything else of the
workbook (styles, panes, widths, properties) stays with it. Cells are those it would write: texts in line, numbers, dates as serial
numbers with their style.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from linli.base.exchange import writing

_EPOCH = date(1899, 12, 30)
_REAL_LEAP_YEAR = date(1900, 3, 1)  # spreadsheets believe in a 29 February 1900
# Nothing in it must be escaped, and no control sign or half a character is in it.
_SIMPLE = re.compile("[^&<>_\\x00-\\x1f\\ud800-\\udfff\\ufffe\\uffff]*")
_SPELLED = re.compile("_(?=x[0-9a-fA-F]{4}_)")  # a text that would be read as an escape


class RowWriter:
    """Writes the rows of one sheet whose header is written. formats: text, quoted, date, moment."""

    def __init__(self, sheet: Any, formats: Mapping[str, Any], zone: ZoneInfo) -> None:
        sheet._write_single_row(1)  # the header, still held back
        self._sheet, self._zone = sheet, zone
        self._style = {name: f'" s="{one._get_xf_index()}"' for name, one in formats.items()}
        self._text, self._quoted = self._style["text"], self._style["quoted"]

    def write(self, line: int, row: Sequence[Any]) -> None:
        """Write one row. line: from 0, below everything written before."""
        number, letters = line + 1, _letters(len(row))
        if _is_easy(row):
            middle = f'{number}{self._text} t="inlineStr"><is><t>'
            cells = [
                f'<c r="{letter}{middle}{text}</t></is></c>' for letter, text in zip(letters, row, strict=True) if text
            ]
        else:
            cells = [
                self._cell(f'<c r="{letter}{number}', value)
                for letter, value in zip(letters, row, strict=True)
                if value is not None and value != ""
            ]
        self._sheet.fh.write(f'<row r="{number}">{"".join(cells)}</row>')
        self._sheet.dim_rowmax = line
        if len(row) > self._sheet.dim_colmax + 1:
            self._sheet.dim_colmax = len(row) - 1

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
        style = self._quoted if text[:1] in _MAYBE_LIVE and writing.is_live(text) else self._text
        if len(text) > writing.LONGEST_CELL or not _SIMPLE.fullmatch(text):
            text = _SPELLED.sub("_x005F_", writing._cell_text(text))
            text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        kept = ' xml:space="preserve"' if text[:1].isspace() or text[-1:].isspace() else ""
        return f'{start}{style} t="inlineStr"><is><t{kept}>{text}</t></is></c>'


# As most rows are: short texts, none to be escaped, none like a formula, none with a space at its ends. Joined by a sign that no text
# may hold, they are looked at once.
_CELLS = "\x1f"
_HARD = re.compile(
    "[&<>_\\x00-\\x1e\ud800-\udfff\ufffe\uffff]"
    rf"|(?:^|{_CELLS})(?:[{re.escape(writing._LIVE)}\u200b\u200e\u200f\u2060\ufeff]|[^\S{_CELLS}])|[^\S{_CELLS}](?:$|{_CELLS})"
)


def _is_easy(row: Sequence[Any]) -> bool:
    try:
        joined = _CELLS.join(row)
    except TypeError:  # something that is no text
        return False
    return len(joined) < 5000 and _HARD.search(joined) is None and joined.count(_CELLS) == len(row) - 1


_MAYBE_LIVE = frozenset(writing._LIVE + writing._BLANK)
_LETTERS: list[str] = []


def _letters(count: int) -> list[str]:
    """A, B, ... AA: so many. Kept, since every row asks for them."""
    while len(_LETTERS) < count:
        place, found = len(_LETTERS) + 1, ""
        while place:
            place, rest = divmod(place - 1, 26)
            found = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[rest] + found
        _LETTERS.append(found)
    return _LETTERS[:count]


def _serial(day: date) -> int:
    return (day - _EPOCH).days - (day < _REAL_LEAP_YEAR)
