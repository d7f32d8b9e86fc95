"""The registry of personal fields and the policy of requests, exports and deletion."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from linli.base.policies import Checker, Policy, load, register
from linli.base.privacy import rules

register("personal", Checker(rules.field_problems, rules.field_answer))
register("protection", Checker(rules.protection_problems, rules.protection_answer))


@dataclass(frozen=True, slots=True)
class Entry:
    """One personal field. who: codes of roles; period: how long in words; days: None when there is no fixed time."""

    field: str
    name: str
    sensitive: bool
    purpose: str
    basis: str
    retention: str
    period: str
    days: int | None
    who: tuple[str, ...]
    sealed: bool
    to_self: str

    @property
    def room(self) -> str:
        return self.field.partition(".")[0]


def entries() -> list[Entry]:
    """Every personal field of the registry in force, in its order."""
    data = load("personal").data
    periods = {one["code"]: one for one in data["retention"]}
    return [_entry(one, periods[one["retention"]]) for one in data["fields"]]


def entry(field: str) -> Entry | None:
    """What the registry says of one field such as `cases.case.reporter_phone`."""
    return next((one for one in entries() if one.field == field), None)


def _entry(one: Mapping[str, Any], period: Mapping[str, Any]) -> Entry:
    return Entry(
        one["field"], one["name"], one["class"] == "sensitive", one["purpose"], one["basis"], one["retention"],
        period["name"], period.get("days"), tuple(one["who"]), bool(one.get("sealed")), one.get("to_self", "whole"),
    )  # fmt: skip


def periods() -> Policy:
    """The policy version that a retention run is pinned to."""
    return load("personal")


def protection() -> Mapping[str, Any]:
    """Days for answers, the limit of exports, and so on."""
    return load("protection").data


def purposes() -> dict[str, str]:
    """Purposes of taking a list out: code -> name."""
    return {one["code"]: one["name"] for one in protection()["purposes"]}
