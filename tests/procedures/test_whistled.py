"""Several organisations called apart: each has an offer and a clock of its own, and nobody's arrival moves another's."""

import tomllib
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from linli.base.ground import ROOT
from linli.procedures import rules
from linli.procedures.definitions import parse, problems

START = datetime(2026, 3, 2, 1, tzinfo=UTC)
DATA = tomllib.loads((ROOT / "linli/policies/procedure.whistle.toml").read_text(encoding="utf-8"))
SHAPE = parse(DATA)
DEPARTMENTS = (11, 12, 13)


def step(state: rules.State, code: str, minutes: int, **given_: Any) -> rules.State:
    limits = {clock: SHAPE.clocks[clock].limits["joint"] for clock in SHAPE.acts[code].start}
    fact = rules.Fact(state.seq + 1, code, START + timedelta(minutes=minutes), {"limits": limits, **given_})
    return rules.apply(SHAPE, state, fact)


def whistled() -> rules.State:
    state = step(rules.State(), "whistle", 0, desk=1)
    for department in DEPARTMENTS:
        state = step(state, "call", 0, organisation=department)
    return state


def test_each_department_has_a_clock_of_its_own() -> None:
    state = step(whistled(), "arrive", 20, organisation=12)
    met = {o.organisation: next(c for c in state.clocks if c.seq == o.seq).met_at for o in state.offers}
    assert met == {11: None, 12: START + timedelta(minutes=20), 13: None}
    assert {o.organisation: o.status for o in state.offers} == {11: "offered", 12: "accepted", 13: "offered"}
    assert state.holder == 1


def test_a_call_taken_back_stops_only_its_own_clock() -> None:
    state = step(whistled(), "stand_down", 5, organisation=11)
    assert [clock.ticking for clock in state.clocks] == [False, True, True]
    assert rules.whistled(state, 11) is None
    assert rules.whistled(state, 99) is None


def test_who_never_came_stays_to_be_seen_after_the_end() -> None:
    state = step(whistled(), "arrive", 20, organisation=11)
    state = step(state, "confirm", 90, result="solved")
    state = step(state, "conclude", 95, result="solved")
    assert {o.organisation: o.status for o in state.offers} == {11: "done", 12: "offered", 13: "offered"}
    assert all(not clock.ticking for clock in state.clocks)


def test_an_act_without_a_way_leaves_a_closed_proceeding_closed() -> None:
    data = {
        "code": "t",
        "name": "试",
        "steps": [
            {"code": "a", "name": "开", "plain": "开"},
            {"code": "z", "name": "完", "plain": "完", "final": True},
        ],
        "results": [{"code": "good", "name": "好"}],
        "acts": [
            {"code": "begin", "name": "始", "from": [], "to": "a"},
            {"code": "end", "name": "终", "from": ["a"], "to": "z", "result": "good"},
            {"code": "look", "name": "看", "from": ["z"]},
        ],
    }
    shape = parse(data)
    facts = [rules.Fact(n, act, START + timedelta(days=n)) for n, act in enumerate(("begin", "end", "look"), 1)]
    state = rules.fold(shape, facts)
    assert (state.step, state.closed_at, state.result, state.seq) == ("z", START + timedelta(days=2), "good", 3)


def test_a_preset_goes_before_the_limits_of_the_clock() -> None:
    assert SHAPE.clocks["arrival"].limits["joint"] == (30, "minutes")
    other = parse({**DATA, "preset": "by_kind"})
    assert other.clocks["arrival"].limits["stubborn"] == (1, "working_days")
    assert other.clocks["confirmation"].limits == SHAPE.clocks["confirmation"].limits
    assert problems({**DATA, "preset": "nowhere"}) == ["写法不对：没有名为“nowhere”的预设"]


ACTS = st.sampled_from(["call", "stand_down", "arrive", "work", "finish", "ready", "send_back", "confirm", "conclude"])


@settings(max_examples=400, deadline=None)
@given(st.lists(st.tuples(ACTS, st.sampled_from([*DEPARTMENTS, 14]), st.integers(0, 90)), max_size=40))
def test_whatever_happens_each_call_keeps_its_own_clock(acts: list[tuple[str, int, int]]) -> None:
    state, minute = whistled(), 0
    for code, department, later in acts:
        minute += later
        act = SHAPE.acts[code]
        at = START + timedelta(minutes=minute)
        filled = {"organisation": department, "note": "说明", "result": "solved"}
        try:
            rules.check(SHAPE, state, act, filled, at)
        except rules.NotAllowed:
            continue
        before = state
        state = step(state, code, minute, **filled)
        if code == "arrive":
            others = {o.seq for o in before.offers if o.organisation != department}
            assert [c for c in before.clocks if c.seq in others] == [c for c in state.clocks if c.seq in others]
    calls = [o for o in state.offers if o.role == "whistled"]
    arrivals = {clock.seq: clock for clock in state.clocks if clock.code == "arrival"}
    assert {o.seq for o in calls} == set(arrivals), "one clock for each call, one call for each clock"
    for offer in calls:
        if offer.status == "offered":
            assert arrivals[offer.seq].met_at is None
    if state.closed_at is not None:
        assert not any(clock.ticking for clock in state.clocks)
        assert state.result == "solved"
