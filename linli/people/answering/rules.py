"""Which roles answer for a door, and where somebody may be named for one. Pure: the policy in, answers out."""

from collections.abc import Mapping
from typing import Any

WAYS = ("organisation", "group", "post", "service", "committee", "charge")
PLACES = ("region", "compound", "building", "unit")
GAPS = ("building", "compound")


def role(policy: Mapping[str, Any], code: str) -> Mapping[str, Any]:
    """One role of the policy; empty when there is none."""
    return next((row for row in policy["roles"] if row["code"] == code), {})


def named(policy: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(code, name) of the roles for which people are named."""
    return [(row["code"], row["name"]) for row in policy["roles"] if row["found"] == "charge"]


def place(*, compound: bool, building: bool, unit: str) -> str:
    """What a charge is for: a unit of a building, a building, a compound or a region."""
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
        for key, way in (("kinds", "organisation"), ("posts", "post")):
            if row.get("found") == way and not row.get(key):
                found.append(f"角色“{code}”没有写 {key}。")
    if not codes:
        found.append("至少要有一个角色。")
    if not policy.get("purposes"):
        found.append("至少要有一种查看用途。")
    return found


def answer(policy: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """What the policy says of an example."""
    row = role(policy, given["role"])
    return {
        "name": row.get("name", ""),
        "may": may_charge(policy, given["role"], given["at"]),
        "public": bool(row.get("public")),
    }
