"""Thirty thousand random steps of the case procedure through the engine alone: every act it has, by random units, at random times.

The lives are those of `Handling`, as commands drive it, but nothing is written; so many more fit into a minute than through the
database (test_machine.py). After each step: the state is the fold of the entries, and the stored form of clocks and offers gives
it back; the sequence has no gap and the chain verifies; an open case has one holder and at most one lead; the due time is the
replay of the clocks, and moves only by an act; what is hung up has none; what was ruled is not returned; a closed case keeps
its end.
"""

import os
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from linli.base import policies
from linli.base.actor import Actor
from linli.base.calendar.queries import calendar_at
from linli.base.commands import Refused
from linli.procedures import handling as engine
from linli.procedures import rules
from linli.procedures.definitions import definition
from linli.procedures.handling import Handling
from tests.cast import GRID, MONDAY

WANTED = int(os.environ.get("LINLI_LIVES_STEPS", "30000"))
# Steps of one life; Hypothesis takes each life to its end, so their number follows.
LONG = 50
DESK, UNITS = 1, (2, 3, 4)
# What may be said of a case after its end; none of it changes how it ended.
AFTER_THE_END = {"ask_exemption", "grant_exemption", "refuse_exemption", "look_back", "clear_difficult"}


def person(organisation: int) -> Actor:
    return Actor(kind="person", account_id=organisation, post_id=organisation, name="某", organisation_id=organisation)


PEOPLE = [*(person(one) for one in (DESK, *UNITS)), Actor(kind="resident", proceedings=(1,)), person(9)]


