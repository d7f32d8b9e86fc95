"""Cases driven through random acts by random people at random times. After each step the promises of the engine must hold:

state = fold of the entries; one holder, and it is an organisation somebody works in; due = replay of stored facts, and a due
time moves only by a recorded act; the sequence has no gap; the chain verifies; a refused act leaves no trace; children hold
up their parent. What is hung up is on the list of hang-ups and never overdue; whoever decides about an exemption did not
ask for it, and the case stays in the figure of all cases; what was ruled is never returned; each rung of the ladder is
raised once. A closed case takes no further act but about its exemption.

These lives go through commands, pages' scope and database; test_lives.py drives many times more through the engine alone.
"""

import os
from contextlib import ExitStack
from datetime import timedelta

from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from linli.base.actor import system
from linli.base.clockwork import frozen
from linli.base.commands import Refused
from linli.base.commands.models import AuditRow
from linli.base.scope import enter
from linli.insight.indicators import queries as indicators
from linli.insight.indicators.queries import Period
from linli.matters.cases import commands
from linli.matters.cases.models import Case, Exemption, HangUp, Settlement
from linli.people.accounts.models import Post
from linli.procedures import queries as procedures
from linli.procedures.models import Assignment, Clock, Entry, Proceeding
from tests.cast import MONDAY, POINT_HERE, POINT_THERE, Cast

PEOPLE = [
    "dispatcher",
    "call_taker",
    "secretary",
    "worker",
    "grid_worker",
    "clerk",
    "manager",
    "leader",
    "neighbour",
    "sysadmin",
]
UNITS = ["here", "there", "city", "utilities", "property", "office", "partner"]
EXAMPLES = int(os.environ.get("LINLI_MACHINE_EXAMPLES", "25"))
STEPS = int(os.environ.get("LINLI_MACHINE_STEPS", "40"))
BACK = {"return", "dispute"}


