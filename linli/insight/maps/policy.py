"""The policy of the map: from which count on care may be told, and whose posts stand on it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from linli.base import policies
from linli.base.policies import Checker, register
from linli.insight.maps.rules import Told

_MOST = 1000


def problems(data: Mapping[str, Any]) -> list[str]:
    """What is wrong with the policy, in the editor's words."""
    found = []
    least = data.get("care_least")
    if not isinstance(least, int) or isinstance(least, bool) or not 2 <= least <= _MOST:
        found.append(f"“care_least”要写 2 到 {_MOST} 之间的整数：为 1 就等于什么也不挡")
    roles = data.get("responsible")
    if not isinstance(roles, list) or not all(isinstance(role, str) and role for role in roles):
        found.append("“responsible”要写角色代码的清单")
    return found


def answer(data: Mapping[str, Any], given: Mapping[str, Any]) -> str:
    """How a number of visits due is shown to somebody who may not see residents."""
    due, least = int(given["due"]), int(data["care_least"])
    return (Told(0, 1) if due < least else Told(due)).text(least)


register("map", Checker(problems, answer))


@dataclass(frozen=True, slots=True)
class MapPolicy:
    """What is in force."""

    care_least: int
    responsible: tuple[str, ...]


def in_force() -> MapPolicy:
    """The published policy."""
    data = policies.load("map").data
    return MapPolicy(int(data["care_least"]), tuple(data["responsible"]))
