"""One line of one unit: from its numbers to its value and its points, with every step said."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil, floor

from linli.base.expressions import Expression, ExpressionError, evaluate
from linli.insight.scores.rules.arithmetic import MODES, number_text, read_number, rounded
from linli.insight.scores.rules.arithmetic import NotANumber as _NotANumber
from linli.insight.scores.rules.shapes import MISSING, STEPS, Input, Measure, RuleError

Numbers = Mapping[str, Fraction | None]
_WORD = re.compile(r"[^\W\d]\w*")


@dataclass(frozen=True, slots=True)
class Line:
    """points: what it adds to the total, of a malus what it takes away; None: it does not count, or waits for the group's
    mean. counts: whether its weight is part of the full marks. said: what was published, and whether it is the same."""

    measure: Measure
    numerator: Fraction | None
    denominator: Fraction | None
    excluded: Fraction | None
    value: Fraction | None
    points: Fraction | None
    counts: bool
    missing: bool
    steps: tuple[str, ...]
    remarks: tuple[str, ...] = ()
    said: tuple[tuple[str, str, bool], ...] = ()

    @property
    def value_text(self) -> str:
        return with_unit(self.measure, self.value, self.measure.digits)

    @property
    def points_text(self) -> str:
        return number_text(self.points, self.measure.points_digits)


class _Absent(Exception):
    """There is no value: the names that have none, or a denominator of nought. column: the name in the sheet."""

    def __init__(self, message: str, column: str = "") -> None:
        super().__init__(message)
        self.column = column


def with_unit(measure: Measure, number: Fraction | None, digits: int | None = None) -> str:
    return number_text(number, digits) + ("%" if measure.percent and number is not None else "")


def line(
    measure: Measure, numbers: Numbers, inputs: Mapping[str, Input], published: Mapping[str, str] | None = None
) -> Line:
    """numbers: inputs, and values of the measures above. Raises RuleError where the rule has no answer."""
    steps: list[str] = []
    remarks: list[str] = []
    parts: tuple[Fraction | None, Fraction | None, Fraction | None] = (None, None, None)
    try:
        if measure.value is not None:
            exact = _of(measure.value, numbers, inputs)
            steps.append(_spelled(measure.value, numbers, inputs, exact))
        else:
            parts = _parts(measure, numbers, inputs, steps)
            exact = _ratio(measure, parts, steps, remarks)
        value = _bounded(measure, exact, steps)
    except _Absent as absent:
        found = _absent(measure, numbers, absent, parts, steps)
    else:
        found = _scored(measure, value, parts, numbers, steps, remarks)
    return replace(found, said=_said(measure, found, published or {}))


def _of(expression: Expression, numbers: Numbers, inputs: Mapping[str, Input]) -> Fraction:
    try:
        value = evaluate(expression, numbers)
    except ExpressionError as error:
        if empty := [name for name in sorted(expression.names) if numbers.get(name) is None]:
            names = [_name(name, inputs) for name in empty]
            raise _Absent("、".join(f"“{name}”没有值" for name in names), names[0]) from error
        if "除数为 0" in str(error):
            raise _Absent("除数为 0") from error
        raise RuleError(f"“{expression.text}”算不出来：{error}") from error
    if isinstance(value, bool) or not isinstance(value, int | Fraction):
        raise RuleError(f"“{expression.text}”的结果不是数字")
    return Fraction(value)


def _name(code: str, inputs: Mapping[str, Input]) -> str:
    return inputs[code].name if code in inputs else code


def _spelled(expression: Expression, numbers: Numbers, inputs: Mapping[str, Input], result: Fraction) -> str:
    """`热线按时办结 87 + 热线超时办结 0 = 87`: the formula with names and numbers in the place of codes."""
    told = _WORD.sub(lambda found: _named(found[0], expression, numbers, inputs), expression.text)
    told = told.replace("*", "×").replace("/", "÷") if '"' not in told and "'" not in told else told
    return told if expression.text in expression.names else f"{told} = {number_text(result)}"


def _named(word: str, expression: Expression, numbers: Numbers, inputs: Mapping[str, Input]) -> str:
    return f"{_name(word, inputs)} {number_text(numbers.get(word))}" if word in expression.names else word


def _parts(
    measure: Measure, numbers: Numbers, inputs: Mapping[str, Input], steps: list[str]
) -> tuple[Fraction | None, Fraction | None, Fraction | None]:
    assert measure.numerator is not None
    assert measure.denominator is not None
    numerator = _of(measure.numerator, numbers, inputs)
    steps.append("分子：" + _spelled(measure.numerator, numbers, inputs, numerator))
    denominator = _of(measure.denominator, numbers, inputs)
    steps.append("分母：" + _spelled(measure.denominator, numbers, inputs, denominator))
    if measure.exclude is None:
        return numerator, denominator, None
    excluded = _of(measure.exclude, numbers, inputs)
    steps.append("剔除：" + _spelled(measure.exclude, numbers, inputs, excluded))
    steps.append(
        f"分母减剔除：{number_text(denominator)} − {number_text(excluded)} = {number_text(denominator - excluded)}"
    )
    if measure.exclude_both:
        steps.append(
            f"分子减剔除：{number_text(numerator)} − {number_text(excluded)} = {number_text(numerator - excluded)}"
        )
        numerator -= excluded
    return numerator, denominator - excluded, excluded


def _ratio(
    measure: Measure,
    parts: tuple[Fraction | None, Fraction | None, Fraction | None],
    steps: list[str],
    remarks: list[str],
) -> Fraction:
    numerator, denominator, _excluded = parts
    assert numerator is not None
    assert denominator is not None
    if denominator == 0:
        raise _Absent("分母为 0")
    if denominator < 0:
        remarks.append("分母小于 0，请核对数字")
    elif numerator > denominator:
        remarks.append("分子大于分母")
    exact = numerator / denominator * (100 if measure.percent else 1)
    steps.append(f"{number_text(numerator)} ÷ {number_text(denominator)} = {with_unit(measure, exact)}")
    return exact


def _bounded(measure: Measure, value: Fraction, steps: list[str]) -> Fraction:
    """Rounded as the rule says, then held within its bounds."""
    if measure.digits is not None:
        value = rounded(value, measure.digits, measure.mode)
        steps.append(
            f"保留 {measure.digits} 位小数（{MODES[measure.mode]}）：{with_unit(measure, value, measure.digits)}"
        )
    if measure.cap is not None and value > measure.cap:
        steps.append(f"超过 {with_unit(measure, measure.cap)} 按 {with_unit(measure, measure.cap)} 计")
        value = measure.cap
    if measure.least is not None and value < measure.least:
        steps.append(f"不足 {with_unit(measure, measure.least)} 按 {with_unit(measure, measure.least)} 计")
        value = measure.least
    return value


def _absent(
    measure: Measure,
    numbers: Numbers,
    why: _Absent,
    parts: tuple[Fraction | None, Fraction | None, Fraction | None],
    steps: list[str],
) -> Line:
    if measure.missing == "value":
        steps.append(f"{why}：规则写明按 {with_unit(measure, measure.missing_value)} 计")
        assert measure.missing_value is not None
        return replace(_scored(measure, measure.missing_value, parts, numbers, steps, []), missing=True)
    if measure.missing == "error":
        raise RuleError(f"{why}，“{measure.name}”不能计算；规则没有写缺值（missing）怎么办", why.column)
    steps.append(f"{why}：{MISSING[measure.missing]}")
    points: Fraction | None = {"zero": Fraction(0), "full": measure.weight}.get(measure.missing)
    counts = measure.kind == "base" and measure.missing in ("zero", "full", "mean")
    return Line(measure, *parts, None, points, counts, True, tuple(steps))


def _scored(
    measure: Measure,
    value: Fraction,
    parts: tuple[Fraction | None, Fraction | None, Fraction | None],
    numbers: Numbers,
    steps: list[str],
    remarks: list[str],
) -> Line:
    if measure.method == "none":
        steps.append("只列出，不计分")
        return Line(measure, *parts, value, None, False, False, tuple(steps), tuple(remarks))
    points = _points(measure, value, parts, numbers, steps)
    if measure.kind == "malus":
        points = abs(points)  # what it takes away, whichever sign the rule writes
    if measure.floor is not None and points < measure.floor:
        steps.append(f"低于 {number_text(measure.floor)} 分，按最低分 {number_text(measure.floor)} 计")
        points = measure.floor
    if measure.ceiling is not None and points > measure.ceiling:
        steps.append(f"高于 {number_text(measure.ceiling)} 分，按最高分 {number_text(measure.ceiling)} 计")
        points = measure.ceiling
    if measure.points_digits is not None:
        points = rounded(points, measure.points_digits, measure.points_mode)
        steps.append(
            f"得分保留 {measure.points_digits} 位小数（{MODES[measure.points_mode]}）：{number_text(points, measure.points_digits)}"
        )
    if measure.kind == "base" and measure.weight and points > measure.weight:
        remarks.append(f"得分超过本项满分 {number_text(measure.weight)}")
    return Line(measure, *parts, value, points, measure.kind == "base", False, tuple(steps), tuple(remarks))


def _points(
    measure: Measure,
    value: Fraction,
    parts: tuple[Fraction | None, Fraction | None, Fraction | None],
    numbers: Numbers,
    steps: list[str],
) -> Fraction:
    full = measure.weight
    if measure.method == "share":
        points = full * value / measure.of
        steps.append(
            f"{number_text(full)} × {with_unit(measure, value)}"
            + (f" ÷ {number_text(measure.of)}" if not (measure.percent and measure.of == 100) else "")
            + f" = {number_text(points)}"
        )
        return points
    if measure.method == "each":
        steps.append(
            f"{number_text(value)} × 每件 {number_text(measure.each)} 分 = {number_text(value * measure.each)}"
        )
        return value * measure.each
    if measure.method == "direct":
        steps.append(f"数值即得分：{number_text(value)}")
        return value
    if measure.method == "bands":
        for band in measure.bands:
            if band.start is None or value >= band.start:
                steps.append(
                    (f"达到 {with_unit(measure, band.start)}" if band.start is not None else "其余")
                    + f"，得 {number_text(band.points)} 分"
                )
                return band.points
        steps.append("未达到任何一段，得 0 分")
        return Fraction(0)
    if measure.method == "formula":
        assert measure.points is not None
        known = {**numbers, "value": value, "full": full, "numerator": parts[0], "denominator": parts[1]}
        try:
            points = _of(measure.points, known, {})
        except _Absent as absent:
            raise RuleError(f"“{measure.name}”的得分公式算不出来：{absent}") from absent
        steps.append(
            _spelled(
                measure.points, known, {"value": Input("value", measure.name), "full": Input("full", "满分")}, points
            )
        )
        return points
    return _deducted(measure, value, steps)


def _deducted(measure: Measure, value: Fraction, steps: list[str]) -> Fraction:
    """Full marks at the threshold; so much less for each unit beyond it on the wrong side, and where the rule says so more."""
    assert measure.threshold is not None
    full, goal = measure.weight, with_unit(measure, measure.threshold)
    gap = (value - measure.threshold) if measure.low else (measure.threshold - value)
    full = full if measure.kind != "malus" else Fraction(0)
    word = ("高于", "低于") if measure.low else ("低于", "高于")
    if gap <= 0:
        units = _units(measure, -gap)
        more = units * measure.add
        steps.append(
            f"达到 {goal}，得满分 {number_text(full)}"
            if not more
            else f"{word[1]} {goal} 共 {number_text(units)} 个单位，每个加 {number_text(measure.add)}：{number_text(full)} + {number_text(more)} = {number_text(full + more)}"
        )
        return full + more
    units = _units(measure, gap)
    less = units * measure.deduct
    point = "个百分点" if measure.percent else "个单位"
    each = f"每 {number_text(measure.per)} {point}扣 {number_text(measure.deduct)}"
    note = "" if measure.steps == "exact" else f"（{STEPS[measure.steps]}，计 {number_text(units)} 个）"
    steps.append(
        f"{word[0]} {goal} {number_text(gap)} {point}，{each}{note}：{number_text(full)} − {number_text(less)} = {number_text(full - less)}"
    )
    return full - less


def _units(measure: Measure, gap: Fraction) -> Fraction:
    units = gap / measure.per
    return {"exact": units, "whole": Fraction(floor(units)), "started": Fraction(ceil(units))}[measure.steps]


def _said(measure: Measure, found: Line, published: Mapping[str, str]) -> tuple[tuple[str, str, bool], ...]:
    """What was published of this line: (what, as published, whether it is the same number)."""
    columns = (
        (measure.published, "数值", found.value, measure.digits),
        (measure.published_points, "得分", found.points, measure.points_digits),
    )
    return tuple(
        (what, published[column], same(published[column], number))
        for column, what, number, _digits in columns
        if column and published.get(column, "").strip()
    )


def same(text: str, number: Fraction | None) -> bool:
    """Whether a published text is this number; nothing published, nothing to compare."""
    try:
        said = read_number(text)
    except _NotANumber:
        return False
    return said is None or said == number
