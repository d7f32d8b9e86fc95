"""What happens around a case in a random life: work shared out, whistles with their tasks and marks, dispatch meetings that decide.

Mixed into the machine of test_machine.py, which knows the time, the case and how an act is attempted. Promises beside those of the engine:
a case closes only after the parts it waits for, and records how each ended; a whistle is confirmed only after its tasks are taken over,
a call that was missed is never afterwards in time, nobody gives a mark that is not owed; the figures of whistles are those of a plain fold;
every decision of a meeting stands as an act on its case, and a refused one leaves nothing.
"""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from linli.base.actor import system
from linli.base.scope import enter
from linli.matters.cases import commands
from linli.matters.whistles import commands as whistles
from linli.matters.whistles import counting
from linli.matters.whistles.models import Rating, Whistle
from linli.matters.whistles.rules import outcome, owed
from linli.procedures import queries as procedures
from linli.procedures.models import Assignment, Entry, Proceeding
from linli.together.meetings import commands as meetings
from linli.together.meetings.models import AgendaItem, Decision, DispatchMeeting
from linli.together.meetings.queries import leadership
from tests.cast import GRID, STREET, Cast
from tests.matters.cases.promises import Known, kept
from tests.matters.whistles import folding

DEPARTMENTS = ("city", "social", "safety")
PARTS_MOST, WHISTLES_MOST = 3, 2


