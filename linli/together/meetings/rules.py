"""Which cases come onto an agenda, and how attendance is counted. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

REASONS = ("overdue", "repeated", "difficult")


def reasons(policy: Mapping[str, Any], *, overdue: bool, round_: int, cluster: int, difficult: bool) -> list[str]:
    """Why a case is on the agenda by the policy, in the order of REASONS; empty when it is not.

    cluster: how many reporters raised the same thing, the case itself among them.
    """
    by_round = policy["repeated_round"] and round_ >= policy["repeated_round"]
    by_cluster = policy["repeated_cluster"] and cluster >= policy["repeated_cluster"]
    found = {
        "overdue": bool(policy["overdue"] and overdue),
        "repeated": bool(by_round or by_cluster),
        "difficult": bool(policy["difficult"] and difficult),
    }
    return [code for code in REASONS if found[code]]


def problems(data: Mapping[str, Any]) -> list[str]:
    """What is wrong with a policy of dispatch meetings, in the editor's words."""
    found = [f"“{key}”要写 true 或 false" for key in ("overdue", "difficult") if not isinstance(data.get(key), bool)]
    for key, least in (("repeated_round", 0), ("repeated_cluster", 0), ("most", 1), ("decision_days", 1)):
        value = data.get(key)
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            found.append(f"“{key}”要写不小于 {least} 的整数")
    leadership = data.get("leadership")
    if not isinstance(leadership, list) or not leadership or not all(isinstance(one, str) for one in leadership):
        found.append("“leadership”要写至少一个角色")
    return found


@dataclass(frozen=True, slots=True)
class Presence:
    """How often somebody came to the meetings of a period; `called`: meetings at which their attendance was noted."""

    post: int
    called: int
    present: int
    excused: int

    @property
    def share(self) -> float | None:
        return self.present / self.called if self.called else None


def presence(rows: Iterable[tuple[int, str]]) -> list[Presence]:
    """rows: (post, state) of every noted attendance. The most faithful first."""
    counted: dict[int, list[str]] = {}
    for post, state in rows:
        counted.setdefault(post, []).append(state)
    found = [Presence(post, len(s), s.count("present"), s.count("excused")) for post, s in counted.items()]
    return sorted(found, key=lambda one: (-(one.share or 0), -one.called, one.post))


def missing_days(working: Iterable[date], held: Iterable[date]) -> list[date]:
    """Working days on which no meeting was held."""
    return sorted(set(working) - set(held))
