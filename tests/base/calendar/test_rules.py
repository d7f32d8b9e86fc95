"""Working-time arithmetic: official years, every unit, pauses, extensions, and what must always hold."""

import tomllib
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

import linli
from linli.base.calendar.days import Calendar, Special, moment_text
from linli.base.calendar.policy import answer, calendar_from_policy, problems
from linli.base.calendar.rules import UNITS, Convention, Extension, Pause, due, elapsed

POLICY = tomllib.loads((Path(linli.__file__).parent / "policies" / "calendar.toml").read_text(encoding="utf-8"))
CHINA = calendar_from_policy(POLICY)
SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def when(*args, **kwargs) -> str:
    result = due(*args, **kwargs)
    assert result.due is not None
    return moment_text(result.due, CHINA)


# -- the shipped days ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_official_years_agree_with_the_holidays_package(year):
    official = holidays.country_holidays("CN", years=year)
    day = date(year, 1, 1)
    while day.year == year:
        # The package knows the make-up workdays apart from the holidays; the weekday rule is its is_working_day.
        assert CHINA.status(day).working == official.is_working_day(day), day
        day += timedelta(days=1)


def test_the_year_after_the_last_notice_is_marked_as_a_guess():
    assert CHINA.status(date(2026, 12, 31)).published
    assert not CHINA.status(date(2027, 1, 1)).published
    assert CHINA.status(date(2027, 1, 1)).working  # a Friday: the weekday rule cannot know New Year


@pytest.mark.parametrize("example", POLICY["examples"], ids=lambda example: example["name"])
def test_policy_examples(example):
    assert problems(POLICY) == []
    assert answer(POLICY, example["given"]) == example["expect"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"years": [{"year": 2026, "holidays": []}]}, "缺少放假通知"),
        ({"years": [{"year": 2026, "source": "x", "workdays": ["2025-01-01"]}]}, "2026 年的安排里写了 2025-01-01"),
        ({"years": [{"year": 2026, "source": "x", "workdays": ["2026-02-31"]}]}, "不能使用"),
        ({"years": [{"year": 2026, "source": "x", "workdays": ["2026-01-04", "2026-01-04"]}]}, "named twice"),
        ({"weekend": [1, 2, 3, 4, 5, 6, 7]}, "at least one day of work"),
        ({"office_hours": ["12:00-09:00"]}, "office_hours"),
        ({"zone": "Asia/Nowhere"}, "不能使用"),
    ],
)
def test_a_broken_calendar_is_refused_with_its_reason(change, words):
    assert words in "".join(problems(change))


# -- units ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("started", "amount", "unit", "expected"),
    [
        ("2026-09-30 10:00", 5, "working_days", "2026-10-13 24:00"),
        ("2026-09-30 10:00", 7, "days", "2026-10-07 24:00"),
        ("2026-09-18 16:00", 1, "working_days", "2026-09-20 24:00"),  # Sunday 20 Sept is a make-up workday
        ("2026-02-13 16:00", 1, "working_days", "2026-02-14 24:00"),  # Saturday before Spring Festival: work
        ("2026-02-14 09:00", 1, "working_days", "2026-02-24 24:00"),
        ("2026-10-03 09:00", 0, "working_days", "2026-10-08 24:00"),
        ("2026-10-03 09:00", 0, "days", "2026-10-03 24:00"),
        ("2026-10-01 18:20", 24, "hours", "2026-10-02 18:20"),
        ("2026-10-01 18:20", 2, "hours", "2026-10-01 20:20"),
        ("2026-10-01 23:50", 15, "minutes", "2026-10-02 00:05"),
        ("2026-10-08 11:30", 2, "working_hours", "2026-10-08 15:00"),
        ("2026-09-30 17:00", 2, "working_hours", "2026-10-08 10:00"),
        ("2026-10-10 17:30", Fraction(1, 2), "working_hours", "2026-10-10 18:00"),
        ("2025-11-30 09:00", 3, "months", "2026-02-28 24:00"),
        ("2024-01-31 09:00", 1, "months", "2024-02-29 24:00"),
        ("2026-03-15 09:00", 12, "months", "2027-03-15 24:00"),
    ],
)
def test_due(started, amount, unit, expected):
    assert when(at(started), amount, unit, CHINA) == expected


def test_end_of_day_keeps_the_date_people_say():
    moment = due(at("2026-10-08 09:00"), 1, "days", CHINA).due
    assert moment.astimezone(SHANGHAI).date() == date(2026, 10, 9)
    assert moment + timedelta(microseconds=1) == at("2026-10-10 00:00")


@pytest.mark.parametrize(
    ("convention", "expected"),
    [
        (Convention(), "2026-10-12 24:00"),
        (Convention(first_day="same"), "2026-10-10 24:00"),
        (Convention(day_ends="close"), "2026-10-12 18:00"),
        (Convention(day_ends="same_time"), "2026-10-12 16:10"),
    ],
)
def test_conventions(convention, expected):
    assert when(at("2026-10-08 16:10"), 3, "working_days", CHINA, convention=convention) == expected


