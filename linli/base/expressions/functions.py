"""The operators, kinds and functions of the language. Adding a function here is all that adding one takes."""

import ast
import math
import operator
from collections.abc import Callable
from datetime import date, datetime
from fractions import Fraction
from typing import Any

ARITHMETIC: dict[type, Callable] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: lambda a, b: Fraction(a) / b,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}
ORDER: dict[type, Callable] = {ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge}
EQUAL: dict[type, bool] = {ast.Eq: True, ast.NotEq: False}
MEMBER: dict[type, bool] = {ast.In: True, ast.NotIn: False}
KINDS: dict[str, tuple[str, Any]] = {
    "number": ("数字", int | Fraction),
    "text": ("文字", str),
    "list": ("列表", tuple),
    "sized": ("文字或列表", str | tuple),
    "moment": ("时间", datetime),
    "date": ("日期", date),
    "truth": ("真或假", bool),
}


class ExpressionError(ValueError):
    """What is wrong, in the words of who wrote the rule. ``column`` counts characters from 1; 0 is the whole."""

    def __init__(self, message: str, column: int = 0) -> None:
        super().__init__(f"第 {column} 列：{message}" if column else message)
        self.column = column


def _round(number: Fraction, digits: int = 0) -> Fraction:
    if digits not in range(7):
        raise ExpressionError("round 的小数位数应为 0 到 6")
    scaled = abs(number) * 10**digits
    return Fraction(math.floor(scaled + Fraction(1, 2)) * (-1 if number < 0 else 1), 10**digits)


# name: (kind of its arguments, fewest, most, a pure function of them)
FUNCTIONS: dict[str, tuple[str, int, int, Callable[..., Any]]] = {
    "min": ("number", 1, 20, lambda *numbers: min(numbers)),
    "max": ("number", 1, 20, lambda *numbers: max(numbers)),
    "abs": ("number", 1, 1, abs),
    "round": ("number", 1, 2, _round),
    "floor": ("number", 1, 1, math.floor),
    "ceil": ("number", 1, 1, math.ceil),
    "len": ("sized", 1, 1, len),
    "starts_with": ("text", 2, 20, lambda text, *heads: text.startswith(heads)),
    "ends_with": ("text", 2, 20, lambda text, *tails: text.endswith(tails)),
    "contains": ("text", 2, 20, lambda text, *parts: any(part in text for part in parts)),
    "any_of": ("list", 2, 2, lambda left, right: any(item in right for item in left)),
    "all_of": ("list", 2, 2, lambda left, right: all(item in right for item in left)),
    "hour": ("moment", 1, 1, lambda moment: moment.hour),
    "weekday": ("date", 1, 1, lambda day: day.isoweekday()),
    "month": ("date", 1, 1, lambda day: day.month),
    "day": ("date", 1, 1, lambda day: day.day),
}
SPECIAL = {"has": 1, "default": 2}  # their first argument is a name that need not have a value
