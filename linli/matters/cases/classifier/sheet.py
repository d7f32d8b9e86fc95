"""Labelled letters from a spreadsheet or a CSV file, whatever Chinese office program wrote it."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from linli.matters.cases.classifier.training import CannotTrain, Example

TEXT_NAMES = ("text", "内容", "诉求内容", "正文", "来信内容")
CATEGORY_NAMES = ("category", "分类", "类别", "诉求分类", "问题分类")
TITLE_NAMES = ("title", "标题", "主题", "留言主题")
LARGEST_BYTES = 512 * 1024 * 1024
SHORTEST_TEXT = 4


@dataclass(frozen=True, slots=True)
class Read:
    """`skipped` counts rows left out by reason, in words for the person who gave the file."""

    examples: list[Example]
    skipped: dict[str, int]


def read(path: Path, names: Mapping[str, str], *, text: str = "", category: str = "", weight: float = 1.0) -> Read:
    """The labelled letters of a .csv (UTF-8 or GB18030) or .xlsx/.xls file with a header row.

    `names` maps what may stand in the category column (codes and Chinese names) to codes; empty: any word is a
    category. `text` and `category` name the columns when they are not among the usual ones. Raises CannotTrain.
    """
    rows = _rows(path)
    try:
        header = [str(cell).strip() for cell in next(rows)]
    except StopIteration:
        raise CannotTrain("文件是空的。") from None
    text_at = _column(header, (text,) if text else TEXT_NAMES, "来信内容")
    category_at = _column(header, (category,) if category else CATEGORY_NAMES, "分类")
    title_at = next((header.index(name) for name in TITLE_NAMES if name in header), None)
    examples: list[Example] = []
    skipped: dict[str, int] = {}
    for row in rows:
        cells = [str(cell).strip() for cell in row]
        if not any(cells):
            continue
        words, label, title = (_cell(cells, at) for at in (text_at, category_at, title_at))
        code = names.get(label, "") if names else label
        if not label:
            reason = "没有分类"
        elif not code:
            reason = f"不认识的分类“{label[:40]}”"
        elif len(words) < SHORTEST_TEXT:
            reason = "没有内容"
        else:
            examples.append(Example(f"{title}。{words}" if title else words, code, weight))
            continue
        skipped[reason] = skipped.get(reason, 0) + 1
    return Read(examples, skipped)


def _cell(cells: list[str], at: int | None) -> str:
    return cells[at] if at is not None and at < len(cells) else ""


def _column(header: list[str], names: tuple[str, ...], meaning: str) -> int:
    for name in names:
        if name in header:
            return header.index(name)
    raise CannotTrain(f"找不到{meaning}的列：第一行应有“{'”或“'.join(names)}”，实有“{'、'.join(header)[:200]}”。")


def _rows(path: Path) -> Iterator[list[object]]:
    if path.stat().st_size > LARGEST_BYTES:
        raise CannotTrain("文件太大。")
    if path.suffix.lower() in (".xlsx", ".xls", ".xlsb", ".ods"):
        return _sheet(path)
    return _csv(path.read_bytes())


def _sheet(path: Path) -> Iterator[list[object]]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        for row in CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python():
            yield list(row)
    except (CalamineError, IndexError) as error:
        raise CannotTrain("打不开这个表格，请另存为 .xlsx 或 .csv。") from error


def _csv(content: bytes) -> Iterator[list[object]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("gb18030", "replace")
    csv.field_size_limit(2**31 - 1)
    try:
        for row in csv.reader(io.StringIO(text.replace("\x00", ""), newline="")):
            yield list(row)
    except csv.Error as error:
        raise CannotTrain(f"这不是可读的 CSV 文件（{error}）。") from error
