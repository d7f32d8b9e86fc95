"""The ladder: reached by replay, raised once, late or twice alike; and a leader's own word. Shown where the holder looks."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from linli.base.actor import system
from linli.base.clockwork import frozen
from linli.base.scope import enter
from linli.matters.cases import commands, pressing
from linli.matters.cases.models import Case
from linli.procedures.models import Entry
from tests.cast import MONDAY, Cast
from tests.matters.cases.stories import dispatched, handling, proceeding

START = datetime(2026, 3, 2, tzinfo=UTC)
LADDER = (
    pressing.Rung("h48", "48", "remind", ("answer",), 48),
    pressing.Rung("h24", "24", "supervise", ("answer",), 24),
    pressing.Rung("overdue", "over", "supervise", ("answer", "accept"), 0),
    pressing.Rung("back", "back", "supervise", acts=("return",), times=3),
    pressing.Rung("promise", "promise", "supervise", promised=True),
)


def codes(hours: float, *, long: int = 168, counts: int = 0, raised: frozenset[str] = frozenset()) -> list[str]:
    """Rungs reached `hours` before an answer is due that was given `long` hours."""
    due = START + timedelta(hours=long)
    clock = pressing.Running("answer", 2, START, due)
    found = pressing.reached(LADDER, [clock], {"return": counts}, raised, due - timedelta(hours=hours))
    return [one.rung.code for one in found]


def test_each_rung_has_its_moment() -> None:
    assert codes(49) == []
    assert codes(48) == ["h48"]
    assert codes(24) == ["h24"]
    assert codes(0) == ["h24"], "the deadline itself is still in time"
    assert codes(-0.01) == ["overdue"]


def test_a_rung_before_the_start_of_a_short_clock_is_none() -> None:
    assert codes(10, long=20) == []
    assert codes(-1, long=20) == ["overdue"]


def test_every_third_return_is_a_rung_of_its_own() -> None:
    assert codes(60, counts=2) == []
    assert codes(60, counts=3) == ["back"]
    assert codes(60, counts=4, raised=frozenset({"back:3"})) == []
    assert codes(60, counts=6, raised=frozenset({"back:3"})) == ["back"]


def test_a_promised_date_is_past_the_day_after() -> None:
    day = date(2026, 4, 1)
    for today, wanted in ((day, []), (day + timedelta(days=1), ["promise"])):
        found = pressing.reached(LADDER, [], {}, frozenset(), START, promised_on=day, today=today)
        assert [one.rung.code for one in found] == wanted


@given(st.lists(st.integers(0, 400), min_size=1, max_size=30))
def test_whenever_it_runs_each_mark_is_raised_once_and_the_last_rung_always(hours: list[int]) -> None:
    due = START + timedelta(hours=168)
    clock, raised = pressing.Running("answer", 2, START, due), set[str]()
    for hour in sorted(hours):
        now = START + timedelta(hours=hour)
        for one in pressing.reached(LADDER, [clock], {}, raised, now):
            assert one.mark not in raised
            raised.add(one.mark)
        assert pressing.reached(LADDER, [clock], {}, raised, now) == []
    assert any(mark.startswith("overdue:") for mark in raised) == (max(hours) > 168)


def climbed(moment: datetime) -> int:
    enter(system("test"))
    with frozen(moment):
        return commands.raise_rungs(system("test"))


def test_the_job_raises_each_rung_once_and_marks_the_case(cast: Cast) -> None:
    with frozen(MONDAY):
        row = handling(cast)
        commands.contact(cast.secretary, row.pk, reached=True)
    # Seven days, the day of the start not counted: due on Monday the 9th at midnight of Beijing.
    due = next(c.due_at for c in proceeding(row.pk).clocks.all() if c.code == "answer")
    assert due is not None
    told = [climbed(due - timedelta(hours=hours)) for hours in (72, 47, 46, 23, 22, -1, -2, -200)]
    assert told == [0, 1, 0, 1, 0, 1, 0, 0]
    acts = list(Entry.objects.filter(proceeding=row, given__has_key="rung").values_list("act", "given__rung"))
    assert acts == [("remind", "h48"), ("supervise", "h24"), ("supervise", "overdue")]
    assert Case.objects.get(pk=row.pk).pressed == 2
    with frozen(due + timedelta(hours=3)):
        enter(cast.secretary)
        commands.answer(cast.secretary, row.pk, note="办好了")
    enter(system("test"))
    assert Case.objects.get(pk=row.pk).pressed == 0


def test_a_job_that_slept_raises_only_the_last_rung(cast: Cast) -> None:
    with frozen(MONDAY):
        row = handling(cast)
        commands.contact(cast.secretary, row.pk, reached=True)
    assert climbed(MONDAY + timedelta(days=60)) == 1
    assert Entry.objects.get(proceeding=row, given__has_key="rung").given["rung"] == "overdue"


def test_three_times_sent_back_goes_up(cast: Cast) -> None:
    with frozen(MONDAY):
        row = dispatched(cast)
        for _ in range(3):
            commands.return_(cast.secretary, row.pk, ground="not_our_duty", note="不归我", materials="派单目录")
            commands.refuse_return(cast.dispatcher, row.pk, note="归你")
    assert climbed(MONDAY + timedelta(minutes=5)) == 1
    assert Entry.objects.get(proceeding=row, given__has_key="rung").given["mark"] == "sent_back:3"
    assert climbed(MONDAY + timedelta(minutes=6)) == 0


def test_the_holder_finds_it_at_home_on_the_list_and_by_the_filter(cast: Cast) -> None:
    row = handling(cast)
    other = handling(cast)
    commands.supervise(cast.leader, row.pk, note="三天内办完")
    home = cast.client("secretary").get("/desk/").content.decode()
    assert "tab=pressed" in home
    listed = cast.client("secretary").get("/cases/?tab=pressed").content.decode()
    assert row.number in listed
    assert other.number not in listed
    assert "已督办" in listed
    for press, there in (("supervise", True), ("remind", False)):
        answer = cast.client("secretary").get(f"/cases/?tab=mine&press={press}").content.decode()
        assert (row.number in answer) is there
    assert row.number not in cast.client("neighbour").get("/cases/?tab=pressed").content.decode()