def test_received_out_of_office_hours_counts_from_the_next_opening_where_policy_says_so():
    convention = Convention(receipt="next_opening")
    assert when(at("2026-10-03 20:00"), 2, "hours", CHINA, convention=convention) == "2026-10-08 11:00"
    assert when(at("2026-10-08 07:00"), 2, "hours", CHINA, convention=convention) == "2026-10-08 11:00"
    assert when(at("2026-10-08 12:30"), 2, "hours", CHINA, convention=convention) == "2026-10-08 14:30"
    assert when(at("2026-10-03 20:00"), 1, "working_days", CHINA, convention=convention) == "2026-10-09 24:00"


def test_the_last_day_moves_only_where_policy_says_so():
    assert when(at("2026-09-24 09:00"), 7, "days", CHINA) == "2026-10-01 24:00"
    rolled = due(at("2026-09-24 09:00"), 7, "days", CHINA, convention=Convention(roll=True))
    assert moment_text(rolled.due, CHINA) == "2026-10-08 24:00"
    assert "最后一天 2026-10-01 国庆节放假，顺延一天" in map(str, rolled.lines)


# -- pauses and extensions -----------------------------------------------------------------------------------------


def test_pauses_move_hours_by_their_length():
    pauses = [Pause(at("2026-10-08 10:00"), at("2026-10-08 15:30"), "等诉求人补充材料")]
    assert when(at("2026-10-08 09:00"), 24, "hours", CHINA, pauses) == "2026-10-09 14:30"
    # A pause that begins when the time is already over changes nothing.
    late = [Pause(at("2026-10-09 09:00"), at("2026-10-20 09:00"))]
    assert when(at("2026-10-08 09:00"), 24, "hours", CHINA, late) == "2026-10-09 09:00"


def test_overlapping_pauses_count_once():
    pauses = [
        Pause(at("2026-10-08 10:00"), at("2026-10-08 14:00")),
        Pause(at("2026-10-08 12:00"), at("2026-10-08 16:00")),
        Pause(at("2026-10-08 13:00"), at("2026-10-08 13:30")),
    ]
    assert when(at("2026-10-08 09:00"), 10, "hours", CHINA, pauses) == "2026-10-09 01:00"


def test_a_paused_day_does_not_count_but_a_pause_within_a_day_costs_nothing():
    assert when(at("2026-10-12 09:00"), 3, "days", CHINA, [Pause(at("2026-10-13 10:00"), at("2026-10-13 16:00"))]) == (
        "2026-10-15 24:00"
    )
    assert when(at("2026-10-12 09:00"), 3, "days", CHINA, [Pause(at("2026-10-13 10:00"), at("2026-10-15 09:00"))]) == (
        "2026-10-17 24:00"
    )


@pytest.mark.parametrize("unit", [unit for unit in UNITS if unit != "months"])
def test_an_open_pause_leaves_the_due_time_open(unit):
    result = due(at("2026-10-12 09:00"), 3, unit, CHINA, [Pause(at("2026-10-12 09:01"), None, "等鉴定")])
    assert result.due is None
    assert "尚未恢复 暂停计时：等鉴定" in "\n".join(map(str, result.lines))
    assert result.lines[-1].text == "时限暂停中，恢复后才能算出到期时间"


def test_extensions_go_on_from_the_due_time_before():
    extended = due(
        at("2026-10-09 09:00"),
        5,
        "working_days",
        CHINA,
        extensions=[Extension(5, granted_at=at("2026-10-15 16:00"), reason="管线改造需停水审批")],
    )
    assert moment_text(extended.due, CHINA) == when(at("2026-10-09 09:00"), 10, "working_days", CHINA)
    assert any("2026-10-15 16:00 批准延长 5 个工作日（管线改造需停水审批）" in line.text for line in extended.lines)
    mixed = [Extension(2, "working_days")]
    assert when(at("2026-10-09 09:00"), 24, "hours", CHINA, extensions=mixed) == "2026-10-13 24:00"


# -- the explanation -----------------------------------------------------------------------------------------------


def test_why_is_it_due_then():
    lines = due(at("2026-09-29 10:00"), 5, "working_days", CHINA).lines
    assert [line.text for line in lines] == [
        "2026-09-29 10:00 开始计时，时限 5 个工作日",
        "2026-09-29 当天，不计",
        "2026-09-30 计入 1 个工作日，累计 1 个工作日",
        "2026-10-01 至 2026-10-07 国庆节放假，不计",
        "2026-10-08 至 2026-10-09 计入 2 个工作日，累计 3 个工作日",
        "2026-10-10 调休上班，计入 1 个工作日，累计 4 个工作日",
        "2026-10-11 周末，不计",
        "2026-10-12 计入 1 个工作日，累计 5 个工作日",
        "2026-10-12 24:00 到期",
    ]


