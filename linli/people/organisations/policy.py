from linli.base.policies import Checker, register
from linli.people.organisations import rules

register("terms", Checker(rules.term_problems, rules.term_answer))
