"""How a call ends, and figures that add up: properties over random calls, and a table worked by hand."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.matters.whistles import rules
from linli.matters.whistles.rules import Call, outcome
from tests.matters.whistles.folding import Rated, figures

START = datetime(2026, 3, 2, 1, tzinfo=UTC)


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def call(
    whistle: int = 1, department: int = 11, came: float | None = None, ended: float | None = None, **more: object
) -> Call:
    facts = {"result": "", "whistler": 1, **more}
    return Call(
        whistle, int(str(facts["whistler"])), department, START, at(30),
        None if came is None else at(came), None if ended is None else at(ended), str(facts["result"]),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("one", "moment", "expected"),
    [
        (call(came=30), 99, "in_time"),
        (call(came=30.01), 99, "late"),
        (call(), 30, "waiting"),
        (call(), 30.01, "missed"),
        (call(ended=20), 99, "released"),
        (call(ended=31), 99, "missed"),
        (call(came=10, ended=40), 99, "in_time"),
    ],
)
def test_how_a_call_ended(one: Call, moment: float, expected: str) -> None:
    assert outcome(one, at(moment)) == expected


def test_figures_of_a_small_month_worked_by_hand() -> None:
    calls = [
        call(1, 11, came=10, result="solved"),
        call(1, 12, came=40, result="solved"),
        call(2, 11, came=20, result="unsolved", whistler=2),
        call(3, 11, whistler=2),
        call(4, 11, ended=5),
    ]
    marks = [Rated(1, 1, 11, 5), Rated(2, 2, 11, 2), Rated(1, 11, 1, 4)]
    city, safety = figures(calls, marks, at(99), lambda one: one.department)
    assert (city.organisation, city.called, city.in_time, city.late, city.missed) == (11, 3, 2, 0, 1)
    assert (city.concluded, city.solved, city.mean_rating, city.median_minutes) == (2, 1, 3.5, 15)
    assert city.in_time_share == pytest.approx(2 / 3)
    assert (safety.late, safety.mean_rating) == (1, None)
    first, second = sorted(figures(calls, marks, at(99), lambda one: one.whistler), key=lambda row: row.organisation)
    assert (first.called, first.concluded, first.solved, first.mean_rating) == (2, 1, 1, 4)
    assert (second.called, second.missed, second.solved) == (2, 1, 0)


CALLS = st.lists(
    st.builds(
        lambda whistle, department, came, ended, result: call(
            whistle, department, came, ended, result=result, whistler=whistle % 3
        ),
        st.integers(1, 6),
        st.integers(11, 14),
        st.none() | st.integers(0, 90),
        st.none() | st.integers(0, 90),
        st.sampled_from(["", "solved", "unsolved"]),
    ),
    max_size=30,
)


@given(CALLS, st.integers(0, 120))
def test_every_call_is_counted_once_on_either_side(calls: list[Call], minute: int) -> None:
    kept = [one for one in calls if outcome(one, at(minute)) != "released"]
    for side in (lambda one: one.department, lambda one: one.whistler):
        rows = figures(calls, [], at(minute), side)
        assert sum(row.called for row in rows) == len(kept)
        for row in rows:
            assert row.called == row.in_time + row.late + row.missed + row.waiting
            assert 0 <= row.solved <= row.concluded
            assert row.in_time_share is None or 0 <= row.in_time_share <= 1


@given(CALLS)
def test_what_was_missed_stays_missed(calls: list[Call]) -> None:
    missed = [one for one in calls if outcome(one, at(60)) == "missed"]
    assert all(outcome(one, at(500)) == "missed" for one in missed)


@pytest.mark.parametrize(
    ("score", "note", "field"), [(0, "", "score"), (6, "", "score"), (2, " ", "note"), (2, "迟到", ""), (3, "", "")]
)
def test_a_low_mark_needs_a_word(score: int, note: str, field: str) -> None:
    assert rules.problem_of_score(score, note)[0] == field
