"""What a post may do and see: decided here and nowhere else. The answer to an unknown role is no."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from linli.base.actor import Actor

# What every signed-in person may do with their own account, whatever their post.
OWN_RIGHTS = frozenset({"accounts.own"})


def rights_of(roles: Mapping[str, Any], role: str) -> frozenset[str]:
    """The rights of a role in the policy `roles`; an unknown role has none."""
    for row in roles.get("roles", []):
        if row["code"] == role:
            return frozenset(row["rights"])
    return frozenset()


def role_name(roles: Mapping[str, Any], role: str) -> str:
    return next((row["name"] for row in roles.get("roles", []) if row["code"] == role), role)


def home_of(roles: Mapping[str, Any], role: str) -> str:
    return next((row["home"] for row in roles.get("roles", []) if row["code"] == role), "web:home")


# Whoever holds one of these works in a region and sees what lies there; all others see none.
SCOPED = frozenset({"cases.view", "boards.view", "party.view"})
# Whoever holds one of these decides what others may do, so no single person gives it.
POWERS = frozenset({"accounts.edit", "accounts.appoint", "policies.publish"})


def needs_second(roles: Mapping[str, Any], role: str) -> bool:
    """Whether a post of this role is given by two: it has power over accounts or policies."""
    return bool(POWERS & rights_of(roles, role))


def in_office(starts: date, ends: date | None, today: date) -> bool:
    """Whether a post holds today; the last day still counts."""
    return starts <= today and (ends is None or today <= ends)


def actor_through(
    *,
    account_id: int,
    name: str,
    post_id: int,
    role: str,
    organisation_id: int,
    region_code: str,
    roles: Mapping[str, Any],
) -> Actor:
    """The actor a person is while acting through one post.

    Scope: cases in the post's region and cases in which the post's organisation has a hand. Roles that see neither
    cases nor figures (system administrators) get no scope at all, so that even a forgotten check shows them nothing.
    Auditors have the scope that figures need; of cases they may open the record, never the case or its reporter.
    """
    rights = rights_of(roles, role)
    sees = bool(SCOPED & rights)
    return Actor(
        kind="person",
        name=name,
        account_id=account_id,
        post_id=post_id,
        role=role,
        organisation_id=organisation_id,
        organisation_ids=(organisation_id,) if sees else (),
        regions=(region_code,) if sees and region_code else (),
        rights=rights | OWN_RIGHTS,
    )


def problems(roles: Mapping[str, Any]) -> list[str]:
    """What is wrong with a policy of roles, in the editor's words."""
    found = []
    seen: set[str] = set()
    for row in roles.get("roles", []):
        if missing := {"code", "name", "home", "rights"} - set(row):
            found.append(f"角色缺少 {'、'.join(sorted(missing))}")
            continue
        if row["code"] in seen:
            found.append(f"角色“{row['code']}”写了两次")
        seen.add(row["code"])
    administrators = [row for row in roles.get("roles", []) if row.get("code") == "system_administrator"]
    if any(right.startswith("cases.") for row in administrators for right in row.get("rights", [])):
        found.append("系统管理员不能有查看居民数据的权限")
    return found
