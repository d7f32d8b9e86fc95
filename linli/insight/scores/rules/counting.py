"""What can be counted of cases, each as one bit of a number, so that a frozen case says in one integer what it counted for."""

from collections.abc import Iterable, Mapping
from fractions import Fraction

from linli.base.expressions import evaluate
from linli.insight.indicators.rules import MEASURES
from linli.insight.scores.rules.shapes import CONSTANTS, Input, Rule

# The measures of the board, and what else a rule may count, in words.
NAMES = {
    "filed": "受理", "proactive": "主动发现", "answered": "答复", "answered_late": "超期答复", "settled": "回访",
    "reachable": "有效回访", "contacted": "有效回访中已联系", "resolved": "已解决", "satisfied": "满意", "basic": "基本满意",
    "dissatisfied": "不满意", "both_full": "双满", "second_round": "二次办理", "open": "期末在办", "hung_up": "期末挂账",
    "exempted": "已剔除", "basic_weight": "基本满意的折算",
}  # fmt: skip
FACTS = (*MEASURES, "second_round", "open", "hung_up", "exempted")
COUNTED = {name: NAMES[name] for name in (*FACTS, *CONSTANTS)}
BITS = {name: 1 << place for place, name in enumerate(FACTS)}


def mark(kind: str, channel: str, category: str) -> str:
    return f"{kind}|{channel}|{category}"


def meant(text: str) -> dict[str, str]:
    kind, channel, category = text.split("|", 2)
    return {"kind": kind, "channel": channel, "category": category}


def numbers(
    rule: Rule, sorts: Iterable[tuple[int, str, int]], constants: Mapping[str, Fraction], *, every: bool = False
) -> dict[str, Fraction | None]:
    """Inputs of one unit from its frozen cases. sorts: (bits, mark, how many); every: with what was exempted."""
    found: dict[str, Fraction | None] = {}
    known: dict[tuple[str, str], bool] = {}
    rows = list(sorts)
    for code, one in rule.inputs.items():
        if one.constant:
            found[code] = constants.get(code)
        elif one.measure not in BITS:
            found[code] = None  # a rule for tables finds nothing here
        else:
            found[code] = Fraction(sum(count for facts, text, count in rows if _in(one, facts, text, known, every)))
    return found


def _in(one: Input, facts: int, text: str, known: dict[tuple[str, str], bool], every: bool) -> bool:
    """What is exempted counts only for the number of exempted ones, unless all cases are asked for."""
    out = facts & BITS["exempted"] and one.measure != "exempted" and not every
    return bool(facts & BITS[one.measure]) and not out and _holds(one, text, known)


def _holds(one: Input, text: str, known: dict[tuple[str, str], bool]) -> bool:
    if one.where is None:
        return True
    key = (one.code, text)
    if key not in known:
        known[key] = evaluate(one.where, meant(text)) is True
    return known[key]


def counts(rule: Rule, facts: int, text: str, *, every: bool = False) -> list[str]:
    """Codes of the inputs that a frozen case counts for."""
    known: dict[tuple[str, str], bool] = {}
    return [
        code
        for code, one in rule.inputs.items()
        if not one.constant and one.measure in BITS and _in(one, facts, text, known, every)
    ]
