"""Months are the sums of their days: whatever the period, a figure read by months is the one read by days."""

import random
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from linli.base.actor import system
from linli.base.scope import enter
from linli.insight.indicators import commands as indicators
from linli.insight.indicators import queries
from linli.insight.indicators.queries import Period
from linli.matters.cases import commands
from linli.matters.cases.models import Case
from tests.cast import HERE, POINT_HERE, STREET

START = date(2025, 1, 1)
DAYS = st.dates(min_value=START, max_value=date(2027, 12, 31))


@given(DAYS, DAYS)
def test_whole_months_lie_in_the_period_and_leave_its_latest_month_to_days(one, other):
    period = Period(min(one, other), max(one, other))
    months = queries.whole_months(period)
    if months is None:
        assert (period.last - period.first).days <= queries.DAILY_MOST
        return
    assert period.first <= months.first <= months.last < period.last
    assert months.first.day == 1 and (months.last + timedelta(days=1)).day == 1
    assert months.last + timedelta(days=1) == period.last.replace(day=1)
    assert (months.first - period.first).days < 31


def test_a_figure_read_by_months_is_the_one_read_by_days(cast):
    chance = random.Random(3)
    cases = [
        commands.file(cast.call_taker, text="下水道堵了", channel="telephone", longitude=x, latitude=y)["id"]
        for x, y in 6 * [POINT_HERE]
    ]
    enter(system("test"))
    days = {}
    for move in range(60):
        if move == 40:
            indicators.compact(system("test"))
        one = chance.choice(cases)
        days[one] = START + timedelta(days=chance.randrange(700)), chance.choice(["noise", "property.repairs", ""])
        Case.objects.filter(pk=one).update(filed_on=days[one][0], category=days[one][1])
    assert len(days) == len(cases)
    for _ in range(25):
        first = START + timedelta(days=chance.randrange(500))
        period = Period(first, first + timedelta(days=chance.randrange(500)))
        inside = [(day, category) for day, category in days.values() if period.first <= day <= period.last]
        by_region, by_day = queries.by_region_and_day(STREET, period, 12)
        assert by_region == queries.by_region(STREET, period, 12)
        assert by_day == queries.by_day(STREET, period)
        assert by_region.get(HERE, {}).get("filed", 0) == len(inside)
        assert sum(row["filed"] for row in by_day.values()) == len(inside)
        latest = sum(1 for day, _ in inside if day == period.last)
        assert by_day.get(period.last.isoformat(), {}).get("filed", 0) == latest
        topics = queries.by_category(STREET, period)
        for top, code in (("property", "property.repairs"), ("noise", "noise"), ("", "")):
            assert topics.get(top, {}).get("filed", 0) == sum(1 for _, category in inside if category == code)
