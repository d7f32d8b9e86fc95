from linli.base.policies import Checker, register
from linli.insight.openness import rules

register("openness", Checker(rules.problems, rules.answer))
