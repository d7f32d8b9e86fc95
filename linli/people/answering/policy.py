from linli.base.policies import Checker, register
from linli.people.answering import rules

register("answering", Checker(rules.problems, rules.answer))
