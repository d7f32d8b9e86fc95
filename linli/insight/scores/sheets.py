"""Scores out of a sheet and into one: files read under a rule, results as rows, calculations as lines of text."""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from linli.base.exchange import Problem, SheetError, read_rows
from linli.insight.scores.rules import Line, Result, Rule, UnitScore, number_text, tables
from linli.insight.scores.rules.tables import Table

FALLEN = "缺值"


def read_file(rule: Rule, path: Path, sheet: str | None = None, header_row: int | None = None) -> Table:
    """The units of a file. Raises SheetError when it cannot be read at all; what is wrong inside is in `problems`."""
    broken: list[Problem] = []
    found = tables.read(rule, read_rows(path, sheet, broken, header_row))
    found.problems = sorted([*broken, *found.problems], key=lambda problem: problem.row)
    return found


def problem_text(problem: Problem) -> str:
    """`第 3 行“按时办结数”：“abc”不是数字。`"""
    place = f"第 {problem.row} 行" if problem.row else "整张表"
    return place + (f"“{problem.column}”" if problem.column else "") + f"：{problem.reason}"


def plain_number(number: Fraction | None, digits: int | None = None) -> Decimal | str:
    """A number as sheets keep it; empty for none."""
    return "" if number is None else Decimal(number_text(number, digits).removesuffix("…"))


def header(rule: Rule) -> list[str]:
    found = ["组别", "单位"]
    for measure in rule.measures:
        found += [f"{measure.name}·分子", f"{measure.name}·分母"] if measure.numerator is not None else []
        found += [f"{measure.name}（%）" if measure.percent else measure.name]
        found += [f"{measure.name}·得分"] if measure.method != "none" else []
    return [*found, "加分", "扣分", "总分", "满分", "档次", "名次"]


def rows(rule: Rule, result: Result, *, ranks: bool = True) -> Iterator[list[object]]:
    """One row for each unit, in the order of its sheet, then one for each group's summary. ranks: whether ranks are shown."""
    for one in result.scores:
        yield _row(rule, one, ranks)
    for summary in result.summaries:
        name = f"{summary.group}汇总（{summary.units} 个单位）"
        found: list[object] = [summary.group, name]
        for measure in rule.measures:
            found += ["", ""] if measure.numerator is not None else []
            found.append(plain_number(summary.values.get(measure.code)))
            found += [""] if measure.method != "none" else []
        yield [*found, "", "", plain_number(summary.total), "", "", ""]


def _row(rule: Rule, one: UnitScore, ranks: bool) -> list[object]:
    lines = {line.measure.code: line for line in one.lines}
    found: list[object] = [one.group, one.unit.name]
    for measure in rule.measures:
        line = lines.get(measure.code)
        if measure.numerator is not None:
            found += [plain_number(line.numerator), plain_number(line.denominator)] if line else ["", ""]
        found.append(plain_number(line.value, line.measure.digits) if line else "")
        if measure.method != "none":
            found.append(plain_number(line.points, line.measure.points_digits) if line else "")
    tail = [
        plain_number(one.bonus),
        plain_number(one.malus),
        plain_number(one.total, rule.total.digits) if one.scored else "",
        plain_number(one.full),
    ]
    return [*found, *tail, one.tier, one.rank if ranks and one.rank else ""]


def told(rule: Rule, one: UnitScore) -> list[str]:
    """The calculation of one unit, line by line, for a terminal and for print."""
    head = f"{one.unit.name}{f'（{one.group}）' if one.group else ''}"
    scored = [line for line in one.lines if line.points is not None]
    if scored:
        head += f"　总分 {number_text(one.total, rule.total.digits)} / {number_text(one.full)}"
        head += f"　{one.tier}" if one.tier else ""
        head += f"　第 {one.rank} 名{'（并列）' if one.tied else ''}" if one.rank else ""
    found = [head]
    for line in one.lines:
        found += (
            [f"  {line_text(line)}"]
            + [f"      {step}" for step in line.steps]
            + [f"      注意：{word}" for word in line.remarks]
        )
        found += [f"      公布的{what} {text}：{'相符' if good else '不符'}" for what, text, good in line.said]
    found += [f"  {step}" for step in one.steps]
    return found + [f"  公布的{what} {text}：{'相符' if good else '不符'}" for what, text, good in one.said]


def line_text(line: Line) -> str:
    """`按时办结率 93.33%，扣后得 58.33 / 60`."""
    measure = line.measure
    text = f"{measure.name}　{line.value_text}"
    if line.points is None:
        return text + ("　不计分" if measure.method == "none" else f"　{FALLEN}")
    word = {"base": "得", "bonus": "加", "malus": "扣"}[measure.kind]
    of = f" / {number_text(measure.weight)}" if measure.kind == "base" and measure.weight else ""
    return f"{text}　{word} {line.points_text} 分{of}"


__all__ = ["Problem", "SheetError", "header", "line_text", "plain_number", "problem_text", "read_file", "rows", "told"]
