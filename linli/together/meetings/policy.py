"""How the policy of dispatch meetings is checked and tried on its examples."""

from collections.abc import Mapping
from typing import Any

from linli.base.policies import Checker, register
from linli.together.meetings import rules


def _answer(data: Mapping[str, Any], given: Mapping[str, Any]) -> list[str]:
    return rules.reasons(
        data, overdue=given["overdue"], round_=given["round"], cluster=given["cluster"], difficult=given["difficult"]
    )


register("dispatch_meeting", Checker(lambda data: rules.problems(data), _answer))
