"""Score rules as pure arithmetic: a rule is read from policy data, units from a table or from counted cases.

`definition` reads a rule, `lines` makes one line of one unit, `totals` a whole run, `tables` reads sheets, `periods` the
days of a period. Nothing here knows a database or a clock.
"""

from linli.insight.scores.rules.arithmetic import NotANumber, number_text, read_number, rounded
from linli.insight.scores.rules.definition import parse, problems
from linli.insight.scores.rules.lines import Line
from linli.insight.scores.rules.shapes import Input, Measure, Rule, RuleError
from linli.insight.scores.rules.totals import Result, Summary, Unit, UnitScore, score

__all__ = [
    "Input",
    "Line",
    "Measure",
    "NotANumber",
    "Result",
    "Rule",
    "RuleError",
    "Summary",
    "Unit",
    "UnitScore",
    "number_text",
    "parse",
    "problems",
    "read_number",
    "rounded",
    "score",
]
