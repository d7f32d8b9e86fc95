"""The policies about categories: the tree of what residents raise, and when a suggested category may be filled in by
itself.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from linli.base.policies import Checker, register
from linli.matters.cases import classifier


def each(data: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any] | None]]:
    """Every category of a tree in its order, first level (category, None) before its children (child, category)."""
    for top in data.get("categories", []):
        yield top, None
        for child in top.get("children", []):
            yield child, top


def names(data: Mapping[str, Any]) -> dict[str, str]:
    """Whatever a person may write for a second-level category, mapped to its code: the code, its name, "first /
    second".
    """
    found: dict[str, str] = {}
    for category, top in each(data):
        if top is not None:
            code = category["code"]
            found |= {code: code, category["name"]: code, f"{top['name']}/{category['name']}": code}
            found[f"{top['name']} / {category['name']}"] = code
    return found


def problems(data: Mapping[str, Any]) -> list[str]:
    """What is wrong with a tree, in the editor's words; empty when it may be used."""
    found: list[str] = []
    kinds = {kind["code"] for kind in data.get("kinds", [])}
    urgencies = {urgency["code"] for urgency in data.get("urgencies", [])}
    seen: set[str] = set()
    for category, top in each(data):
        code, name = str(category.get("code", "")), str(category.get("name", ""))
        if not code or not name:
            found.append(f"“{code or name or '(空)'}”缺少代码或名称")
            continue
        if code in seen:
            found.append(f"代码“{code}”重复")
        seen.add(code)
        if top is None:
            if "." in code:
                found.append(f"一级分类的代码“{code}”不能有点号")
            if not category.get("children"):
                found.append(f"一级分类“{name}”下面至少要有一个二级分类")
            continue
        if not code.startswith(f"{top['code']}.") or code.count(".") != 1:
            found.append(f"“{name}”的代码应写成“{top['code']}.…”")
        if category.get("kind") not in kinds:
            found.append(f"“{name}”的通常类型不在类型表里")
        if category.get("urgency") not in urgencies:
            found.append(f"“{name}”的时限类别不在时限类别表里")
    if not seen:
        found.append("至少要有一个分类")
    return found


def suggested_top(data: Mapping[str, Any], text: str) -> str:
    """The first-level category that the classifier in force names for a text; empty when the tree no longer has it."""
    best = classifier.suggest_top(text)
    tops = {category["code"] for category, top in each(data) if top is None}
    return best.code if best is not None and best.code in tops else ""


def suggestion_problems(data: Mapping[str, Any]) -> list[str]:
    found = []
    threshold, offered = data.get("threshold"), data.get("offered", 3)
    if isinstance(threshold, bool) or not isinstance(threshold, int | float) or not 0 < threshold <= 1:
        found.append("“threshold”要写大于 0、不大于 1 的数")
    if isinstance(offered, bool) or not isinstance(offered, int) or not 1 <= offered <= 10:
        found.append("“offered”要写 1 到 10 的整数")
    return found


def applies(data: Mapping[str, Any], confidence: float) -> bool:
    """Whether a suggestion of this confidence may be filled in by itself; never below the threshold."""
    return confidence >= float(data["threshold"])


register("categories", Checker(problems, suggested_top))
register("suggestion", Checker(suggestion_problems, applies))
