"""How party organisations may be set up. Pure: numbers and the policy in, the rule in words out ("" when it may be)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

BRANCHES = ("grid_branch", "branch")
ABOVE = ("party_committee", "general_branch")
# Memberships never move into these, and they neither elect nor admit.
PASSING = ("provisional", "functional")
OVER = {"general_branch": ("general_branch_over", "党总支"), "party_committee": ("committee_over", "党委")}


def branch_problem(
    policy: Mapping[str, Any], *, formal: int, form: str, units: int = 0, exception: str = "", founding: bool = True
) -> str:
    """Why a branch with so many formal members, covering so many units, may not be (founding: not be set up)."""
    if form in policy["needs_members"] and formal < policy["branch_min"]:
        done = "成立支部" if founding else "单独作为支部"
        return f"正式党员不足 {policy['branch_min']} 人，不能{done}。"
    if form in policy["needs_members"] and formal > policy["branch_max"] and not exception:
        return f"支部一般不超过 {policy['branch_max']} 人；确需超过的，写明例外理由。"
    if form == "joint" and units < 2:
        return "联合党支部要由两个以上单位联合。"
    if form == "joint" and units > policy["joint_units_max"] and not exception:
        return f"联合党支部一般覆盖不超过 {policy['joint_units_max']} 个单位；确需超过的，写明例外理由。"
    return ""


def above_problem(policy: Mapping[str, Any], *, kind: str, members: int, exception: str = "") -> str:
    """Why a general branch or a committee may not be set up for so many members."""
    key, label = OVER[kind]
    if members <= policy[key] and not exception:
        return f"{label}的党员一般在 {policy[key]} 人以上；确需设立的，写明例外理由。"
    return ""


def divided(before: Iterable[int], after: Sequence[Sequence[int]]) -> str:
    """Why the cards of the sources are not each given to exactly one result."""
    given = [card for cards in after for card in cards]
    if len(given) != len(set(given)):
        return "有党员编到了两个支部。"
    wanted = set(before)
    if missing := wanted - set(given):
        return f"还有 {len(missing)} 名党员没有编到变动后的支部。"
    if set(given) - wanted:
        return "有党员不在变动前的支部里。"
    return ""


def arranged(kind: str, sources: int, results: int) -> str:
    """Why so many sources and results are not this kind of change."""
    if kind == "split" and (sources != 1 or results < 2):
        return "拆分是一个支部变成两个以上。"
    if kind == "merge" and (sources < 2 or results != 1):
        return "合并是两个以上支部变成一个。"
    if kind == "regroup" and (sources < 2 or results < 2):
        return "拆分重组是几个支部重新编成几个。"
    return ""


def common_prefix(codes: Iterable[str]) -> str:
    """The longest region code that holds all of these: cut to a level of the national codes or a whole code."""
    found = sorted(set(codes))
    if not found:
        return ""
    first, last = found[0], found[-1]
    length = next(
        (at for at, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), min(len(first), len(last))
    )
    if length == len(first) and all(code.startswith(first) for code in found):
        return first
    return first[: max((level for level in (2, 4, 6, 9, 12) if level <= length), default=0)]


def domains(policy: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(row["code"], row["name"]) for row in policy["domains"]]


def problems(policy: Mapping[str, Any]) -> list[str]:
    """What is wrong with the policy, in the editor's words."""
    numbers = ("branch_min", "branch_max", "general_branch_over", "committee_over", "joint_units_max", "unit_min")
    found = [f"{key} 要写一个正整数。" for key in numbers if not (isinstance(policy.get(key), int) and policy[key] > 0)]
    if not found and policy["branch_min"] > policy["branch_max"]:
        found.append("支部人数的下限大于上限。")
    for name in ("domains", "purposes"):
        codes = [row.get("code") for row in policy.get(name, [])]
        if not codes or None in codes or len(codes) != len(set(codes)):
            found.append(f"{name} 的每一项要有不同的 code。")
    if unknown := set(policy.get("needs_members", [])) - {"ordinary", "joint", *PASSING}:
        found.append(f"没有这样的组建形式：{'、'.join(sorted(unknown))}。")
    return found


def answer(policy: Mapping[str, Any], given: Mapping[str, Any]) -> str:
    """What the policy says of an example."""
    if "kind" in given:
        return above_problem(policy, kind=given["kind"], members=given["members"], exception=given.get("exception", ""))
    return branch_problem(policy, **given)
