"""The calendar's pages: what a year shows, who may change a day, and what a mistake looks like."""

from datetime import UTC, date, datetime

import pytest

from linli.base.actor import system
from linli.base.calendar import queries
from linli.base.calendar.grid import special_days, working_days, year_grid
from linli.base.calendar.models import CalendarDay
from linli.base.clockwork import frozen
from linli.base.policies.commands import ship
from linli.base.scope import enter

TYPHOON = {"kind": "holiday", "reason": "台风停工", "basis": "区防汛办通知〔2026〕9号"}
DAY = "/calendar/2026/10/9/"


@pytest.fixture(autouse=True)
def ground(cast):
    ship(system("test"))
    queries.forget()
    with frozen(datetime(2026, 10, 8, 2, 0, tzinfo=UTC)):
        yield


def test_the_year_laid_out():
    calendar = queries.current_calendar()
    grid = year_grid(calendar, 2026)
    squares = [square for month in grid for week in month for square in week if square]
    assert len(grid) == 12
    assert all(len(week) == 7 for month in grid for week in month)
    first = date(2026, 1, 1).toordinal()
    assert [square.day.toordinal() for square in squares] == list(range(first, first + 365))
    assert squares[0].day == date(2026, 1, 1)
    assert squares[-1].day == date(2026, 12, 31)
    by_day = {square.day: square for square in squares}
    marks = [by_day[date(2026, 10, number)].mark for number in (1, 10, 11, 12)]
    assert marks == ["休", "班", "", ""]
    assert working_days(calendar, 2026) == sum(square.working for square in squares) == 248


def test_special_days_are_joined_into_stretches():
    stretches = special_days(queries.current_calendar(), 2026)
    assert ["春节放假", 9] in [[each.reason, each.length] for each in stretches]
    assert sum(each.length for each in stretches) == 33 + 6
    assert stretches == sorted(stretches, key=lambda each: each.first)


def test_the_page_shows_the_year_and_its_source(cast):
    page = cast.client("policy_editor").get("/calendar/?year=2026")
    text = page.content.decode()
    assert page.status_code == 200
    assert "《国务院办公厅关于2026年部分节假日安排的通知》" in text
    assert "全年248天" in text
    assert text.count("<caption>") + text.count("<caption ") >= 12
    assert DAY in text


@pytest.mark.parametrize(
    ("query", "shown"),
    [("", "2026"), ("?year=2025", "2025"), ("?year=x", "2026"), ("?year=9999", "2026"), ("?year=٢٠٢٥", "2026")],
)
def test_other_years(cast, query, shown):
    text = cast.client("policy_editor").get(f"/calendar/{query}").content.decode()
    assert f"《国务院办公厅关于{shown}年部分节假日安排的通知》" in text


def test_a_year_not_yet_published_says_so(cast):
    assert "2027年的放假安排尚未公布" in cast.client("policy_editor").get("/calendar/?year=2027").content.decode()


def test_a_day_is_changed_and_given_back(cast):
    client = cast.client("policy_editor")
    assert "公布的安排" in client.get(DAY).content.decode()
    assert client.post(DAY, TYPHOON).status_code == 302
    enter(system("test"))
    assert CalendarDay.objects.get().reason == "台风停工"
    queries.forget()
    year = client.get("/calendar/?year=2026").content.decode()
    assert "台风停工" in year
    assert "区防汛办通知〔2026〕9号" in year
    assert 'value="台风停工"' in client.get(DAY).content.decode()
    assert client.post(DAY + "clear/").status_code == 302
    assert client.post(DAY + "clear/").status_code == 302  # pressed twice: says so, does nothing
    enter(system("test"))
    assert not CalendarDay.objects.exists()


@pytest.mark.parametrize("change", [{"reason": ""}, {"basis": ""}, {"kind": "x"}, {"reason": "长" * 61}])
def test_a_mistake_keeps_what_was_typed(cast, change):
    answer = cast.client("policy_editor").post(DAY, {**TYPHOON, **change})
    assert answer.status_code == 422
    kept = {**TYPHOON, **change}
    assert all(kept[name] in answer.content.decode() for name in ("reason", "basis"))
    enter(system("test"))
    assert not CalendarDay.objects.exists()


@pytest.mark.parametrize("day", ["2026/2/30", "2026/13/1", "0/1/1", "99999/1/1"])
def test_days_that_do_not_exist(cast, day):
    assert cast.client("policy_editor").get(f"/calendar/{day}/").status_code == 404


@pytest.mark.parametrize("who", ["grid_worker", "neighbour", "dispatcher", "sysadmin"])
def test_others_may_not(cast, who):
    client = cast.client(who)
    assert client.get(DAY).status_code == 404
    assert client.post(DAY, TYPHOON).status_code == 404
    assert client.post(DAY + "clear/").status_code == 404


def test_nobody_is_sent_to_sign_in(cast):
    answer = cast.client().get("/calendar/")
    assert answer.status_code == 302
    assert "next=" in answer["Location"]
