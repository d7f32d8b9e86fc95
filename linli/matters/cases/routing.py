"""Who should handle a case: ordered rules, the first match decides, and the way to the decision is kept. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from linli.base import policies
from linli.base.expressions import Expression, ExpressionError, compile, trace
from linli.base.policies import Checker, register

NAMES = frozenset(
    {"category", "top", "kind", "channel", "service_class", "region", "level", "hour", "weekday", "month", "proactive"}
)
DESK = "desk"


@dataclass(frozen=True, slots=True)
class Rule:
    name: str
    when: Expression
    to: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Route:
    """to: kind of organisation, `desk` for a person to decide. reason: why the desk; rule: the rule that decided.

    steps: what was asked and answered, rule by rule. broken: the rule that could not run, which somebody must mend.
    """

    to: str
    rule: str
    reason: str
    steps: tuple[Mapping[str, Any], ...]
    broken: str = ""


def facts(
    *,
    category: str,
    kind: str,
    channel: str,
    service_class: str,
    region: str,
    hour: int,
    weekday: int,
    month: int,
    proactive: bool,
) -> dict[str, Any]:
    """The values that rules may ask about. An unknown category is absent, not empty."""
    return {
        "category": category or None,
        "top": category.split(".")[0] if category else None,
        "kind": kind,
        "channel": channel,
        "service_class": service_class,
        "region": region,
        "level": len(region),
        "hour": hour,
        "weekday": weekday,
        "month": month,
        "proactive": proactive,
    }


def decide(rules: tuple[Rule, ...], values: Mapping[str, Any]) -> Route:
    """Try the rules in order. A rule that cannot run sends the case to the desk and says so: never silence."""
    steps: list[Mapping[str, Any]] = []
    for rule in rules:
        try:
            tried = trace(rule.when, values)
        except ExpressionError as error:
            steps.append({"rule": rule.name, "error": str(error)})
            return Route(DESK, rule.name, f"规则“{rule.name}”不能运行：{error}", tuple(steps), broken=rule.name)
        if tried.value is True:
            steps.append(
                {"rule": rule.name, "matched": True, "because": [[step.text, step.outcome] for step in tried.steps]}
            )
            return Route(rule.to, rule.name, rule.why, tuple(steps))
        steps.append({"rule": rule.name, "matched": False})
    return Route(DESK, "", "没有规则能确定由谁办", tuple(steps))


def read(data: Mapping[str, Any]) -> tuple[Rule, ...]:
    """Policy data -> rules. Raises ExpressionError naming the first condition that does not compile."""
    return tuple(Rule(row["name"], compile(row["when"], NAMES), row["to"], row.get("why", "")) for row in data["rules"])


@lru_cache(maxsize=8)
def _compiled(policy_id: int) -> tuple[Rule, ...]:
    return read(policies.version(policy_id).data)


def in_force() -> tuple[policies.Policy, tuple[Rule, ...]]:
    """The published routing policy and its rules, compiled once per version."""
    policy = policies.load("routing")
    return policy, _compiled(policy.id)


def _problems(data: Mapping[str, Any]) -> list[str]:
    found = []
    for number, row in enumerate(data.get("rules", []), 1):
        if missing := {"name", "when", "to"} - set(row):
            found.append(f"第{number}条缺少 {'、'.join(sorted(missing))}")
            continue
        try:
            compile(row["when"], NAMES)
        except ExpressionError as error:
            found.append(f"第{number}条“{row['name']}”的条件写法不对：{error}")
    return found


def _answer(data: Mapping[str, Any], given: Mapping[str, Any]) -> str:
    return decide(read(data), facts(**{"category": "", **given})).to


def find(to: str, answering: Callable[[str, str], Any]) -> Any:
    """The organisation a target such as `department:utilities` means; `answering(kind, subject)` looks it up."""
    kind, _, subject = to.partition(":")
    return answering(kind, subject)


register("routing", Checker(_problems, _answer))