def machine(steps: list[int]) -> type[RuleBasedStateMachine]:
    shape = definition(policies.load("procedure.case").id)
    codes = [act.code for act in shape.acts.values() if not act.opens]

    class Lives(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.now: datetime = MONDAY
            self.facts: list[rules.Fact] = []
            self.folded = rules.State()
            self.due: datetime | None = None
            self.end: tuple[Any, ...] | None = None
            self.head = ""
            self.changed = True
            self.it = Handling(
                1, "1", policies.load("procedure.case").id, shape, GRID, "ordinary", "灯", rules.State(), is_new=True
            )
            self.it.perform(Actor(kind="anonymous"), "file", at=self.now, desk=DESK)

        def given(self, code: str, roll: int) -> dict[str, Any]:
            """What a form would send, now and then something odd."""
            act = shape.acts[code]
            reasons = [*(shape.lists[act.choices] if act.choices else shape.pause_reasons)]
            # The holder may be the one who answers for itself, as in a return: then the unit is its own.
            values: dict[str, Any] = {
                "organisation": UNITS[roll % 3],
                "post": roll % 7,
                "ground": [*shape.grounds][roll % len(shape.grounds)] if roll % 11 else "nonsense",
                "reason": reasons[roll % len(reasons)] if roll % 13 else "nonsense",
                "amount": roll % 9 - 1,
                "result": "settled",
                "clause": "目录",
                "materials": "目录" if roll % 5 else "",
                "promise": "列入计划",
                "until": (self.now + timedelta(days=roll % 90)).date().isoformat(),
            }
            return {need: values[need] for need in act.needs if need in values}

        @rule(code=st.sampled_from(codes), who=st.sampled_from(PEOPLE), roll=st.integers(0, 2**16))
        def act(self, code: str, who: Actor, roll: int) -> None:
            self.now += timedelta(minutes=roll % 4000)
            if roll % 4:  # mostly something that the step allows, so that lives become long
                here = [
                    one.code
                    for one in shape.acts_at(self.it.state.step)
                    if one.to not in ("closed", "declined") or roll % 16 == 1
                ]
                code = here[roll % len(here)] if here else code
            if roll % 3:  # mostly by whoever may
                who = next((one for one in PEOPLE if self.it.involves(one, *shape.acts[code].who)), who)
            before = self.it.state
            self.changed = False
            try:
                note = "" if roll % 17 == 0 else "情况"
                self.it.perform(who, code, note=note, at=self.now, **self.given(code, roll))
                self.changed = True
            except Refused:
                assert self.it.state == before, "a refused act changed the state"

        @invariant()
        def all_holds(self) -> None:
            steps[0] += 1
            entries, state = self.it.entries, self.it.state
            assert state.seq == len(entries)
            for entry in entries[len(self.facts) :]:
                assert entry["seq"] == len(self.facts) + 1, "a gap"
                plain = {key: value for key, value in entry.items() if key != "hash"}
                self.head = rules.seal(self.head, plain)
                assert self.head == entry["hash"], "the chain is broken"
                fact = rules.Fact(entry["seq"], entry["act"], datetime.fromisoformat(entry["at"]), entry["given"])
                self.facts.append(fact)
                self.folded = rules.apply(shape, self.folded, fact)
            assert self.it.head == self.head
            if self.changed:
                self.replayed(state)
            due = self.it.due[0] if self.changed else self.due
            self.due = due
            acts = [fact.act for fact in self.facts]
            if "rule" in acts:
                assert not {"return", "dispute"} & set(acts[acts.index("rule") :]), "what was ruled was returned"
            if state.step == "hung_up":
                assert due is None, "what is hung up is never overdue"
            if state.open:
                assert state.holder in (DESK, *UNITS), "an open case must be held"
                leads = [one for one in state.offers if one.role == "lead" and one.status in rules.OPEN_ASSIGNMENTS]
                assert len(leads) <= 1, "two leads at once"
            else:
                self.stays_closed(state, acts)

        def replayed(self, state: rules.State) -> None:
            assert self.folded == state, "the state is not the fold of the entries"
            for clock in state.clocks:
                assert engine.time_limit(engine._clock_row(1, clock)) == clock, "a clock is not what is stored of it"
            for offer in state.offers:
                row = engine._offer_row(1, offer)
                assert (row["seq"], row["organisation_id"], row["role"], row["status"]) == (
                    offer.seq, offer.organisation, offer.role, offer.status,
                )  # fmt: skip
            replayed = [
                rules.explain(clock, calendar_at(clock.calendar)).due for clock in self.folded.clocks if clock.ticking
            ]
            assert self.it.due[0] == min((due for due in replayed if due), default=None), "not due when its facts say"

        def teardown(self) -> None:
            assert rules.fold(shape, self.facts) == self.it.state

        def stays_closed(self, state: rules.State, acts: list[str]) -> None:
            assert not any(clock.ticking for clock in state.clocks)
            end = (state.step, state.closed_at, state.result)
            self.end = self.end or end
            assert end == self.end, "a closed case did not stay as it was"
            last = [fact.act for fact in self.facts if fact.at > (state.closed_at or fact.at)]
            assert set(last) <= AFTER_THE_END, "a closed case took another act"

    return Lives


def test_thirty_thousand_random_steps_keep_every_promise(db: None) -> None:
    steps, lives = [0], 0
    while steps[0] < WANTED:
        more = max(1, (WANTED - steps[0]) // LONG)
        run_state_machine_as_test(
            machine(steps),
            settings=settings(
                max_examples=more,
                stateful_step_count=LONG,
                deadline=None,
                database=None,
                derandomize=False,
                suppress_health_check=list(HealthCheck),
                phases=[Phase.generate, Phase.shrink],
                print_blob=True,
            ),
        )
        lives += more
    print(f"{steps[0]} steps in {lives} lives")
    assert steps[0] >= WANTED


def test_a_life_that_breaks_a_promise_is_found(db: None) -> None:
    """The control: with a clock that a hang-up does not stop, the same machine fails."""
    shape = definition(policies.load("procedure.case").id)
    hang_up = shape.acts["hang_up"]
    shape.acts["hang_up"] = replace(hang_up, pause=())  # type: ignore[index]
    try:
        with pytest.raises(AssertionError, match="never overdue"):
            run_state_machine_as_test(
                machine([0]),
                settings=settings(
                    max_examples=400, stateful_step_count=LONG, deadline=None, database=None,
                    suppress_health_check=list(HealthCheck), phases=[Phase.generate],
                ),
            )  # fmt: skip
    finally:
        shape.acts["hang_up"] = hang_up  # type: ignore[index]
