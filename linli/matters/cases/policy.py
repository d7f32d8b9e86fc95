"""The policies of this room and how each is tried on its examples."""

from collections.abc import Mapping
from typing import Any

from linli.base.policies import Checker, register
from linli.matters.cases import categories, city, duties, pressing, routing, rules  # noqa: F401  these register their own


def _settlement_problems(data: Mapping[str, Any]) -> list[str]:
    found = [f"“{key}”要写大于零的整数" for key in ("callback_attempts", "most_rounds") if not _positive(data.get(key))]
    weight = data.get("basic_weight")
    if not isinstance(weight, int | float) or not 0 <= weight <= 1:
        found.append("“basic_weight”要写 0 到 1 之间的数")
    if data.get("second_holder", "lead") not in ("office", "lead"):
        found.append("“second_holder”要写 office 或 lead")
    if not isinstance(data.get("second_visit", False), bool):
        found.append("“second_visit”要写 true 或 false")
    decides = data.get("hotline_decides", [])
    if not isinstance(decides, list) or any(one not in city.KINDS for one in decides):
        found.append(f"“hotline_decides”里只能写 {'、'.join(city.KINDS)}")
    if not isinstance(data.get("basic_counts"), bool):
        found.append("“basic_counts”要写 true 或 false")
    return found


def _positive(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _settlement_answer(data: Mapping[str, Any], given: Mapping[str, Any]) -> str:
    again = rules.may_go_again(given["resolved"], given["satisfaction"], given["round"], data["most_rounds"])
    return "again" if again else "close"


register("settlement", Checker(_settlement_problems, _settlement_answer))
