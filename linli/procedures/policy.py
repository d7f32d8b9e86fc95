"""How a procedure, as a policy, is checked and tried on its examples: a row of (act, minutes) gives (step, round, result)."""

from datetime import UTC, datetime, timedelta
from typing import Any

from linli.base.policies import Checker, register
from linli.procedures import rules
from linli.procedures.definitions import Definition, parse, problems

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
    filled: dict[str, Any] = {"organisation": 2, "post": 3, "note": "例", "clause": "例", "amount": 1, "files": [1], "desk": 1}
    filled["ground"] = next(iter(shape.grounds), "")
    filled["reason"] = next(iter(shape.pause_reasons), "")
    filled["result"] = next(iter(shape.results), "")
    filled["limits"] = {clock: shape.clocks[clock].limits[service_class] for clock in act.start}
    return filled


register("procedure.", Checker(lambda data: problems(data), _answer))