def test_an_unpublished_year_warns():
    result = due(at("2026-12-30 10:00"), 3, "working_days", CHINA)
    assert moment_text(result.due, CHINA) == "2027-01-04 24:00"
    assert [line.text for line in result.warnings] == [
        "2027 年放假安排尚未公布，暂按周一至周五上班推算，公布后可能变化"
    ]
    assert due(at("2026-12-30 10:00"), 3, "days", CHINA).warnings == ()  # calendar days do not ask what kind of day


def test_an_override_decides_a_day():
    typhoon = CHINA.override({date(2026, 10, 9): Special("holiday", "台风停工")}, "v2")
    assert typhoon.version == "v2"
    result = due(at("2026-10-08 10:00"), 1, "working_days", typhoon)
    assert moment_text(result.due, typhoon) == "2026-10-10 24:00"
    assert "2026-10-09 台风停工，不计" in [line.text for line in result.lines]


# -- bad input -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ((datetime.fromisoformat("2026-10-01"), 1, "days"), "without a zone"),
        ((at("2026-10-01 00:00"), -1, "days"), "not between"),
        ((at("2026-10-01 00:00"), 10**9, "days"), "not between"),
        ((at("2026-10-01 00:00"), float("nan"), "hours"), "not between"),
        ((at("2026-10-01 00:00"), 1.5, "days"), "whole"),
        ((at("2026-10-01 00:00"), 1, "fortnights"), "unknown unit"),
    ],
)
def test_bad_input_is_refused(args, words):
    with pytest.raises(ValueError, match=words):
        due(*args, CHINA)


def test_a_pause_that_ends_before_it_starts_is_refused():
    with pytest.raises(ValueError, match="ends before"):
        due(at("2026-10-01 00:00"), 1, "days", CHINA, [Pause(at("2026-10-03 00:00"), at("2026-10-02 00:00"))])


# -- what must always hold -----------------------------------------------------------------------------------------


def any_moment(first: str, last: str, zone: tzinfo) -> st.SearchStrategy[datetime]:
    return st.datetimes(datetime.fromisoformat(first), datetime.fromisoformat(last), timezones=st.just(zone))


moments = any_moment("2024-01-01", "2026-11-30", SHANGHAI)
amounts = st.integers(0, 30)
units = st.sampled_from(["minutes", "hours", "days", "working_days", "working_hours"])


@st.composite
def pause_lists(draw):
    spans = draw(st.lists(st.tuples(st.integers(0, 600), st.integers(0, 200)), max_size=4))
    start = draw(moments)
    return start, [
        Pause(start + timedelta(hours=begin), start + timedelta(hours=begin + length)) for begin, length in spans
    ]


@given(pause_lists(), amounts, units)
def test_the_clock_has_run_exactly_the_limit_when_it_is_due(case, amount, unit):
    started, pauses = case
    result = due(started, amount, unit, CHINA, pauses)
    if amount:
        assert elapsed(started, result.due, unit, CHINA, pauses) == amount
    assert result.due >= started


@given(pause_lists(), amounts, units)
def test_a_pause_never_makes_it_earlier_and_a_longer_limit_never_either(case, amount, unit):
    started, pauses = case
    paused = due(started, amount, unit, CHINA, pauses).due
    assert paused >= due(started, amount, unit, CHINA).due
    longer = due(started, amount + 1, unit, CHINA, pauses).due
    assert longer > paused if amount else longer >= paused


@given(moments, amounts, st.integers(1, 30), units)
def test_one_long_limit_equals_a_limit_and_its_extension(started, amount, more, unit):
    extended = due(started, amount, unit, CHINA, extensions=[Extension(more)])
    # A limit of nothing ends with its own (working) day, so only a real one can be split.
    if amount:
        assert extended.due == due(started, amount + more, unit, CHINA).due


@given(moments, st.integers(0, 40), st.sampled_from(["days", "working_days"]))
def test_days_do_not_depend_on_the_hour(started, amount, unit):
    morning = datetime.combine(started.date(), time(0), SHANGHAI)
    assert due(started, amount, unit, CHINA).due == due(morning, amount, unit, CHINA).due


@given(moments, st.integers(1, 60))
def test_working_days_agree_with_a_naive_count(started, amount):
    day, left = started.date(), amount
    while left:
        day += timedelta(days=1)
        left -= CHINA.status(day).working
    assert due(started, amount, "working_days", CHINA).due == CHINA.day_end(day)


@given(any_moment("2026-03-01", "2026-11-30", UTC), st.integers(1, 60))
def test_zones_with_summer_time_count_real_hours_and_local_days(started, amount):
    berlin = Calendar(zone="Europe/Berlin", published=frozenset({2026, 2027}))
    assert due(started, amount, "hours", berlin).due - started == timedelta(hours=amount)
    last = due(started, amount, "days", berlin).due
    assert berlin.local(last).date() == berlin.local(started).date() + timedelta(days=amount)
    assert berlin.local(last + timedelta(microseconds=1)).time() == time(0)
