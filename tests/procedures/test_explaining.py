"""What a clock says is remembered with its calendar: the same clock by another calendar is reckoned anew."""

from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from linli.base.calendar.days import Calendar, Special
from linli.procedures import rules

MONDAY = datetime(2026, 3, 2, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
CLOCK = rules.TimeLimit("answer", 1, 2, MONDAY, 1, "working_days")


def test_once_for_one_calendar_and_again_for_another() -> None:
    plain = Calendar()
    first = rules.explain(CLOCK, plain)
    assert rules.explain(replace(CLOCK), plain) is first
    closed = plain.override({date(2026, 3, 3): Special("holiday", "台风停工")})
    later = rules.explain(CLOCK, closed)
    assert first.due is not None and later.due is not None
    assert (later.due - first.due).days == 1
    assert rules.explain(CLOCK, plain).due == first.due


def test_whatever_changes_a_clock_makes_another_of_it() -> None:
    plain = Calendar()
    first = rules.explain(CLOCK, plain).due
    assert rules.explain(replace(CLOCK, extensions=((2, "working_days", MONDAY),)), plain).due != first
    assert rules.explain(replace(CLOCK, pauses=((MONDAY, None),)), plain).due is None
    assert rules.explain(replace(CLOCK, pauses=()), plain).due == first


def test_not_without_end(monkeypatch) -> None:
    plain = Calendar()
    monkeypatch.setattr(rules, "_REMEMBERED", 3)
    for amount in range(1, 20):
        rules.explain(replace(CLOCK, amount=amount), plain)
    assert len(plain.remembered) <= 4
