"""From measures to figures: exact arithmetic, one rounding at the end, no value where there is no denominator."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from linli.base.expressions import Expression, ExpressionError, compile, evaluate

# The fields of models.Measures, in their order.
MEASURES = (
    "filed",
    "proactive",
    "answered",
    "answered_late",
    "settled",
    "reachable",
    "contacted",
    "resolved",
    "satisfied",
    "basic",
    "dissatisfied",
    "both_full",
)
NAMES = frozenset({*MEASURES, "basic_weight"})


@dataclass(frozen=True, slots=True)
class Figure:
    """How one figure is made. `by`: the measure whose cases the number opens; `rounding`: digits of the percentage."""

    code: str
    name: str
    kind: str
    numerator: Expression
    denominator: Expression | None
    by: str
    rounding: int
    meaning: str
    exclusions: str


@dataclass(frozen=True, slots=True)
class Value:
    """One figure of one place and period, with everything it was made from."""

    figure: Figure
    numerator: Fraction
    denominator: Fraction | None

    @property
    def number(self) -> Fraction | None:
        """The exact value: a count, or a share between 0 and 1; None where there is nothing to divide by."""
        if self.figure.kind == "count":
            return self.numerator
        if not self.denominator:
            return None
        return self.numerator / self.denominator

    @property
    def made_of(self) -> str:
        """The numerator as people write it: whole, or with one digit where weights make it broken."""
        return f"{int(self.numerator):,}" if self.numerator.denominator == 1 else f"{rounded(self.numerator, 1)}"

    @property
    def text(self) -> str:
        """As it is shown: `89.0%`, `1,204`, or a dash."""
        number = self.number
        if number is None:
            return "—"
        if self.figure.kind == "count":
            return f"{int(number):,}"
        return f"{rounded(number * 100, self.figure.rounding)}%"


def rounded(number: Fraction, digits: int) -> Decimal:
    """Half away from zero, as people round; never through a binary float."""
    exact = Decimal(number.numerator) / Decimal(number.denominator)
    return exact.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)


def read(data: Mapping[str, Any]) -> dict[str, Figure]:
    """Policy data -> figures by code, in order. Raises ExpressionError on a formula that does not compile."""
    figures = {}
    for row in data["figures"]:
        denominator = row.get("denominator")
        figures[row["code"]] = Figure(
            row["code"],
            row["name"],
            row["kind"],
            compile(row["numerator"], NAMES),
            compile(denominator, NAMES) if denominator else None,
            row["by"],
            row.get("rounding", 0),
            row["meaning"],
            row.get("exclusions", ""),
        )
    return figures


def values(figures: Mapping[str, Figure], measures: Mapping[str, int], basic_weight: float) -> dict[str, Value]:
    """Figures from one row of counted measures; measures that are not given are nought."""
    known: dict[str, Any] = {name: measures.get(name, 0) for name in MEASURES}
    known["basic_weight"] = Fraction(str(basic_weight))
    return {code: _value(figure, known) for code, figure in figures.items()}


def value(figure: Figure, measures: Mapping[str, int], basic_weight: float) -> Value:
    """One figure of them."""
    return values({figure.code: figure}, measures, basic_weight)[figure.code]


def _value(figure: Figure, known: Mapping[str, Any]) -> Value:
    numerator = Fraction(evaluate(figure.numerator, known))
    return Value(figure, numerator, Fraction(evaluate(figure.denominator, known)) if figure.denominator else None)


def problems(data: Mapping[str, Any]) -> list[str]:
    """What is wrong with a policy of figures, in the editor's words."""
    found = []
    for number, row in enumerate(data.get("figures", []), 1):
        if missing := {"code", "name", "kind", "numerator", "by", "meaning"} - set(row):
            found.append(f"第{number}个指标缺少 {'、'.join(sorted(missing))}")
            continue
        if row["kind"] not in ("count", "rate") or (row["kind"] == "rate" and not row.get("denominator")):
            found.append(f"“{row['name']}”的类别要写 count 或 rate,rate 要有分母")
        if row["by"] not in MEASURES:
            found.append(f"“{row['name']}”的 by 不是可数的项")
        for key in ("numerator", "denominator"):
            try:
                compile(row.get(key, "0"), NAMES)
            except ExpressionError as error:
                found.append(f"“{row['name']}”的 {key} 写法不对：{error}")
    return found


def answer(data: Mapping[str, Any], given: Mapping[str, Any]) -> str:
    """What an example shows; the weight of "basically satisfied" is nine tenths in examples."""
    measures = {key: number for key, number in given.items() if key != "figure"}
    return value(read(data)[given["figure"]], measures, 0.9).text
