from linli.base.policies import Checker, register
from linli.insight.indicators import rules

register("figures", Checker(rules.problems, rules.answer))
