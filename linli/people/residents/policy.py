"""The two policies of this room, and how they are checked and tried on their examples."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from linli.base import policies
from linli.base.actor import Actor
from linli.base.policies import Checker, register
from linli.people.residents import rules

register("care", Checker(rules.care_problems, rules.care_answer))
register("residents", Checker(rules.register_problems, rules.register_answer))


@dataclass(frozen=True, slots=True)
class Care:
    """The policy of care now in force."""

    id: int
    data: Mapping[str, Any]

    @property
    def groups(self) -> dict[str, Mapping[str, Any]]:
        return {group["code"]: group for group in self.data["groups"]}

    def seen_by(self, actor: Actor) -> dict[str, Mapping[str, Any]]:
        """The groups that this actor's role works with."""
        everything = actor.everything
        return {code: group for code, group in self.groups.items() if everything or actor.role in group["roles"]}

    def name(self, code: str) -> str:
        """The word for a group; a hidden or unknown one is only that there is a need."""
        group = self.groups.get(code)
        return str(group["name"]) if group is not None else "需关照"

    @property
    def purposes(self) -> dict[str, str]:
        return {one["code"]: one["name"] for one in self.data["purposes"]}

    @property
    def lists(self) -> dict[str, Mapping[str, Any]]:
        """What a list of one group may be drawn up for, by code."""
        return {one["code"]: one for one in self.data.get("lists", [])}


def care() -> Care:
    """The published policy of care."""
    policy = policies.load("care")
    return Care(policy.id, policy.data)


def register_policy() -> Mapping[str, Any]:
    """The published policy of the register."""
    return policies.load("residents").data