def machine_of(cast: Cast, steps: list[int]) -> type[RuleBasedStateMachine]:
    """steps: counts every step that is taken, over all lives."""
    # Mostly the one whose turn it is, so that lives become long; often enough somebody else, so that walls are tried.
    people = st.sampled_from([*["the holder"] * 14, *PEOPLE])
    units = st.sampled_from(UNITS)
    grounds = st.sampled_from(["not_our_duty", "other_authority", "nonsense"])
    notes = st.sampled_from(["情况说明", "已到现场", "𠮷祥里 🙂", "x" * 3000, ""])

    class Cases(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.stack = ExitStack()
            self.stack.enter_context(transaction.atomic())
            self.now = MONDAY
            self.case = 0
            self.entries = 0
            self.dues: dict[tuple[str, int], object] = {}
            self.moved = False

        def teardown(self) -> None:
            transaction.set_rollback(True)
            self.stack.close()

        def attempt(self, who: str, act: object, **given: object) -> None:
            """One act; whether it is allowed is the engine's business, what it leaves behind is ours."""
            enter(system("test"))
            before = AuditRow.objects.count()
            who = self.holder if who == "the holder" else who
            actor = cast.resident(self.case) if who == "reporter" else getattr(cast, who)
            with frozen(self.now):
                try:
                    with transaction.atomic():
                        enter(actor)
                        act(actor, self.case, **given)  # type: ignore[operator]
                    self.moved = True
                except Refused:
                    enter(system("test"))
                    assert AuditRow.objects.count() == before
                    assert self.row.entry_count == self.entries, "a refused act left an entry"
            enter(system("test"))

        @property
        def holder(self) -> str:
            """Somebody of the organisation that holds the case; the dispatcher where the cast has nobody there."""
            held = self.row.holder_id
            return next((name for name in PEOPLE if cast.posts[name].organisation_id == held), "dispatcher")

        @property
        def row(self) -> Proceeding:
            return Proceeding.objects.get(pk=self.case)

        @initialize(
            here=st.booleans(),
            kind=st.sampled_from(Case.Kind.values),
            urgency=st.sampled_from(["emergency", "utility", "ordinary", "complex"]),
        )
        def file(self, here: bool, kind: str, urgency: str) -> None:
            lon, lat = POINT_HERE if here else POINT_THERE
            with frozen(self.now):
                self.case = commands.file(
                    cast.nobody,
                    text="楼道灯坏了",
                    kind=kind,
                    longitude=lon,
                    latitude=lat,
                    service_class=urgency,
                    phone="13800138000",
                )["id"]
            enter(system("test"))

        @rule(minutes=st.integers(1, 60 * 24 * 9))
        def time_passes(self, minutes: int) -> None:
            self.now += timedelta(minutes=minutes)

        @rule(again=st.booleans())
        def the_ladder_is_climbed(self, again: bool) -> None:
            """Raising twice at one moment raises nothing the second time."""
            enter(system("test"))
            with frozen(self.now):
                raised = commands.raise_rungs(system("test"))
                assert raised <= 6
                assert not (again and commands.raise_rungs(system("test")))

        @rule(who=people, to=units, note=notes, how=st.sampled_from(["convene", "invite", "speak"]))
        def deliberate(self, who: str, to: str, note: str, how: str) -> None:
            more = {"to": cast.organisations[to].pk} if how == "invite" else {}
            self.attempt(who, getattr(commands, how), note=note, **more)

        @rule(
            who=people,
            reason=st.sampled_from(["funds", "season", "weather"]),
            days=st.integers(-1, 90),
            told=st.sampled_from(["telephone", "link", "pigeon"]),
            note=notes,
        )
        def hang_up(self, who: str, reason: str, days: int, told: str, note: str) -> None:
            until = (self.now + timedelta(days=days)).date()
            self.attempt(who, commands.hang_up, reason=reason, promise="列入计划", until=until, told=told, note=note)

        @rule(who=people, note=notes, days=st.one_of(st.none(), st.integers(-1, 90)))
        def review(self, who: str, note: str, days: int | None) -> None:
            until = (self.now + timedelta(days=days)).date() if days is not None else None
            self.attempt(who, commands.review_hang_up, note=note, until=until)

        @rule(who=people, note=notes, how=st.sampled_from(["lift", "supervise"]))
        def from_above(self, who: str, note: str, how: str) -> None:
            self.attempt(who, getattr(commands, how), note=note)

        @rule(
            who=people,
            reason=st.sampled_from(["emergency", "repeated", "funds"]),
            note=notes,
            certain=st.integers(0, 4),
        )
        def decline(self, who: str, reason: str, note: str, certain: int) -> None:
            if certain == 4:
                self.attempt(who, commands.decline, reason=reason, note=note)

        @rule(
            who=people,
            reason=st.sampled_from(["proceedings", "data_error", "nonsense"]),
            materials=st.sampled_from(["", "受理通知书"]),
            note=notes,
        )
        def ask_exemption(self, who: str, reason: str, materials: str, note: str) -> None:
            self.attempt(who, commands.ask_exemption, reason=reason, materials=materials, note=note)

        @rule(who=people, note=notes, how=st.sampled_from(["grant_exemption", "refuse_exemption"]))
        def decide_exemption(self, who: str, note: str, how: str) -> None:
            self.attempt(who, getattr(commands, how), note=note)

        @rule(who=people, to=units, note=notes, how=st.sampled_from(["dispatch", "redirect", "support"]))
        def give(self, who: str, to: str, note: str, how: str) -> None:
            self.attempt(who, getattr(commands, how), to=cast.organisations[to].pk, note=note)

        @rule(who=people, to=units, note=notes)
        def rule_on_it(self, who: str, to: str, note: str) -> None:
            self.attempt(who, commands.rule, to=cast.organisations[to].pk, clause="派单目录", note=note)

        @rule(
            who=people,
            note=notes,
            how=st.sampled_from(
                ["visit", "measure", "answer", "refuse_return", "support_done", "remind", "resume", "supplement"]
            ),
        )
        def say(self, who: str, note: str, how: str) -> None:
            self.attempt(who, getattr(commands, how), note=note)

        @rule(data=st.data())
        def work_as_it_should_be(self, data: st.DataObject) -> None:
            """The straight road, so that deep states are reached often."""
            row = self.row
            holder = self.holder
            unit = cast.organisations["here"].pk
            roads = {
                "filed": lambda: self.attempt("dispatcher", commands.dispatch, to=unit),
                "dispatched": lambda: self.attempt(holder, commands.accept),
                "handling": lambda: self.attempt(holder, commands.answer, note="办好了"),
                "paused": lambda: self.attempt(holder, commands.resume),
                "hung_up": lambda: self.attempt(holder, commands.lift, note="可以办了"),
                "returned": lambda: self.attempt("dispatcher", commands.refuse_return, note="仍由你单位办"),
                "deliberating": lambda: self.attempt("dispatcher", commands.rule, to=unit, clause="目录", note="裁定"),
                "answered": lambda: self.attempt(
                    "call_taker",
                    commands.settle,
                    resolved=data.draw(st.booleans()),
                    satisfaction="basic",
                    reason="原因",
                ),
            }
            if row.step in roads:
                roads[row.step]()

        @rule(who=people)
        def accept(self, who: str) -> None:
            self.attempt(who, commands.accept)

        @rule(who=people, ground=grounds, note=notes, how=st.sampled_from(["return_", "dispute"]))
        def object_to_it(self, who: str, ground: str, note: str, how: str) -> None:
            more = {"materials": "派单目录"} if how == "return_" else {}
            self.attempt(who, getattr(commands, how), ground=ground, note=note, **more)

        @rule(who=people, post=st.sampled_from(["grid_worker", "worker", "clerk", "neighbour"]))
        def hand(self, who: str, post: str) -> None:
            self.attempt(who, commands.hand, post=cast.posts[post].pk)

        @rule(who=people, reached=st.booleans(), how=st.sampled_from(["contact", "callback"]))
        def telephone(self, who: str, reached: bool, how: str) -> None:
            self.attempt(who, getattr(commands, how), reached=reached)

        @rule(who=people, amount=st.integers(-1, 9), note=notes)
        def extend(self, who: str, amount: int, note: str) -> None:
            self.attempt(who, commands.extend, amount=amount, note=note)

        @rule(who=people, reason=st.sampled_from(["weather", "material_arrival", "tired"]), note=notes)
        def pause(self, who: str, reason: str, note: str) -> None:
            self.attempt(who, commands.pause, reason=reason, note=note)

        @rule(
            who=st.sampled_from([*PEOPLE, "reporter"]),
            resolved=st.sampled_from([True, False, None]),
            satisfaction=st.sampled_from(["satisfied", "basic", "dissatisfied", ""]),
            reason=notes,
            again=st.booleans(),
        )
        def settle(self, who: str, resolved: bool | None, satisfaction: str, reason: str, again: bool) -> None:
            act = commands.confirm if who == "reporter" else commands.settle
            self.attempt(who, act, resolved=resolved, satisfaction=satisfaction, reason=reason, again=again)

        @rule(certain=st.integers(0, 9))
        def withdraw(self, certain: int) -> None:
            if certain == 9:
                self.attempt("reporter", commands.withdraw)

        @invariant()
        def everything_holds(self) -> None:
            if not self.case:
                return
            steps[0] += 1
            row = self.row
            entries = procedures.timeline(row)
            assert [entry.seq for entry in entries] == list(range(1, row.entry_count + 1))
            assert len(entries) - self.entries <= 6
            assert procedures.broken_links(row) == []
            state = procedures.replay(row)
            assert (state.step, state.round, state.result) == (row.step, row.round, row.result)
            assert (state.holder, state.lead, state.post) == (row.holder_id, row.lead_id, row.post_id)
            assert (state.opened_at, state.closed_at) == (row.opened_at, row.closed_at)
            assert set(state.involved) <= set(row.involved)
            offers = {(o.seq, o.status, o.final) for o in state.offers}
            assert offers == set(Assignment.objects.filter(proceeding=row).values_list("seq", "status", "final"))
            self.clocks_hold(row, state, changed=len(entries) > self.entries)
            if row.closed_at is None:
                assert row.holder_id, "an open case must be held"
                manned = Post.objects.filter(organisation_id=row.holder_id).exists() or row.holder_id in {
                    cast.organisations[unit].pk for unit in UNITS
                }
                assert manned
                leads = [
                    o for o in state.offers if o.role == "lead" and o.status in ("offered", "accepted", "disputed")
                ]
                assert len(leads) <= 1, "two leads at once"
            else:
                assert row.due_at is None and not any(c.ticking for c in state.clocks)
            rounds = list(
                Settlement.objects.filter(case_id=self.case).order_by("round").values_list("round", flat=True)
            )
            assert rounds == list(range(1, len(rounds) + 1))
            self.honest(row, entries)
            self.entries = row.entry_count

        def honest(self, row: Proceeding, entries: list[Entry]) -> None:
            hung = list(HangUp.objects.filter(case_id=self.case, ended_on=None))
            assert len(hung) == (row.step == "hung_up")
            if row.step == "hung_up":
                assert row.due_at is None, "what is hung up is never overdue"
            done = [entry.act for entry in entries]
            if "rule" in done:
                assert not BACK & set(done[done.index("rule") :]), "what was ruled is never returned"
            marks = [entry.given["mark"] for entry in entries if entry.given.get("mark")]
            assert len(marks) == len(set(marks)), "a rung was raised twice"
            asked = list(Exemption.objects.filter(case_id=self.case))
            assert all(one.decided_account != one.asked_account for one in asked)
            case = Case.objects.get(pk=self.case)
            assert case.exempted == any(one.state == "granted" for one in asked)
            assert (case.pressed == 0) or done.count("remind") + done.count("supervise") > 0
            if case.exempted:
                everything = indicators.by_region(row.region_code, Period(case.filed_on, case.filed_on), 15)
                assert everything[row.region_code[:15]]["filed"] >= 1, "an exempted case left the figures of all cases"

        def clocks_hold(self, row: Proceeding, state: object, changed: bool) -> None:
            stored = {(c.code, c.seq): c for c in Clock.objects.filter(proceeding=row)}
            replayed = {(c.code, c.seq): c for c in state.clocks}  # type: ignore[attr-defined]
            assert stored.keys() == replayed.keys()
            for key, clock in stored.items():
                assert procedures.limit_of(clock) == replayed[key]
            for line in procedures.explain(row):
                assert line.agrees, f"{line.clock.code} is not due when its facts say"
            dues = {key: clock.due_at for key, clock in stored.items()}
            if not changed:
                assert dues == self.dues, "a due time moved without a recorded act"
            self.dues = dues
            burning = [c.due_at for c in stored.values() if c.met_at is None and c.stopped_at is None and c.due_at]
            assert row.due_at == min(burning, default=None)

    return Cases


def test_the_promises_hold_through_random_lives_of_cases(cast: Cast) -> None:
    steps = [0]
    run_state_machine_as_test(
        machine_of(cast, steps),
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        ),
    )
    print(f"{steps[0]} steps through commands and database")
    assert steps[0] >= EXAMPLES * STEPS // 2
