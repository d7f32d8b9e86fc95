"""What everybody may see: a leader releases a month, a visitor reads it, takes the sheet, reads it in English."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from linli.insight.indicators.models import CaseDaily
from linli.matters.prevention.queries import today
from tests.cast import GRID, GRID_THERE, HERE, STREET, THERE
from tests.journeys.conftest import WIDE


@pytest.fixture
def month(stage, size):
    """A month with enough complaints in it, not released yet: what is told once stays, so the phone has a later one."""
    first = today().replace(day=1)
    for _back in range(3 if size == WIDE else 2):
        first = (first - timedelta(days=1)).replace(day=1)
    with stage.ground():
        CaseDaily.objects.filter(day=first).delete()
        for region, place, number in ((GRID, HERE, 43), (GRID_THERE, THERE, 21)):
            CaseDaily.objects.create(
                grain=1, region_code=region, day=first, filed=number, reachable=number, resolved=number // 2
            )
            CaseDaily.objects.create(grain=2, region_code=place, dimension="property", day=first, filed=number)
    return first


def test_a_leader_releases_a_month_and_a_visitor_reads_it(enter, axe, month, tmp_path: Path):
    leader = enter("leader")
    leader.goto("/openness/")
    axe(leader)
    leader.goto(f"/openness/{month.year}/{month.month}/")
    expect(leader.locator("main")).to_contain_text("下面就是居民将看到的样子")
    axe(leader)
    leader.get_by_role("button", name="公开", exact=True).click()
    expect(leader.locator(".page-meta")).to_contain_text("已公开")
    visitor = enter()
    visitor.goto("/")
    visitor.get_by_role("link", name="大家的事办得怎么样").click()
    expect(visitor.get_by_role("link", name="丰台街道")).to_be_visible()
    axe(visitor)
    with visitor.expect_download() as coming:
        visitor.get_by_role("link", name="下载 CSV").click()
    sheet = tmp_path / "open.csv"
    coming.value.save_as(sheet)
    assert ",丰台街道,64," in sheet.read_text(encoding="utf-8-sig")
    visitor.get_by_role("link", name="丰台街道").click()
    expect(visitor).to_have_url(re.compile(f"/open/{STREET}/{month:%Y-%m}/"))
    expect(visitor.locator("main")).to_contain_text("北大街北里")
    axe(visitor)
    for address in ("/open/hang-ups/", "/open/examples/"):
        visitor.goto(address)
        axe(visitor)
