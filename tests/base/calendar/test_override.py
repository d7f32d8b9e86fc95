"""Overriding a day: the command, its refusals, its trace, and clocks that keep the calendar they were counted by."""

from datetime import date

import pytest
from django.db import ProgrammingError, transaction

from linli.base.actor import Actor, system
from linli.base.calendar import queries
from linli.base.calendar.commands import clear_override, override
from linli.base.calendar.models import CalendarChange, CalendarDay
from linli.base.commands import Refused
from linli.base.commands.models import AuditRow, OutboxRow
from linli.base.policies.commands import ship

RIGHTS = frozenset({"calendar.override", "calendar.clear_override"})
EDITOR = Actor(kind="person", name="刘敏", account_id=7, post_id=7, rights=RIGHTS)
TYPHOON = {"date": date(2026, 10, 9), "kind": "holiday", "reason": "台风停工", "basis": "区防汛办通知〔2026〕9号"}


@pytest.fixture(autouse=True)
def calendar(db):
    ship(system("test"))
    queries.forget()
    yield
    queries.forget()


def current():
    queries.forget()
    return queries.current_calendar()


def test_an_override_decides_the_day_and_is_recorded():
    before = current()
    day = override(EDITOR, **TYPHOON)
    after = current()
    assert before.status(date(2026, 10, 9)).working
    assert not after.status(date(2026, 10, 9)).working
    assert after.status(date(2026, 10, 9)).reason == "台风停工"
    assert AuditRow.objects.get(command="calendar.override").detail == {"date": "2026-10-09", "kind": "holiday"}
    assert OutboxRow.objects.filter(event="calendar.changed").count() == 1
    assert queries.overrides(2026) == {"2026-10-09": day}
    assert queries.overrides(2025) == {}


def test_a_second_override_of_a_day_replaces_the_first():
    override(EDITOR, **TYPHOON)
    override(EDITOR, **{**TYPHOON, "kind": "workday", "reason": "台风转向，照常上班"})
    assert CalendarDay.objects.get().kind == "workday"
    assert current().status(date(2026, 10, 9)).working
    assert CalendarChange.objects.count() == 2


def test_clearing_gives_the_day_back_to_the_published_calendar():
    day = override(EDITOR, **TYPHOON)
    clear_override(EDITOR, day)
    assert current().status(date(2026, 10, 9)).working
    assert queries.overrides(2026) == {}
    with pytest.raises(Refused, match="已经撤销"):
        clear_override(EDITOR, day)


def test_a_clock_finds_the_calendar_it_was_counted_by():
    first = current().version
    day = override(EDITOR, **TYPHOON)
    second = current().version
    clear_override(EDITOR, day)
    third = current().version
    assert len({first, second, third}) == 3
    queries.forget()
    working = [queries.calendar_at(mark).status(date(2026, 10, 9)).working for mark in (first, second, third)]
    assert working == [True, False, True]


@pytest.mark.parametrize("mark", ["", "1", "x.y", "999999.0", "-1.0"])
def test_an_unknown_version_is_an_error(mark):
    with pytest.raises(Exception, match=r"version|does not exist"):
        queries.calendar_at(mark)


def test_the_calendar_is_read_once_and_then_remembered(django_assert_num_queries):
    current()
    with django_assert_num_queries(0):
        queries.current_calendar()


def test_other_processes_see_a_change_when_their_memory_is_old(monkeypatch):
    current()
    override(EDITOR, **TYPHOON)  # in this transaction nothing is committed, so this process still remembers
    assert queries.current_calendar().status(date(2026, 10, 9)).working
    monkeypatch.setattr(queries, "FRESH_SECONDS", 0.0)
    assert not queries.current_calendar().status(date(2026, 10, 9)).working


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "party"}, "kind"),
        ({"reason": "  "}, "reason"),
        ({"reason": "长" * 61}, "reason"),
        ({"basis": ""}, "basis"),
        ({"basis": "长" * 301}, "basis"),
    ],
)
def test_refusals(change, field):
    with pytest.raises(Refused) as caught:
        override(EDITOR, **{**TYPHOON, **change})
    assert caught.value.field == field
    assert not CalendarDay.objects.exists()


def test_nobody_without_the_right_may_change_a_day():
    with pytest.raises(Refused) as caught:
        override(Actor(kind="person", account_id=8), **TYPHOON)
    assert caught.value.status == 403


def test_the_record_of_changes_cannot_be_edited():
    override(EDITOR, **TYPHOON)
    for act in (lambda: CalendarChange.objects.update(kind=""), lambda: CalendarChange.objects.all().delete()):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            act()
