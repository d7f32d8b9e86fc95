"""Which roles answer for a door, and where somebody may be named for one. Pure: the policy in, answers out."""

from collections.abc import Mapping
from typing import Any

WAYS = ("organisation", "group", "post", "service", "committee", "charge")
# Where a door is; the other two are no part of it.
DOOR = ("region", "compound", "building", "unit")
PLACES = (*DOOR, "construction", "organisation")
GAPS = ("building", "compound", "empty_unit")


def role(policy: Mapping[str, Any], code: str) -> Mapping[str, Any]:
    """One role of the policy; empty when there is none."""
    return next((row for row in policy["roles"] if row["code"] == code), {})


def named(policy: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(code, name) of the roles for which people are named."""
    return [(row["code"], row["name"]) for row in policy["roles"] if row["found"] == "charge"]


def at_door(row: Mapping[str, Any]) -> bool:
    """Whether a role can be met at a door at all."""
    return row["found"] != "charge" or bool(set(row["at"]) & set(DOOR))


def standings(policy: Mapping[str, Any], code: str) -> list[tuple[str, str]]:
    """(code, name) of what somebody may be sent as in this role."""
    return [(row["code"], row["name"]) for row in policy.get("standings", []) if code in row["roles"]]


def is_outside(policy: Mapping[str, Any], standing: str) -> bool:
    """Whether people of this standing come from outside the office: they have no post here and are named."""
    return any(row["code"] == standing and row.get("outside") for row in policy.get("standings", []))


def offered(policy: Mapping[str, Any], target: str, kind: str = "") -> list[tuple[str, str]]:
    """(code, name) of the roles that can be given at a target: "building", "construction", "serves" (an organisation of that
    kind), or "" for a compound or a region."""
    at = {"building": {"building", "unit"}, "construction": {"construction"}, "serves": {"organisation"}}
    wanted = at.get(target, {"compound", "region"})
    return [
        (row["code"], row["name"])
        for row in policy["roles"]
        if row["found"] == "charge" and set(row["at"]) & wanted and (target != "serves" or kind in row.get("kinds", ()))
    ]


def place(
    *, compound: bool = False, building: bool = False, unit: str = "", construction: bool = False, serves: bool = False
) -> str:
    """What a charge is for: a unit of a building, a building, a compound, a building site, an organisation, a region."""
    if serves or construction:
        return "organisation" if serves else "construction"
    if building:
        return "unit" if unit else "building"
    return "compound" if compound else "region"


def may_charge(policy: Mapping[str, Any], code: str, at: str) -> bool:
    """Whether somebody may be named for this role at such a place."""
    row = role(policy, code)
    return bool(row) and row["found"] == "charge" and at in row["at"]


def problems(policy: Mapping[str, Any]) -> list[str]:
    """What is wrong with the policy, in the editor's words."""
    found = []
    codes: set[str] = set()
    for row in policy.get("roles", []):
        code = row.get("code", "")
        if not code or not row.get("name") or code in codes:
            found.append(f"角色“{code}”要有不同的 code 和 name。")
        codes.add(code)
        if row.get("found") not in WAYS:
            found.append(f"角色“{code}”的 found 应为：{'、'.join(WAYS)}。")
        if row.get("found") == "charge" and not set(row.get("at", [])) <= set(PLACES):
            found.append(f"角色“{code}”的 at 应为：{'、'.join(PLACES)}。")
        if row.get("found") == "charge" and not row.get("at"):
            found.append(f"角色“{code}”没有写指派到哪一级（at）。")
        if row.get("gap", "building") not in GAPS:
            found.append(f"角色“{code}”的 gap 应为：{'、'.join(GAPS)}。")
        if "organisation" in row.get("at", []) and not row.get("kinds"):
            found.append(f"角色“{code}”没有写派到哪类单位（kinds）。")
        for key, way in (("kinds", "organisation"), ("posts", "post")):
            if row.get("found") == way and not row.get(key):
                found.append(f"角色“{code}”没有写 {key}。")
    named = [row.get("code") for row in policy.get("standings", [])]
    if None in named or len(set(named)) != len(named):
        found.append("每种身份（standings）要有不同的 code。")
    if unknown := {one for row in policy.get("standings", []) for one in row.get("roles", [])} - codes:
        found.append(f"身份里写了没有的角色：{'、'.join(sorted(unknown))}。")
    if not codes:
        found.append("至少要有一个角色。")
    if not policy.get("purposes"):
        found.append("至少要有一种查看用途。")
    return found


def answer(policy: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """What the policy says of an example."""
    row = role(policy, given["role"])
    if "standing" in given:
        return {
            "may": given["standing"] in dict(standings(policy, given["role"])),
            "outside": is_outside(policy, given["standing"]),
        }
    return {
        "name": row.get("name", ""),
        "may": may_charge(policy, given["role"], given["at"]),
        "public": bool(row.get("public")),
    }