def around(cast: Cast, people: Any, units: Any, notes: Any) -> type:
    whistlers = st.sampled_from(["secretary"] * 3 + ["dispatcher", "clerk", "neighbour"])
    departments = st.sampled_from(DEPARTMENTS)
    picks = st.integers(0, 5)

    class Around:
        now: Any
        case: int
        attempt: Any
        known: dict[int, Known]

        def __init__(self) -> None:
            super().__init__()
            self.missed: set[tuple[int, int]] = set()

        def in_hand(self, first: str) -> None:
            """The community has the case; perhaps something has begun beside it."""
            here, city = cast.organisations["here"].pk, cast.organisations["city"].pk
            if self.rows("case")[0].step == "filed":
                self.attempt("dispatcher", commands.dispatch, to=here)
            self.attempt("the holder", commands.accept)
            if first == "a part":
                self.attempt("the holder", commands.share, to=city, note="换灯杆")
            elif first == "a whistle":
                called = [city, cast.organisations["social"].pk]
                self.attempt(
                    "secretary", whistles.whistle, on=None, topic="飞线充电", kind="joint", departments=called, text="两辆车正在充",
                    region_code=GRID, place_text="3号楼",
                )  # fmt: skip
            elif first == "a meeting":
                self.attempt("leader", meetings.prepare, on=None)

        def rows(self, kind: str) -> list[Proceeding]:
            enter(system("test"))
            return list(Proceeding.objects.filter(kind=kind).order_by("pk"))

        def one(self, kind: str, pick: int) -> Proceeding | None:
            found = self.rows(kind)
            return found[pick % len(found)] if found else None

        # -- work shared out ---------------------------------------------------------------------------------------

        @rule(who=people, to=units, note=notes, waits=st.booleans())
        def share(self, who: str, to: str, note: str, waits: bool) -> None:
            if len(self.rows("part")) < PARTS_MOST:
                self.attempt(who, commands.share, to=cast.organisations[to].pk, note=note, waits=waits)

        @rule(
            who=people, note=notes, pick=picks,
            how=st.sampled_from(["accept_part", "report_part", "agree_part", "reject_part", "cancel_part"]),
        )  # fmt: skip
        def on_a_part(self, who: str, note: str, pick: int, how: str) -> None:
            if row := self.one("part", pick):
                more = {} if how == "accept_part" else {"note": note}
                self.attempt(who, getattr(commands, how), on=row.pk, **more)

        @rule(pick=picks)
        def a_part_as_it_should_be(self, pick: int) -> None:
            if row := self.one("part", pick):
                roads = {
                    "dispatched": ("the holder", commands.accept_part, {}),
                    "handling": ("the holder", commands.report_part, {"note": "做完了"}),
                    "reported": ("the desk", commands.agree_part, {}),
                }
                if row.step in roads:
                    who, act, more = roads[row.step]
                    self.attempt(who, act, on=row.pk, **more)

        # -- whistles ----------------------------------------------------------------------------------------------

        @rule(
            who=whistlers,
            to=st.lists(departments, min_size=0, max_size=3),
            kind=st.sampled_from(["stubborn", "joint", "emergency"]),
            text=notes,
        )
        def whistle(self, who: str, to: list[str], kind: str, text: str) -> None:
            if len(self.rows("whistle")) < WHISTLES_MOST:
                called = [cast.organisations[name].pk for name in to]
                self.attempt(
                    who, whistles.whistle, on=None, topic="飞线充电", kind=kind, departments=called, text=text[:1000], region_code=GRID,
                    place_text="3号楼",
                )  # fmt: skip

        @rule(
            who=st.one_of(people, st.sampled_from(["clerk", "neighbour_clerk", "secretary"])), to=departments, note=notes, pick=picks,
            score=st.integers(0, 6), result=st.sampled_from(["solved", "partly", "unsolved", "nonsense"]),
            how=st.sampled_from(["call", "stand_down", "arrive", "work", "finish", "send_back", "confirm", "rate", "split"]),
        )  # fmt: skip
        def on_a_whistle(self, who: str, to: str, note: str, pick: int, score: int, result: str, how: str) -> None:
            row, unit = self.one("whistle", pick), cast.organisations[to].pk
            if row is None:
                return
            given: dict[str, Any] = {"note": note}
            if how in ("call", "stand_down", "send_back"):
                given["to"] = unit
            elif how == "confirm":
                given["result"] = result
            elif how == "rate":
                given |= {"of": unit if pick % 2 else cast.organisations["here"].pk, "score": score}
            elif how == "split":
                given |= {"to": unit, "topic": "拆插线板"}
            self.attempt(who, getattr(whistles, how), on=row.pk, **given)

        @rule(
            who=people, note=notes, pick=picks, how=st.sampled_from(["deliver", "do_over", "take_over"]),
        )  # fmt: skip
        def on_a_task(self, who: str, note: str, pick: int, how: str) -> None:
            if row := self.one("whistle_part", pick):
                self.attempt(who, getattr(whistles, how), on=row.pk, note=note)

        @rule(pick=picks, solved=st.booleans())
        def a_whistle_as_it_should_be(self, pick: int, solved: bool) -> None:
            """The straight road: who is called comes and finishes, tasks are taken over, the whistler confirms, marks are given."""
            row = self.one("whistle", pick)
            if row is None:
                return
            for task in Proceeding.objects.filter(parent_id=row.pk, closed_at=None).order_by("pk")[:1]:
                who, act = (
                    ("the desk", whistles.take_over) if task.step == "delivered" else ("the holder", whistles.deliver)
                )
                self.attempt(who, act, on=task.pk, note="做完了")
                return
            if row.step == "confirming":
                self.attempt(
                    "the holder", whistles.confirm, on=row.pk, result="solved" if solved else "partly", note="还差一处"
                )
                return
            clerks = {cast.organisations["city"].pk: "clerk", cast.organisations["social"].pk: "neighbour_clerk"}
            if row.step == "rating":
                given = set(Rating.objects.filter(whistle_id=row.pk).values_list("by_id", "of_id"))
                for by, of in sorted(owed(procedures.replay(row)) - given)[:1]:
                    self.attempt(clerks.get(by, "the holder"), whistles.rate, on=row.pk, of=of, score=4)
                return
            calls = Assignment.objects.filter(
                proceeding=row, role="whistled", status__in=["offered", "accepted"]
            ).order_by("seq")
            for call in calls[:1]:
                act = whistles.arrive if call.status == "offered" else whistles.finish
                who = clerks.get(call.organisation_id)
                if who is None:  # nobody of that department is in the cast: it never comes
                    self.attempt("the holder", whistles.stand_down, on=row.pk, to=call.organisation_id, note="不用来了")
                else:
                    self.attempt(who, act, on=row.pk, note="到了")

        @rule()
        def time_for_marks_runs_out(self) -> None:
            if any(row.step == "rating" for row in self.rows("whistle")):
                self.attempt("the system", whistles.conclude_unrated, on=None)

        # -- meetings ----------------------------------------------------------------------------------------------

        @rule(
            who=st.sampled_from(["leader", "leader", "dispatcher", "secretary"]),
            how=st.sampled_from(["prepare", "add", "attend", "close"]),
        )
        def meet(self, who: str, how: str) -> None:
            enter(system("test"))
            meeting = DispatchMeeting.objects.order_by("-pk").first()
            if how == "prepare":
                self.attempt(who, meetings.prepare, on=None)
            elif meeting is not None and how == "add":
                self.attempt(who, meetings.add, on=meeting.pk, case=self.case)
            elif meeting is not None and how == "attend":
                posts = leadership(STREET, meeting.held_on)
                self.attempt(who, meetings.attend, on=meeting.pk, post=posts[0].pk if posts else 0, state="present")
            elif meeting is not None:
                self.attempt(who, meetings.close, on=meeting.pk)

        @rule(
            who=st.sampled_from(["leader", "dispatcher", "dispatcher", "clerk"]),
            act=st.sampled_from(meetings.ACTS),
            owner=units,
            note=notes,
        )
        def decide(self, who: str, act: str, owner: str, note: str) -> None:
            enter(system("test"))
            meeting = DispatchMeeting.objects.order_by("-pk").first()
            if meeting is None:
                self.attempt("leader", meetings.prepare, on=None)
                return
            if meeting.closed_at is None and not AgendaItem.objects.filter(meeting=meeting, case_id=self.case).exists():
                self.attempt("leader", meetings.add, on=meeting.pk, case=self.case)
            unit, before = cast.organisations[owner].pk, Decision.objects.count()
            self.attempt(who, meetings.decide, on=meeting.pk, case=self.case, act=act, text=note[:400], owner=unit)
            if act == "dispatch" and Decision.objects.count() > before:
                assert Proceeding.objects.get(pk=self.case).lead_id == unit, "the decision gave it to its owner"

        @rule(who=people, note=notes)
        def report(self, who: str, note: str) -> None:
            enter(system("test"))
            if (open_ := Decision.objects.filter(done_on=None).order_by("pk").first()) is not None:
                self.attempt(who, meetings.report, on=open_.pk, note=note)

        # -- promises ----------------------------------------------------------------------------------------------

        @invariant()
        def what_is_around_holds(self) -> None:
            if not self.case:
                return
            enter(system("test"))
            rows = list(Proceeding.objects.exclude(pk=self.case).order_by("pk"))
            changed = {row.kind for row in rows if kept(row, self.known[row.pk])}
            case = Proceeding.objects.get(pk=self.case)
            self.parts_hold(case, [row for row in rows if row.kind == "part"])
            heads = [row for row in rows if row.kind == "whistle"]
            for row in heads:
                self.whistle_holds(row, [task for task in rows if task.parent_id == row.pk])
            calls, marks = folding.stored([row.pk for row in heads])
            missed = {(one.whistle, one.department) for one in calls if outcome(one, self.now) == "missed"}
            still = {(one.whistle, one.department) for one in calls if outcome(one, self.now) in ("missed", "late")}
            assert self.missed <= still, "a call that was missed is never afterwards in time, nor forgotten"
            self.missed |= missed
            if "whistle" in changed:
                folded = folding.figures(calls, marks, self.now, lambda call: call.department)
                found = counting.figures(system("test"), {}, self.now)["department"]
                assert [
                    (f.organisation, f.called, f.in_time, f.late, f.missed, f.waiting, f.solved, f.ratings)
                    for f in found
                ] == [
                    (f.organisation, f.called, f.in_time, f.late, f.missed, f.waiting, f.solved, f.ratings)
                    for f in folded
                ]
            self.decisions_hold()

        def parts_hold(self, case: Proceeding, parts: list[Proceeding]) -> None:
            told = Entry.objects.filter(proceeding=case, act="share_ended").values_list("given", flat=True)
            ended = [given["part"] for given in told]
            assert len(ended) == len(set(ended)), "the end of a part is recorded once"
            for part in parts:
                assert part.parent_id == case.pk
                if case.closed_at is not None and part.parent_waits:
                    assert part.closed_at is not None and part.closed_at <= case.closed_at, (
                        "closed before what it waits for"
                    )
                while_open = part.closed_at is not None and (case.closed_at is None or part.closed_at < case.closed_at)
                assert (part.number in ended) or not while_open, "a part ended silently"

        def whistle_holds(self, row: Proceeding, tasks: list[Proceeding]) -> None:
            whistle, said = Whistle.objects.get(pk=row.pk), row.step in ("rating", "closed")
            assert bool(whistle.result) == said
            if said:
                assert all(task.closed_at is not None for task in tasks), "confirmed before its tasks were taken over"
            given = set(Rating.objects.filter(whistle_id=row.pk).values_list("by_id", "of_id"))
            assert not given or said
            # Who came and who was called does not change once it is confirmed.
            assert given <= owed(procedures.replay(row)), "a mark that was not owed"

        def decisions_hold(self) -> None:
            made = list(Decision.objects.order_by("pk").select_related("meeting"))
            notes_ = Entry.objects.filter(proceeding_id=self.case, note__startswith="案卷调度（").values_list(
                "act", "note"
            )
            stood = sorted((act, note) for act, note in notes_)
            assert len(stood) == len(made), "every decision is an act on the case, and no act without its decision"
            for one in made:
                acts = {"dispatch", "redirect"} if one.act == "dispatch" else {one.act}
                assert any(act in acts and one.text in note for act, note in stood)
                assert one.meeting.closed_at is None or one.decided_at <= one.meeting.closed_at

    return Around
