"""Reading a sheet row by row, whatever program wrote it. A broken row is reported, not fatal; nothing is guessed.

The first row with more than one filled cell is the header; a title above it and empty rows are skipped. Rows are
numbered as Excel numbers them. A row shorter than the header is broken in a text file, where it may have been cut by a
line break. Every value is text without spaces around it: dates as 2026-10-01, times as 2026-10-01 09:30:00, numbers
without ``.0``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import chain, islice
from pathlib import Path
from typing import Any

from . import delimited, guarding
from .delimited import SheetError, is_foot, is_header

LONGEST_CELL = 100_000
_UNREADABLE = re.compile("[\x00\ud800-\udfff\ufffd]")
_WORKBOOKS = {".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"}
_ZIPPED = {".xlsx", ".xlsm", ".xlsb", ".ods"}
MOST_TITLES = 5
MOST_PAGES = 30  # of one workbook are looked through
_PRECISE = 10**15  # from here on a spreadsheet has lost the last digits of a number


Rows = Iterator[tuple[int, Sequence[Any] | str]]  # cells, or why they cannot be read


@dataclass(frozen=True)
class Problem:
    """One thing wrong with one row. column is empty where it is the row as a whole."""

    row: int
    column: str
    reason: str


def read_rows(
    path: Path | str,
    sheet: str | None = None,
    problems: list[Problem] | None = None,
    header_row: int | None = None,
) -> Iterator[tuple[int, dict[str, str]]]:
    """Row number and values by header, for each good row.

    path: .csv, .txt or .tsv (also .gz), .xlsx, .xls, .ods. sheet: its name; default the first that holds anything.
    header_row: where the header is not where it is looked for; what stands above it is skipped.
    problems: gets every broken row, as it is met; without a list the first broken row raises SheetError.
    Raises SheetError when the file cannot be read, is not what its extension says, or has no header.
    """
    path = Path(path)
    kept = problems if problems is not None else _Strict()
    if path.suffix.lower() in _WORKBOOKS:
        rows = _workbook_rows(path, sheet)
    elif sheet is not None:
        raise SheetError("文本表格没有工作表名称。")
    else:
        rows = delimited.records(path, header_row)
    if header_row is not None:
        rows = (row for row in rows if row[0] >= header_row)
    # The header is found now, so that a bad file fails before anything is imported.
    header, rest = _header(rows, header_row is not None)
    return _values(header, rest, kept)


def sheet_names(path: Path | str) -> list[str]:
    """The names of the sheets of a workbook that are not hidden; a text file has none."""
    if Path(path).suffix.lower() not in _WORKBOOKS:
        return []
    with _workbook(Path(path)) as book:
        return _seen(book)


def tops(
    path: Path | str, most: int = 40, sheet: str | None = None
) -> list[tuple[str | None, list[tuple[int, list[str]]]]]:
    """Name and first rows of every page that can be seen and holds anything, or of the one page that is named.

    A workbook is opened once; a text file is one page without a name. Raises SheetError.
    """
    path = Path(path)
    if path.suffix.lower() not in _WORKBOOKS or sheet is not None:
        return [(sheet, first_rows(path, sheet, most))]
    found: list[tuple[str | None, list[tuple[int, list[str]]]]] = []
    with _workbook(path) as book:
        for name in _seen(book)[:MOST_PAGES]:
            page = _page(book, name)
            if page.start is not None:
                rows = islice(_unmerged(page), most)
                found.append((name, [(number, [_text(cell) for cell in cells]) for number, cells in rows]))
    if not found:
        raise SheetError("表里没有内容，第一行应为表头。")
    return found


def _seen(book: Any) -> list[str]:
    """The pages that are not hidden; all of them where every one is."""
    return [one.name for one in book.sheets_metadata if str(one.visible).endswith("Visible")] or list(book.sheet_names)


def first_rows(path: Path | str, sheet: str | None = None, most: int = 40) -> list[tuple[int, list[str]]]:
    """The first rows as text, whatever they are, for finding the header among them. Broken rows have one cell, empty.

    Raises SheetError when the file cannot be read. Cells of a merged range that begins in these rows are filled.
    """
    path = Path(path)
    rows = _workbook_rows(path, sheet) if path.suffix.lower() in _WORKBOOKS else delimited.records(path, 1)
    found = []
    for number, cells in rows:
        found.append((number, [""] if isinstance(cells, str) else [_text(cell) for cell in cells]))
        if len(found) >= most:
            break
    return found


def names_of(cells: Sequence[str]) -> list[str]:
    """Names of columns from the cells of a header, made different from each other as `read_rows` makes them."""
    return _names(cells)


def read_below(
    path: Path | str,
    names: Sequence[str],
    header_row: int,
    header_lines: int = 1,
    sheet: str | None = None,
    problems: list[Problem] | None = None,
    wanted: Collection[str] = (),
) -> Iterator[tuple[int, dict[str, str]]]:
    """Row number and values by name, for each good row below a header whose names are already known.

    names: of the columns from the first on; wanted: the columns to read, all of them when empty. What stands in others
    is not looked at, so that a number spoilt in a column that nobody wants does not stop its row. A row with only its
    first cell filled that says 合计, 注 or the like, and empty rows, are passed over.
    """
    path = Path(path)
    kept = problems if problems is not None else _Strict()
    rows = _workbook_rows(path, sheet) if path.suffix.lower() in _WORKBOOKS else delimited.records(path, header_row)
    chosen = [place for place, name in enumerate(names) if not wanted or name in wanted]
    wanted_names = [names[place] for place in chosen]
    last = header_row + header_lines - 1
    for number, cells in rows:
        if number <= last:
            continue
        if isinstance(cells, str):
            kept.append(Problem(number, "", cells))
            continue
        width = len(cells)
        # Few cells filled, or a sum at its beginning: perhaps no record at all.
        if (cells.count("") > width - 4 or not _SUMS.isdisjoint(map(str, cells[:2]))) and is_foot(
            list(map(_text, cells))
        ):
            continue
        if width > len(names) and any(_text(cell) for cell in cells[len(names) :]):
            kept.append(Problem(number, "", f"有 {width} 列，表头只有 {len(names)} 列。"))
            continue
        picked = [cells[place] if place < width else "" for place in chosen]
        try:
            easy = _UNREADABLE.search("".join(picked)) is None
        except TypeError:  # something that is no text
            easy = False
        if easy:
            values = dict(zip(wanted_names, map(str.strip, picked), strict=True))
            if max(map(len, picked)) <= LONGEST_CELL:
                if any(values.values()):
                    yield number, values
                continue
        values, wrong = {}, None
        for name, cell in zip(wanted_names, picked, strict=True):
            values[name] = text = _text(cell)
            if wrong is None and (reason := _reason(cell, text)):
                wrong = Problem(number, name, reason)
        if wrong is not None:
            kept.append(wrong)
        elif any(values.values()):
            yield number, values


_SUMS = frozenset(("合计", "总计", "小计", "共计", "合 计", "总 计", "合　计", "总　计"))


class _Strict(list[Problem]):
    def append(self, problem: Problem) -> None:
        raise SheetError(f"第 {problem.row} 行 {problem.column}：{problem.reason}".replace(" ：", "："))


def _header(rows: Rows, given: bool) -> tuple[list[str], Rows]:
    """The names of the columns, and the rows below. A sheet of one column has its first filled row for a header."""
    above: list[tuple[int, Sequence[Any] | str]] = []
    for number, cells in rows:
        if isinstance(cells, str):
            raise SheetError(f"第 {number} 行在表头之前，读不出来：{cells}")
        if given or is_header(cells):
            return _names(cells), rows
        if any(_text(cell) for cell in cells):
            above.append((number, cells))
        if len(above) > MOST_TITLES:
            break
    if not above:
        raise SheetError("表里没有内容，第一行应为表头。")
    return _names(above[0][1]), chain(above[1:], rows)


def _names(cells: Sequence[Any]) -> list[str]:
    """Header texts, made different from each other: an empty one is named by its place, a repeated one is numbered."""
    names: list[str] = []
    for place, cell in enumerate(cells, 1):
        name = " ".join(unicodedata.normalize("NFKC", _text(cell)).split()) or f"第{place}列"
        count, wanted = 1, name
        while wanted in names:
            count += 1
            wanted = f"{name}({count})"
        names.append(wanted)
    return names


def _values(header: list[str], rows: Rows, problems: list[Problem]) -> Iterator[tuple[int, dict[str, str]]]:
    for number, cells in rows:
        if isinstance(cells, str):
            problems.append(Problem(number, "", cells))
            continue
        if not any(_text(cell) for cell in cells) or (len(cells) < len(header) and is_foot(list(map(_text, cells)))):
            continue
        if len(cells) > len(header) and any(_text(cell) for cell in cells[len(header) :]):
            problems.append(Problem(number, "", f"有 {len(cells)} 列，表头只有 {len(header)} 列。"))
            continue
        found: dict[str, str] = dict.fromkeys(header, "")
        wrong = None
        for name, cell in zip(header, cells, strict=False):
            found[name] = _text(cell)
            reason = _reason(cell, found[name])
            if reason:
                wrong = wrong or Problem(number, name, reason)
        if wrong:
            problems.append(wrong)
        else:
            yield number, found


def _reason(cell: Any, text: str) -> str:
    if isinstance(cell, float | int) and not isinstance(cell, bool) and abs(cell) >= _PRECISE:
        return "数字超过15位，末几位已被表格软件丢掉；请把这一列设为文本后重新填写。"
    if "\x00" in text:
        return "含有不能保存的字符（NUL）。"
    if _UNREADABLE.search(text):
        return "有读不出来的字，文件编码可能不对。"
    if len(text) > LONGEST_CELL:
        return f"内容太长，超过 {LONGEST_CELL} 个字。"
    return ""


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d}" if cell.time() == time(0) else f"{cell:%Y-%m-%d %H:%M:%S}"
    if isinstance(cell, date | time | timedelta):
        return str(cell)
    return str(cell).strip()


# -- workbooks -----------------------------------------------------------------------------------------------------


def _workbook_rows(path: Path, sheet: str | None) -> Rows:
    with _workbook(path) as book:
        chosen = _page(book, sheet) if sheet is not None else _first_filled(book)
        yield from _unmerged(chosen)  # from the first row of the sheet, filled or not


def _page(book: Any, name: str) -> Any:
    from python_calamine import CalamineError, WorksheetNotFound

    try:
        return book.get_sheet_by_name(name)
    except WorksheetNotFound:
        raise SheetError(f"没有名为“{name}”的工作表；有：{'、'.join(book.sheet_names)}。") from None
    except (CalamineError, ValueError) as error:
        raise SheetError(f"工作表读不出来：{error}") from error


def _unmerged(sheet: Any) -> Iterator[tuple[int, list[Any]]]:
    """Rows in which every cell of a merged range below the first line has the range's value: a household number that
    stands beside three people is that of all three. Ranges that only go sideways are titles and headers and stay."""
    ranges = [(top, left, bottom) for (top, left), (bottom, _right) in sheet.merged_cell_ranges or () if bottom > top]
    if not ranges:
        yield from enumerate(sheet.iter_rows(), 1)
        return
    ends = {}
    for top, left, bottom in ranges:
        ends[top, left] = bottom
    held: dict[int, tuple[int, Any]] = {}
    starts: dict[int, list[int]] = {}
    for top, left in ends:
        starts.setdefault(top, []).append(left)
    for place, cells in enumerate(sheet.iter_rows()):
        row = list(cells)
        for column in [one for one, (until, _value) in held.items() if until < place]:
            del held[column]
        for column, (_until, value) in held.items():
            if column < len(row) and row[column] == "":
                row[column] = value
        for column in starts.get(place, ()):
            if column < len(row) and row[column] != "":
                held[column] = (ends[place, column], row[column])
        yield place + 1, row


def _first_filled(book: Any) -> Any:
    sheets = (_page(book, name) for name in _seen(book))
    found = next((sheet for sheet in sheets if sheet.start is not None), None)
    if found is None:
        raise SheetError("表里没有内容，第一行应为表头。")
    return found


def _workbook(path: Path) -> Any:
    from python_calamine import CalamineError, CalamineWorkbook

    if path.suffix.lower() in _ZIPPED:
        guarding.check(path)
    try:
        return CalamineWorkbook.from_path(str(path))
    except CalamineError as error:
        locked = "assword" in str(error) or type(error).__name__ == "PasswordError"
        reason = "表格设有密码，请去掉密码后再导入。" if locked else "表格打不开，请用表格软件另存为 XLSX 后再导入。"
        raise SheetError(reason) from error
    except OSError as error:
        raise SheetError(f"文件打不开：{error.strerror or error}") from error
