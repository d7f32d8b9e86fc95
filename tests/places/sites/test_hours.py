"""Opening hours as people type them, and whether a site is open at a moment."""

from datetime import UTC, date
from datetime import datetime as moment
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.base.calendar.days import Special
from linli.places.sites.hours import (
    CLOSED_WEEK,
    Otherwise,
    hours_on,
    openness,
    said,
    said_day,
    spans_of,
    week_of,
    weekly,
)

# The rules take local times and ask nothing of their zone.
datetime = partial(moment, tzinfo=UTC)
OFFICE = week_of("周一至周五 9:00-12:00 13:30-17:30；周六 9:00-12:00")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("周一至周五 9:00-12:00 13:30-17:30；周六 9:00-12:00", "周一至周五 09:00-12:00 13:30-17:30；周六 09:00-12:00"),
        ("每天 8:00-20:00", "周一至周日 08:00-20:00"),
        ("工作日 上午9点-下午5点", "周一至周五 09:00-17:00"),
        ("周末 10:00～16:00", "周六至周日 10:00-16:00"),
        ("9：00—17：00", "周一至周日 09:00-17:00"),
        ("周一到周日：全天", "周一至周日 全天"),
        ("周一休息；周二至周日 9:00-17:00", "周二至周日 09:00-17:00"),
        ("周一、三、五 9:00-11:00", "周一 09:00-11:00；周三 09:00-11:00；周五 09:00-11:00"),
        ("星期天 下午2点至5点", "周日 14:00-17:00"),
        ("", ""),
    ],
)
def test_as_people_type_them(text: str, words: str) -> None:
    assert said(week_of(text)) == words


@pytest.mark.parametrize(
    "text", ["周八 9:00-10:00", "周一 17:00-9:00", "周五至周一 9:00-10:00", "25:00-26:00", "9:00-9:75", "随便来",
             "9:00-12:00 11:00-13:00", "周一 9:00"],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        week_of(text)


@given(st.lists(st.lists(st.integers(0, 95), min_size=0, max_size=4, unique=True).map(sorted), min_size=7, max_size=7))
def test_what_is_said_is_read_back(days: list[list[int]]) -> None:
    def clock(quarter: int) -> str:
        return f"{quarter // 4:02d}:{quarter % 4 * 15:02d}"

    week = [[(clock(one), clock(other)) for one, other in zip(day[::2], day[1::2], strict=False)] for day in days]
    assert week_of(said(week)) == week if any(week) else said(week) == ""


@pytest.mark.parametrize(
    ("at", "open_", "words"),
    [
        (datetime(2026, 3, 2, 9, 0), True, "12:00"),
        (datetime(2026, 3, 2, 8, 59), False, "2026-03-02 09:00"),
        (datetime(2026, 3, 2, 12, 0), False, "2026-03-02 13:30"),
        (datetime(2026, 3, 2, 17, 29), True, "17:30"),
        (datetime(2026, 3, 2, 17, 30), False, "2026-03-03 09:00"),
        (datetime(2026, 3, 7, 12, 30), False, "2026-03-09 09:00"),
    ],
)
def test_open_now(at: moment, open_: bool, words: str) -> None:
    found = openness(OFFICE, [], at)
    assert found.open is open_
    assert found.until == words if open_ else f"{found.opens:%Y-%m-%d %H:%M}" == words


def test_other_hours_hold_on_their_days() -> None:
    feast = Otherwise(date(2026, 3, 2), date(2026, 3, 8), (), "春节")
    day = Otherwise(date(2026, 3, 3), date(2026, 3, 3), (("10:00", "12:00"),))
    assert hours_on(OFFICE, [feast, day], date(2026, 3, 3)) == ([("10:00", "12:00")], "特别安排")
    closed = openness(OFFICE, [feast], datetime(2026, 3, 2, 10, 0))
    assert not closed.open and closed.note == "春节" and closed.opens == datetime(2026, 3, 9, 9, 0)
    assert openness(OFFICE, [feast, day], datetime(2026, 3, 3, 11, 0)).open
    assert openness(CLOSED_WEEK, [], datetime(2026, 3, 3, 11, 0)).opens is None


def test_all_day_ends_at_midnight() -> None:
    week = week_of("每天 全天")
    assert openness(week, [], datetime(2026, 3, 2, 23, 59)).until == "24:00"
    assert openness(week, [], datetime(2026, 3, 2, 0, 0)).open
    assert said_day(spans_of("22:00-24:00")) == "22:00-24:00"


HOLIDAYS = {
    date(2026, 3, 3): Special("holiday", "国庆节"),
    date(2026, 3, 8): Special("workday", "国庆节调休"),
    date(2026, 3, 9): Special("workday", ""),
}


def test_a_site_that_follows_the_calendar_rests_on_holidays_and_opens_on_working_weekends() -> None:
    assert hours_on(OFFICE, [], date(2026, 3, 3), HOLIDAYS) == ([], "国庆节")
    closed = openness(OFFICE, [], datetime(2026, 3, 3, 10, 0), HOLIDAYS)
    assert not closed.open and closed.note == "国庆节" and closed.opens == datetime(2026, 3, 4, 9, 0)
    spans, note = hours_on(OFFICE, [], date(2026, 3, 8), HOLIDAYS)
    assert spans == [tuple(span) for span in OFFICE[0]] and note == "国庆节调休"
    assert openness(OFFICE, [], datetime(2026, 3, 8, 15, 0), HOLIDAYS).open
    # A day that is open anyway keeps its own hours.
    assert hours_on(OFFICE, [], date(2026, 3, 9), HOLIDAYS) == hours_on(OFFICE, [], date(2026, 3, 9))
    assert hours_on(CLOSED_WEEK, [], date(2026, 3, 8), HOLIDAYS)[0] == []


def test_what_was_registered_for_a_day_goes_before_the_calendar() -> None:
    duty = Otherwise(date(2026, 3, 3), date(2026, 3, 3), (("10:00", "12:00"),), "节日值班")
    assert hours_on(OFFICE, [duty], date(2026, 3, 3), HOLIDAYS) == ([("10:00", "12:00")], "节日值班")


def test_hours_in_an_ordinary_week() -> None:
    assert weekly(week_of("周一至周五 9:00-12:00 13:30-17:30")) == 35
    assert weekly(week_of("每天 全天")) == 168
    assert weekly(CLOSED_WEEK) == 0
