"""Evaluating a checked tree, with the trace of the conditions that were looked at."""

import ast
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from .functions import ARITHMETIC, EQUAL, FUNCTIONS, KINDS, MEMBER, ORDER, SPECIAL, ExpressionError
from .grammar import Expression, column_of, source_of

MOST_DIGITS, MOST_ITEMS = 30, 10_000


@dataclass(frozen=True)
class Step:
    """One condition that was looked at: its text, its outcome, and the values of the names in it."""

    text: str
    outcome: bool
    values: Mapping[str, Any]


_SMALL = 10**9


@dataclass(frozen=True)
class Traced:
    value: Any
    steps: tuple[Step, ...]


def evaluate(expression: Expression, values: Mapping[str, Any]) -> Any:
    """The value: bool, int, Fraction, text, date or list. Raises ExpressionError on a missing or misused value."""
    return trace(expression, values).value


def trace(expression: Expression, values: Mapping[str, Any]) -> Traced:
    """Like :func:`evaluate`, with every condition that was looked at, in order; what was not needed is not there."""
    run = _Run(expression, values)
    value = run.value(expression.tree)
    if isinstance(value, bool) and not _is_junction(expression.tree):
        run.note(expression.tree, value)
    return Traced(value, tuple(run.steps))


def _is_junction(node: ast.AST) -> bool:
    return isinstance(node, ast.BoolOp | ast.IfExp) or (isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not))


class _Run:
    """One evaluation. There are no loops in the language, so the size of the tree bounds the steps."""

    def __init__(self, expression: Expression, values: Mapping[str, Any]) -> None:
        self.expression, self.values, self.steps = expression, values, list[Step]()

    def fail(self, message: str, node: ast.AST) -> ExpressionError:
        return ExpressionError(message, column_of(self.expression.text, node))

    def note(self, node: ast.AST, outcome: bool) -> None:
        told = self.expression.told.get(node)
        if told is None:
            names = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)} & self.expression.names
            told = self.expression.told[node] = (source_of(self.expression.text, node), tuple(sorted(names)))
        self.steps.append(Step(told[0], outcome, {name: self.values.get(name) for name in told[1]}))

    def condition(self, node: ast.expr) -> bool:
        outcome = self.of_kind("truth", self.value(node), node)
        if not _is_junction(node):
            self.note(node, outcome)
        return outcome

    def of_kind(self, kind: str, value: Any, node: ast.AST) -> Any:
        word, types = KINDS[kind]
        if not isinstance(value, types) or (kind == "number" and isinstance(value, bool)):
            raise self.fail(f"“{source_of(self.expression.text, node)[:20]}”应为{word}", node)
        return value

    def taken(self, value: Any, node: ast.AST) -> Any:
        """A value from outside or from a calculation as one of the language's own kinds."""
        if type(value) is int and -_SMALL < value < _SMALL:
            return value  # nearly every value of a board's figures
        if isinstance(value, float | Decimal) and math.isfinite(value):
            value = Fraction(str(value))
        if isinstance(value, datetime) and value.tzinfo is not None:
            return value.astimezone(self.expression.zone)
        if isinstance(value, list | tuple | set | frozenset) and len(value) <= MOST_ITEMS:
            return tuple(self.taken(item, node) for item in value)
        if isinstance(value, int | Fraction) and not isinstance(value, bool):
            value = Fraction(value)
            if max(abs(value.numerator), value.denominator) >= 10**MOST_DIGITS:
                raise self.fail("数字太大或位数太多", node)
            return value.numerator if value.denominator == 1 else value
        if isinstance(value, bool | str | date):
            return value
        raise self.fail(f"“{source_of(self.expression.text, node)[:20]}”的值不能在表达式里使用", node)

    def value(self, node: ast.expr) -> Any:
        match node:
            case ast.Constant(value=constant):
                return self.taken(constant, node)
            case ast.Name(id=name):
                if self.values.get(name) is None:
                    raise self.fail(f"“{name}”没有值；可先用 has({name}) 判断", node)
                return self.taken(self.values[name], node)
            case ast.List(elts=items) | ast.Tuple(elts=items):
                return tuple(self.value(item) for item in items)
            case ast.BoolOp(op=op, values=parts):
                wanted = isinstance(op, ast.Or)
                return wanted if any(self.condition(part) is wanted for part in parts) else not wanted
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return not self.condition(operand)
            case ast.UnaryOp(operand=operand):
                return -self.of_kind("number", self.value(operand), operand)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                return self.value(body if self.condition(test) else orelse)
            case ast.BinOp(left=left, op=op, right=right):
                return self.calculate(node, op, left, right)
            case ast.Compare(left=left, ops=ops, comparators=others):
                value = self.value(left)
                for comparison, other in zip(ops, others, strict=True):
                    follower = self.value(other)
                    if not self.compare(other, comparison, value, follower):
                        return False
                    value = follower
                return True
            case ast.Call(func=ast.Name(id=name), args=args):
                return self.call(node, name, args)
        raise self.fail("这里不能使用这种写法", node)  # compile() has let none through

    def calculate(self, node: ast.AST, op: ast.operator, left: ast.expr, right: ast.expr) -> Any:
        first, second = (self.of_kind("number", self.value(side), side) for side in (left, right))
        if second == 0 and isinstance(op, ast.Div | ast.FloorDiv | ast.Mod):
            raise self.fail("除数为 0", right)
        return self.taken(ARITHMETIC[type(op)](first, second), node)

    def compare(self, node: ast.AST, op: ast.cmpop, left: Any, right: Any) -> bool:
        if type(op) in MEMBER:
            if isinstance(right, str):
                return (self.of_kind("text", left, node) in right) is MEMBER[type(op)]
            return (left in self.of_kind("list", right, node)) is MEMBER[type(op)]
        if self.kind_of(left) != self.kind_of(right):
            raise self.fail(f"{self.kind_of(left)}与{self.kind_of(right)}不能比较", node)
        if type(op) in EQUAL:
            return (left == right) is EQUAL[type(op)]
        if isinstance(left, bool | tuple) or (
            isinstance(left, datetime) and (left.tzinfo is None) != (right.tzinfo is None)
        ):
            raise self.fail("这两个值不分大小", node)
        return ORDER[type(op)](left, right)

    def kind_of(self, value: Any) -> str:
        for kind in ("truth", "number", "text", "list", "moment", "date"):
            if isinstance(value, KINDS[kind][1]):
                return KINDS[kind][0]
        raise TypeError(type(value))

    def call(self, node: ast.AST, name: str, args: list[ast.expr]) -> Any:
        if name in SPECIAL:
            present = self.values.get(args[0].id) is not None  # type: ignore[attr-defined]
            return present if name == "has" else self.value(args[0] if present else args[1])
        kind, _, _, function = FUNCTIONS[name]
        return self.taken(function(*(self.of_kind(kind, self.value(arg), arg) for arg in args)), node)
