"""The policy of the residents' door."""

from collections.abc import Mapping
from typing import Any

from linli.base.policies import Checker, load, register
from linli.doors.portal import rules

register("site", Checker(rules.problems, rules.answer))


def site() -> Mapping[str, Any]:
    """The site policy in force."""
    return load("site").data
