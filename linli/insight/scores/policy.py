"""How a score rule, as a policy, is checked and tried on its examples.

An example gives the numbers of one unit (and its `group`), or `units` with a list of such tables, each with its `name`.
`show` says what is expected: `total` (the default), `tier`, `share`, a measure's code for its value, `code.points` for its
points; with several units `totals`, `ranks` or `tiers`, each a list of `name value`.
"""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from linli.base import policies
from linli.base.policies import Checker, register
from linli.insight.scores.rules import Rule, Unit, UnitScore, number_text, parse, problems, read_number, score
from linli.insight.scores.rules.counting import COUNTED
from linli.insight.scores.rules.shapes import CONSTANTS

_OWN = ("name", "group", "show", "units")


def figures() -> dict[str, dict[str, Any]]:
    """The figures in force: numerator and denominator by code, for measures that name a figure."""
    return {row["code"]: row for row in policies.load("figures").data["figures"]}


def constants() -> dict[str, Fraction]:
    return {"basic_weight": Fraction(str(policies.load("settlement").data["basic_weight"]))}


def read(data: Mapping[str, Any]) -> Rule:
    """A rule from policy data, with the figures in force. Raises RuleError."""
    return parse(data, figures() if _uses_figures(data) else {}, COUNTED)


def _uses_figures(data: Mapping[str, Any]) -> bool:
    return any(isinstance(row, Mapping) and "figure" in row for row in data.get("measures", []))


def _problems(data: Mapping[str, Any]) -> list[str]:
    return problems(data, figures() if _uses_figures(data) else {}, COUNTED)


def unit_of(rule: Rule, given: Mapping[str, Any], name: str) -> Unit:
    """A unit as an example writes it; inputs that are not given are nought where cases are counted or the rule says so, else
    missing."""
    numbers: dict[str, Fraction | None] = {
        code: Fraction(0) if rule.source == "cases" or one.missing == "zero" else None
        for code, one in rule.inputs.items()
    }
    for code, value in given.items():
        if code in _OWN:
            continue
        if code not in rule.inputs:
            raise ValueError(f"规则里没有“{code}”")
        numbers[code] = read_number(str(value), share=rule.inputs[code].share)
    for code in CONSTANTS:
        if code in numbers and code not in given:
            numbers[code] = Fraction(9, 10)
    return Unit(name, name, numbers, str(given.get("group", "")))


def _answer(data: Mapping[str, Any], given: Mapping[str, Any]) -> Any:
    """What an example shows; "basically satisfied" counts nine tenths in examples."""
    rule = read(data)
    if "units" not in given:
        return shown(score(rule, [unit_of(rule, given, "例")]).scores[0], str(given.get("show", "total")))
    units = [unit_of(rule, one, str(one.get("name", number))) for number, one in enumerate(given["units"], 1)]
    scores, what = score(rule, units).scores, given.get("show", "totals")
    return [f"{one.unit.name} {_short(one, what)}" for one in scores]


def _short(one: UnitScore, what: str) -> str:
    return {"ranks": str(one.rank or "—"), "tiers": one.tier, "totals": number_text(one.total)}[what]


def shown(one: UnitScore, what: str) -> str:
    if what in ("total", "share", "tier"):
        return {"total": number_text(one.total), "share": number_text(one.share), "tier": one.tier}[what]
    code, _dot, part = what.partition(".")
    line = next((each for each in one.lines if each.measure.code == code), None)
    if line is None:
        raise ValueError(f"规则里没有“{code}”这一项")
    return line.points_text if part == "points" else line.value_text


register("score.", Checker(_problems, _answer))
