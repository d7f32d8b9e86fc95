"""The policy of hot spots: what may stand in it, and how its examples are tried."""

from collections.abc import Mapping
from typing import Any

from linli.base.policies import Checker, register
from linli.insight.hotspots import seasons

# (part, key, least, most, whole number?)
_RANGES: tuple[tuple[str, str, float, float, bool], ...] = (
    ("scan", "weeks", 8, 156, True),
    ("scan", "longest_weeks", 1, 26, True),
    ("scan", "most_grids", 1, 30, True),
    ("scan", "radius_metres", 0, 20_000, False),
    ("scan", "least_cases", 2, 1000, True),
    ("scan", "replicates", 19, 9999, True),
    ("scan", "alpha", 0.001, 0.2, False),
    ("season", "years", 1, 10, True),
    ("season", "longest_months", 1, 6, True),
    ("season", "least_cases", 2, 10_000, True),
    ("season", "least_ratio", 1, 12, False),
    ("season", "share_false", 0.001, 0.2, False),
    ("effect", "weeks", 2, 52, True),
    ("effect", "tolerance", 0, 2, False),
    ("effect", "least_grids", 2, 50, True),
)


def problems(data: Mapping[str, Any]) -> list[str]:
    """What is wrong with the policy, in the editor's words."""
    found = []
    for part, key, least, most, whole in _RANGES:
        value = data.get(part, {}).get(key)
        kind = "整数" if whole else "数"
        good = isinstance(value, int if whole else int | float) and not isinstance(value, bool)
        if not good or not least <= value <= most:
            found.append(f"“{part}.{key}”要写 {least:g} 到 {most:g} 之间的{kind}")
    if not found and 1 / (data["scan"]["replicates"] + 1) > data["scan"]["alpha"]:
        found.append("“scan.replicates”太少：最小的 p 都比“scan.alpha”大，什么热点也不会显示")
    return found


def answer(data: Mapping[str, Any], given: Mapping[str, Any]) -> str:
    """The season found in the months of one year, or 没有."""
    rule = data["season"]
    arc = seasons.season([given["months"]], rule["longest_months"])
    found = {("", ""): arc} if arc else {}
    kept = seasons.kept(
        found, share_false=rule["share_false"], least_cases=rule["least_cases"], least_ratio=rule["least_ratio"]
    )
    return next(iter(kept.values())).text if kept else "没有"


register("hotspots", Checker(problems, answer))
