from linli.base.policies import Checker, register
from linli.people.accounts import rules

register("roles", Checker(rules.problems, lambda data, given: given["right"] in rules.rights_of(data, given["role"])))
