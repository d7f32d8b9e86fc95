from linli.base.policies import Checker, register
from linli.people.party import rules

register("party", Checker(rules.problems, rules.answer))
