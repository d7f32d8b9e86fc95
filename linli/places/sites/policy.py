"""The policies of this room: kinds of sites, services and things; how far a walk is."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from linli.base.policies import Checker, load, register
from linli.places.sites import circle

_CODE_MOST, _NAME_MOST = 40, 40


def problems(data: Mapping[str, Any]) -> list[str]:
    """What is wrong with the policy, in the editor's words."""
    found = []
    for part, word in (("kinds", "阵地类别"), ("services", "服务"), ("classes", "部件大类")):
        rows = data.get(part)
        if not isinstance(rows, list) or not rows:
            found.append(f"“{part}”（{word}）至少要有一条")
            continue
        codes = [row.get("code") for row in rows]
        if len(set(codes)) < len(codes):
            found.append(f"“{part}”里有重复的代码")
        found += [
            f"“{part}”的每一条都要有代码和名称：{row.get('code') or row.get('name') or '空'}"
            for row in rows
            if not row.get("code") or not row.get("name") or len(row["code"]) > _CODE_MOST
        ]
    kinds = [name for row in data.get("classes") or () for name in row.get("kinds", ())]
    if len(set(kinds)) < len(kinds):
        found.append("同一种部件只能在一个大类里")
    if any(not name or len(name) > _NAME_MOST for name in kinds):
        found.append(f"部件名称应为 1 到 {_NAME_MOST} 个字")
    return found


def answer(data: Mapping[str, Any], given: Mapping[str, Any]) -> str:
    """The class of a thing or the name of a kind of site; 没有 when there is none."""
    if "thing" in given:
        return next((row["name"] for row in data["classes"] if given["thing"] in row["kinds"]), "没有")
    return next((row["name"] for row in data["kinds"] if row["code"] == given["site"]), "没有")


def circle_problems(data: Mapping[str, Any]) -> list[str]:
    """What is wrong with the measure of a walk."""
    ranges = {"minutes": (1, 120), "metres_per_minute": (20, 200), "detour": (1, 3), "open_hours": (0, 168)}
    return [
        f"“{key}”要写 {least} 到 {most} 之间的数"
        for key, (least, most) in ranges.items()
        if isinstance(value := data.get(key, 0 if key == "open_hours" else None), bool)
        or not isinstance(value, int | float)
        or not least <= value <= most
    ]


def circle_answer(data: Mapping[str, Any], given: Mapping[str, Any]) -> int | str:
    """Minutes on foot, rounded up, or 走不到."""
    walk = circle.Walk(data["minutes"], data["metres_per_minute"], data["detour"])
    return walk.minutes_for(given["metres"]) if given["metres"] <= walk.reach else "走不到"


register("sites", Checker(problems, answer))
register("circle", Checker(circle_problems, circle_answer))


def site_kinds() -> dict[str, str]:
    """code -> name."""
    return {row["code"]: row["name"] for row in load("sites").data["kinds"]}


def services() -> dict[str, str]:
    """code -> name."""
    return {row["code"]: row["name"] for row in load("sites").data["services"]}


def circle_services() -> dict[str, str]:
    """Of these, what everybody should have within a walk."""
    return {row["code"]: row["name"] for row in load("sites").data["services"] if row.get("circle")}


def thing_kinds() -> list[tuple[str, list[tuple[str, str]]]]:
    """(class, kinds), as the choices of a form."""
    return [(row["name"], [(name, name) for name in row["kinds"]]) for row in load("sites").data["classes"]]


def class_of(kind: str) -> str:
    """The class of a kind of thing; 其他 for a kind that has left the policy."""
    return _classes(tuple((row["name"], tuple(row["kinds"])) for row in load("sites").data["classes"])).get(
        kind, "其他"
    )


@lru_cache(maxsize=4)
def _classes(rows: tuple[tuple[str, tuple[str, ...]], ...]) -> dict[str, str]:
    return {kind: name for name, kinds in rows for kind in kinds}


def walk() -> circle.Walk:
    """The measure of a walk in force."""
    data = load("circle").data
    return circle.Walk(data["minutes"], data["metres_per_minute"], data["detour"], data.get("open_hours", 0))
