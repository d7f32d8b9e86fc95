"""From a run to a task: searched in the background, inputs frozen, opened to the cases, planned or dismissed, later compared."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from linli.base.actor import system
from linli.base.clockwork import frozen
from linli.base.commands import Refused
from linli.base.scope import enter
from linli.insight.hotspots import commands, queries, reckoning
from linli.insight.hotspots.models import Hotspot, HotspotInput, HotspotRun
from linli.insight.hotspots.tasks import run as job
from linli.insight.indicators.models import CaseDaily
from linli.matters.cases.models import Case
from linli.matters.prevention import commands as prevention
from linli.matters.prevention.models import Prevention
from linli.places.regions.models import Region
from tests.cast import GRID, GRID_2, GRID_THERE, HERE, MONDAY, STREET, Cast, square
from tests.matters.cases.stories import filed

TODAY = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
LAST = date(2026, 5, 31)
TOPIC = "utilities.sewer"


def daily(region: str, day: date, number: int, category: str = TOPIC) -> None:
    row, _made = CaseDaily.objects.get_or_create(
        grain=CaseDaily.Grain.TOPIC, region_code=region, dimension=category, day=day
    )
    CaseDaily.objects.filter(pk=row.pk).update(filed=row.filed + number)


def year(cast: Cast) -> None:
    """A quiet year of three grids, and many calls about sewers in one of them during two weeks of April."""
    enter(system("test"))
    for week in range(52):
        day = LAST - timedelta(days=7 * week + 3)
        for grid in (GRID, GRID_2, GRID_THERE):
            daily(grid, day, 1)
    for days in range(14):
        daily(GRID, date(2026, 4, 6) + timedelta(days=days), 2 + (days % 2), TOPIC)


def asked(cast: Cast, **given: Any) -> HotspotRun:
    with frozen(TODAY):
        row: HotspotRun = commands.run(cast.leader, region_code=STREET, **given)
        job(row.pk)
    enter(system("test"))
    return HotspotRun.objects.get(pk=row.pk)


@pytest.fixture(autouse=True)
def _inline(monkeypatch: pytest.MonkeyPatch) -> None:
    """The queue takes the job; the test works it off itself."""
    monkeypatch.setattr(job, "defer", lambda **_given: 1)


def test_a_run_freezes_what_it_looked_at_and_finds_the_spot(cast: Cast) -> None:
    year(cast)
    row = asked(cast)
    assert (row.state, row.last, row.first, row.topics) == ("done", LAST, date(2025, 6, 2), 1)
    assert row.parameters["scan"]["replicates"] == row.done == 99
    assert row.cases == 52 * 3 + 35
    spot = Hotspot.objects.get(run=row, kind="spot")
    assert spot.region_codes == [GRID]
    assert spot.first is not None
    assert spot.last is not None
    assert spot.first <= date(2026, 4, 13) <= spot.last
    assert spot.p <= 0.05
    assert spot.by_grid == {GRID: spot.cases}
    assert sum(spot.counts) == 52 + 35
    kept = bytes(HotspotInput.objects.get(run=row).content)
    assert reckoning.digest(kept) == row.digest
    CaseDaily.objects.all().delete()
    again, _topics, _zones = reckoning.spots(reckoning.Inputs.thawed(kept), row.parameters["scan"], row.seed)
    assert [one["p"] for one in again] == [spot.p]


def test_no_case_is_counted_by_a_run(cast: Cast) -> None:
    year(cast)
    with frozen(TODAY):
        row = commands.run(cast.leader, region_code=STREET)
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as asked_of:
        job(row.pk)
    assert not [query["sql"] for query in asked_of.captured_queries if "cases_case" in query["sql"]]


def test_a_season_is_found_in_whole_years(cast: Cast) -> None:
    enter(system("test"))
    for back in range(1, 3):
        for month, number in zip(range(1, 13), [14, 2, 1, 1, 0, 1, 0, 1, 0, 1, 12, 15], strict=True):
            daily(GRID, date(2026 - back, month, 9), number, "utilities.heating")
    daily(GRID, date(2024, 1, 1), 1, "noise.home")
    with frozen(datetime(2026, 1, 5, tzinfo=UTC)):
        row = commands.run(cast.leader, region_code=STREET)
        job(row.pk)
    found = Hotspot.objects.get(run=row, kind="season")
    assert (queries.when(found), found.years, found.returned) == ("11月至1月", 2, 2)
    assert found.region_codes == [HERE]
    assert found.cases == 82
    assert "是平均月份的" in queries.evidence(found)


def test_what_cannot_be_run_is_refused(cast: Cast) -> None:
    with frozen(TODAY):
        for region, words in ((GRID, "街道或社区"), ("110106999", "街道或社区"), ("110106010", "街道或社区")):
            with pytest.raises(Refused, match=words):
                commands.run(cast.leader, region_code=region)
        with pytest.raises(Refused, match="昨天"):
            commands.run(cast.leader, region_code=STREET, last=TODAY.date())
        commands.run(cast.leader, region_code=STREET)
        with pytest.raises(Refused, match="正在运算"):
            commands.run(cast.leader, region_code=STREET)
        with pytest.raises(Refused, match="没有办理这项操作的权限"):
            commands.run(cast.secretary, region_code=HERE)


def spot_of(cast: Cast) -> Hotspot:
    year(cast)
    return Hotspot.objects.select_related("run").get(run=asked(cast), kind="spot")


def test_it_opens_to_exactly_the_cases_the_viewer_may_see(cast: Cast) -> None:
    spot = spot_of(cast)
    assert spot.first is not None
    inside = []
    for place in ("here", "here", "there"):
        row = filed(cast, text="下水道堵了，污水冒出来", there=place == "there")
        Case.objects.filter(pk=row.pk).update(category=TOPIC, filed_on=spot.first)
        inside += [row.pk] if place == "here" else []
    found = filed(cast, text="巡查看到井盖冒水", proactive=True, channel="patrol")
    Case.objects.filter(pk=found.pk).update(category=TOPIC, filed_on=spot.first)
    assert sorted(queries.cases_behind(cast.leader, spot).values_list("pk", flat=True)) == sorted(inside)
    assert not queries.cases_behind(cast.neighbour, spot).exists()
    assert not queries.visible_to(cast.neighbour).exists()
    enter(cast.neighbour)
    assert Hotspot.objects.count() == HotspotInput.objects.count() == 0
    assert HotspotRun.objects.count() == 1, "that the street was searched is no secret in it"


def test_planned_it_becomes_a_task_and_only_once(cast: Cast) -> None:
    spot = spot_of(cast)
    with frozen(TODAY):
        given: dict[str, Any] = {
            "title": "疏通第一网格下水管道", "text": "请排水集团全线疏通，公示。", "owner": cast.organisations["here"].pk,
            "until": date(2026, 6, 20),
        }  # fmt: skip
        task = commands.plan(cast.leader, spot.pk, **given)
        with pytest.raises(Refused, match="已经研判过"):
            commands.plan(cast.leader, spot.pk, **given)
        with pytest.raises(Refused, match="已经研判过"):
            commands.dismiss(cast.leader, spot.pk, reason="重复来电")
    row = Prevention.objects.get(pk=task)
    assert (row.region_codes, row.category, row.origin) == ([GRID], TOPIC, "hotspot")
    assert "通常约" in row.evidence
    spot.refresh_from_db()
    assert (spot.state, spot.task_id, spot.decided_by) == ("planned", task, "凌主任")


def test_dismissed_with_a_reason(cast: Cast) -> None:
    spot = spot_of(cast)
    for reason in ("", "不"):
        with pytest.raises(Refused) as refused:
            commands.dismiss(cast.leader, spot.pk, reason=reason)
        assert refused.value.field == "reason"
    commands.dismiss(cast.leader, spot.pk, reason="同一次管道抢修，已经修好，来电 13800138000")
    spot.refresh_from_db()
    assert spot.state == "dismissed"
    assert "13800138000" not in spot.reason
    enter(cast.neighbour)
    with pytest.raises(Refused, match="没有找到"):
        commands.dismiss(_with_right(cast), spot.pk, reason="与我无关")


def _with_right(cast: Cast) -> Any:
    from dataclasses import replace

    return replace(cast.neighbour, rights=cast.neighbour.rights | {"hotspots.dismiss"})


def finished(cast: Cast, spot: Hotspot) -> None:
    with frozen(TODAY):
        task = commands.plan(
            cast.leader, spot.pk, title="疏通第一网格下水管道", text="请排水集团全线疏通。",
            owner=cast.organisations["here"].pk, until=date(2026, 6, 20),
        )  # fmt: skip
        prevention.accept(cast.secretary, task)
        prevention.carry_out(cast.secretary, task, note="已全线疏通")
    spot.refresh_from_db()


def test_the_effect_waits_then_says_that_nothing_is_comparable(cast: Cast) -> None:
    spot = spot_of(cast)
    assert queries.effect_of(spot) is None
    finished(cast, spot)
    with frozen(TODAY + timedelta(days=10)):
        told = queries.effect_of(spot)
    assert told is not None
    assert (told["from"], told["told"]) == (date(2026, 7, 28), None)
    with frozen(TODAY + timedelta(days=80)):
        told = queries.effect_of(spot)
    assert told is not None
    assert told["told"].difference is None, "three grids in all: too few to compare with"


def test_the_effect_is_measured_against_grids_like_it(cast: Cast) -> None:
    spot = spot_of(cast)
    others = [f"{HERE}{number}" for number in range(101, 107)]
    Region.objects.bulk_create(
        Region(
            code=code, name=code, short_name=code, polygon=square(116.3, 39.8), west=116.3, south=39.8, east=116.31,
            north=39.81, longitude=116.3, latitude=39.8, area=1.0, valid_from=date(2020, 1, 1), updated_at=MONDAY,
        )
        for code in others
    )  # fmt: skip
    for week in range(8):
        before, after = date(2026, 5, 31) - timedelta(days=7 * week), date(2026, 6, 4) + timedelta(days=7 * week)
        daily(GRID, before, 4)
        for code in others:
            daily(code, before, 8)
            daily(code, after, 8)
    finished(cast, spot)
    with frozen(TODAY + timedelta(days=80)):
        told = queries.effect_of(spot)
        enter(cast.secretary)
        seen = queries.effect_of(queries.visible_to(cast.secretary).get(pk=spot.pk))
    assert told is not None
    assert seen is not None
    assert seen["told"] == told["told"], "the same figures for whoever may see the hot spot"
    compared = told["told"]
    assert compared.others == tuple(others)
    assert (compared.after, compared.sure) == (0, True)
    assert compared.high < 0


def test_the_pages(cast: Cast) -> None:
    leader = cast.client("leader")
    assert "还没有算过" in leader.get("/hotspots/").content.decode()
    spot = spot_of(cast)
    run = spot.run
    with frozen(TODAY):
        shown = leader.get("/hotspots/?q=下水&kind=spot&sort=-cases").content.decode()
        assert f"/hotspots/{spot.pk}/" in shown
        assert "没有符合条件" in leader.get("/hotspots/?kind=season").content.decode()
        assert "下水" in leader.get("/hotspots/export.csv").getvalue().decode()  # type: ignore[attr-defined]
        assert "时空置换扫描统计量" in leader.get(f"/hotspots/run/{run.pk}/").content.decode()
        assert "已完成" in leader.get(f"/hotspots/run/{run.pk}/progress/").content.decode()
        page = f"/hotspots/{spot.pk}/"
        assert leader.post(page, {"act": "plan", "title": "疏通", "text": ""}).status_code == 422
        assert leader.post(page, {"act": "nothing"}).status_code == 404
        sent = {
            "act": "plan", "title": "疏通第一网格下水管道", "text": "请排水集团全线疏通。",
            "owner": cast.organisations["here"].pk, "until": "2026-06-20",
        }  # fmt: skip
        assert leader.post(page, sent | {"until": "2020-01-01"}).status_code == 422
        answer = leader.post(page, sent)
        assert answer.status_code == 302
        assert "/prevention/task/W" in answer["Location"]
        assert "任务办完以后才能比较效果" in cast.client("secretary").get(page).content.decode()
        assert cast.client("neighbour").get(page).status_code == 404
        assert f"{run.cases} 件" not in cast.client("neighbour").get(f"/hotspots/run/{run.pk}/").content.decode()
        assert f"{run.cases} 件" in leader.get(f"/hotspots/run/{run.pk}/").content.decode()
        assert cast.client("clerk").get("/hotspots/").status_code == 404
        numbers = cast.client("auditor").get(page).content.decode()
        assert "您只能看数字" in numbers
        assert leader.post("/hotspots/", {"region": STREET}).status_code == 302
        assert "可以离开这一页" in leader.get("/hotspots/").content.decode()
        assert leader.post("/hotspots/", {"region": STREET}).status_code == 422
        assert cast.client("secretary").post("/hotspots/", {"region": HERE}).status_code == 404
