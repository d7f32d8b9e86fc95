"""How a procedure, as a policy, is checked, tried on its examples, and rehearsed on last month's records.

An example is a row of (act, minutes) and gives (step, round, result).
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from linli.base.actor import system
from linli.base.calendar.queries import calendar_at, current_calendar
from linli.base.clockwork import now
from linli.base.policies import Checker, register
from linli.base.policies.registry import Rehearsed
from linli.base.scope import scope
from linli.procedures import queries, rules
from linli.procedures.definitions import Definition, parse, problems
from linli.procedures.rehearsal import rehearse

REHEARSED_MOST = 1000
_START = datetime(2026, 3, 2, 1, tzinfo=UTC)


def _answer(data: dict[str, Any], given: list[list[Any]]) -> Any:
    shape = parse(data)
    service_class = next(iter(shape.classes), "")
    state = rules.State()
    for seq, (code, minutes) in enumerate(given, 1):
        act, at = shape.acts[code], _START + timedelta(minutes=minutes)
        facts = _invented(shape, code, service_class)
        try:
            rules.check(shape, state, act, facts, at)
        except rules.NotAllowed as no:
            return no.message
        state = rules.apply(shape, state, rules.Fact(seq, code, at, facts))
    return [state.step, state.round, state.result]


def _invented(shape: Definition, code: str, service_class: str) -> dict[str, Any]:
    """What a tester would fill in: the first choice of each list."""
    act = shape.acts[code]
    filled: dict[str, Any] = {
        "organisation": 2,
        "post": 3,
        "note": "例",
        "clause": "例",
        "amount": 1,
        "files": [1],
        "materials": "例",
        "promise": "例",
        "today": _START.date().isoformat(),
        "until": (_START + timedelta(days=1)).date().isoformat(),
        "desk": 1,
    }
    filled["ground"] = next(iter(shape.grounds), "")
    filled["reason"] = next(iter(shape.lists[act.choices] if act.choices else shape.pause_reasons), "")
    filled["result"] = next(iter(shape.results), "")
    filled["limits"] = {clock: shape.clocks[clock].limits[service_class] for clock in act.start}
    return filled


def _rehearse(code: str, data: dict[str, Any]) -> Rehearsed:
    """Last month's proceedings of this kind, the latest up to a limit, with the system's eyes: counts come out."""
    local = current_calendar().local(now())
    this_month = local.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    last_month = (this_month - timedelta(days=1)).replace(day=1)
    with scope(system("policy rehearsal")):
        every, stories = queries.stories(code.removeprefix("procedure."), last_month, this_month, REHEARSED_MOST)
        found = rehearse(parse(data), stories, calendar_at)
    return Rehearsed(
        period=f"{last_month:%Y-%m}",
        told=found.told,
        every=every,
        passed=found.passed,
        stopped=[(one.reason, one.count, "、".join(one.examples)) for one in found.stopped],
        moved=[(one.name, one.met, one.late_then, one.late_now) for one in found.moved],
    )


register("procedure.", Checker(lambda data: problems(data), _answer, _rehearse))
