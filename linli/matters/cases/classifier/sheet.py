"""Labelled letters from a spreadsheet or a CSV file, whatever office program wrote it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from linli.base.exchange import Problem, SheetError, read_rows
from linli.matters.cases.classifier.training import CannotTrain, Example

TEXT_NAMES = ("text", "内容", "诉求内容", "正文", "来信内容", "留言详情")
CATEGORY_NAMES = ("category", "分类", "类别", "诉求分类", "问题分类")
TITLE_NAMES = ("title", "标题", "主题", "留言主题")
SHORTEST_TEXT = 4


@dataclass(frozen=True, slots=True)
class Read:
    """`skipped` counts rows left out by reason, in words for the person who gave the file."""

    examples: list[Example]
    skipped: dict[str, int]


def read(path: Path, names: Mapping[str, str], *, text: str = "", category: str = "", weight: float = 1.0) -> Read:
    """The labelled letters of a sheet with a header row.

    `names` maps what may stand in the category column (codes and Chinese names) to codes; empty: any word is a
    category. `text` and `category` name the columns when they are not among the usual ones. A title, where there is a
    column of that name, is put before the text. Raises CannotTrain.
    """
    problems: list[Problem] = []
    examples: list[Example] = []
    skipped: dict[str, int] = {}
    text_names = (text,) if text else TEXT_NAMES
    category_names = (category,) if category else CATEGORY_NAMES
    try:
        for _, row in read_rows(path, problems=problems):
            if not examples and not skipped:
                _check_columns(row, text_names, "来信内容")
                _check_columns(row, category_names, "分类")
            words, label, title = _first(row, text_names), _first(row, category_names), _first(row, TITLE_NAMES)
            reason = _unfit(words, label, names)
            if reason:
                skipped[reason] = skipped.get(reason, 0) + 1
                continue
            code = names[label] if names else label
            examples.append(Example(f"{title}。{words}" if title else words, code, weight))
    except SheetError as error:
        raise CannotTrain(str(error)) from error
    for problem in problems:
        skipped[problem.reason] = skipped.get(problem.reason, 0) + 1
    return Read(examples, skipped)


def _unfit(words: str, label: str, names: Mapping[str, str]) -> str:
    if not label:
        return "没有分类"
    if names and label not in names:
        return f"不认识的分类“{label[:40]}”"
    return "没有内容" if len(words) < SHORTEST_TEXT else ""


def _check_columns(row: Mapping[str, str], wanted: Iterable[str], meaning: str) -> None:
    if not any(name in row for name in wanted):
        raise CannotTrain(f"找不到{meaning}的列：应有“{'”或“'.join(wanted)}”，实有“{'、'.join(row)[:200]}”。")


def _first(row: Mapping[str, str], wanted: Iterable[str]) -> str:
    return next((row[name] for name in wanted if name in row), "")
