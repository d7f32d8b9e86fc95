"""Cases driven through random acts by random people at random times, with the parts they are shared out into, the whistles they are cause of
and the meetings that decide about them. After each step the promises of the engine must hold (promises.py), and those of what is around a case
(around.py); a refused act leaves no trace. What is hung up is on the list of hang-ups and never overdue; whoever decides about an exemption did not
ask for it, and the case stays in the figure of all cases; what was ruled is never returned; each rung of the ladder is
raised once. A closed case takes no further act but about its exemption.

These lives go through commands, pages' scope and database; test_lives.py drives many times more through the engine alone.
"""

import os
from collections import Counter, defaultdict
from contextlib import ExitStack
from datetime import timedelta

import pytest
from django.db import transaction
from django.db.models import Count, Sum
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
from linli.procedures import queries as procedures
from linli.procedures.models import Entry, Proceeding
from tests.cast import MONDAY, POINT_HERE, POINT_THERE, Cast
from tests.matters.cases.around import around
from tests.matters.cases.promises import Known, kept

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
    "neighbour_clerk",
    "sysadmin",
]
UNITS = ["here", "there", "city", "utilities", "property", "office", "partner"]
EXAMPLES = int(os.environ.get("LINLI_MACHINE_EXAMPLES", "10"))
STEPS = int(os.environ.get("LINLI_MACHINE_STEPS", "40"))
BACK = {"return", "dispute"}


def machines_of(cast: Cast, steps: list[int], done: Counter[str]) -> dict[str, type[RuleBasedStateMachine]]:
    """Lives of a case by itself, and of one with everything around it. steps, done: count every step that is taken, and every act that was
    allowed, over all lives."""
    # Mostly the one whose turn it is, so that lives become long; often enough somebody else, so that walls are tried.
    people = st.sampled_from([*["the holder"] * 12, *["the desk"] * 3, *PEOPLE])
    units = st.sampled_from(UNITS)
    grounds = st.sampled_from(["not_our_duty", "other_authority", "nonsense"])
    notes = st.sampled_from(["情况说明", "已到现场", "𠮷祥里 🙂", "x" * 3000, ""])

    class Life(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.stack = ExitStack()
            self.stack.enter_context(transaction.atomic())
            self.now = MONDAY
            self.case = 0
            self.known: dict[int, Known] = defaultdict(Known)

        def teardown(self) -> None:
            transaction.set_rollback(True)
            self.stack.close()

        def attempt(self, who: str, act: object, /, *, on: int | None = -1, **given: object) -> None:
            """One act on the case, or on something else by its id, or on nothing. Whether it is allowed is the engine's business, what it
            leaves behind is ours."""
            enter(system("test"))
            before = AuditRow.objects.count(), Proceeding.objects.aggregate(all=Count("id"), entries=Sum("entry_count"))
            target = self.case if on == -1 else on
            if who in ("the holder", "the desk"):
                who = self.somebody_of(who, target)
            people = {"reporter": cast.resident(self.case), "the system": system("test")}
            actor = people[who] if who in people else getattr(cast, who)
            with frozen(self.now):
                try:
                    with transaction.atomic():
                        enter(actor)
                        act(actor, *([] if target is None else [target]), **given)  # type: ignore[operator]
                    done[getattr(act, "__name__", "")] += 1
                except Refused:
                    enter(system("test"))
                    after = (
                        AuditRow.objects.count(),
                        Proceeding.objects.aggregate(all=Count("id"), entries=Sum("entry_count")),
                    )
                    assert after == before, "a refused act left an entry"
            enter(system("test"))

        def somebody_of(self, relation: str, target: int | None) -> str:
            """Somebody of the organisation that holds it, or at whose desk it is; the dispatcher where the cast has nobody there."""
            row = Proceeding.objects.filter(pk=target).first()
            unit = None if row is None else row.holder_id if relation == "the holder" else row.desk_id
            return next((name for name in PEOPLE if cast.posts[name].organisation_id == unit), "dispatcher")

        @property
        def holder(self) -> str:
            return self.somebody_of("the holder", self.case)

        @property
        def row(self) -> Proceeding:
            return Proceeding.objects.get(pk=self.case)

        def begin(self, here: bool, kind: str, urgency: str) -> None:
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

        @invariant()
        def everything_holds(self) -> None:
            if not self.case:
                return
            steps[0] += 1
            row = self.row
            if not kept(row, self.known[self.case]):
                return
            rounds = list(
                Settlement.objects.filter(case_id=self.case).order_by("round").values_list("round", flat=True)
            )
            assert rounds == list(range(1, len(rounds) + 1))
            self.honest(row, procedures.timeline(row))

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

    class Cases(Life):
        @initialize(
            here=st.booleans(),
            kind=st.sampled_from(Case.Kind.values),
            urgency=st.sampled_from(["emergency", "utility", "ordinary", "complex"]),
        )
        def file(self, here: bool, kind: str, urgency: str) -> None:
            self.begin(here, kind, urgency)

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

    class Surrounded(around(cast, people, units, notes), Life):  # type: ignore[misc]
        """Lives that begin with the case in hand, and mostly go on around it."""

        @initialize(
            kind=st.sampled_from(Case.Kind.values),
            urgency=st.sampled_from(["emergency", "utility", "ordinary", "complex"]),
            first=st.sampled_from(["nothing", "a part", "a whistle", "a whistle", "a meeting"]),
        )
        def file(self, kind: str, urgency: str, first: str) -> None:
            self.begin(True, kind, urgency)
            self.in_hand(first)

    return {"cases": Cases, "around": Surrounded}


@pytest.mark.parametrize("lives", ["cases", "around"])
def test_the_promises_hold_through_random_lives(cast: Cast, lives: str) -> None:
    steps, done = [0], Counter[str]()
    run_state_machine_as_test(
        machines_of(cast, steps, done)[lives],
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        ),
    )
    print(f"{steps[0]} steps through commands and database: {dict(done.most_common())}")
    assert steps[0] >= EXAMPLES * STEPS // 2
