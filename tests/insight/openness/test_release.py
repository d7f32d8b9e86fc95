"""A month is told once and for good; what stands on the public pages is what was released, and no more."""

import csv
import io
from datetime import UTC, date, datetime
from typing import Any

import pytest

from linli.base.actor import system
from linli.base.clockwork import frozen
from linli.base.commands import Refused
from linli.base.scope import enter
from linli.insight.indicators.models import CaseDaily
from linli.insight.openness import commands, queries
from linli.insight.openness.models import Release
from tests.cast import HERE, STREET, THERE, Cast

APRIL = datetime(2026, 4, 10, 2, 0, tzinfo=UTC)
MARCH = date(2026, 3, 1)


def counted(here: int = 40, there: int = 25, **more: int) -> None:
    """Complaints of March in both communities, by place and by topic."""
    enter(system("test"))
    day = date(2026, 3, 9)
    CaseDaily.objects.create(grain=1, region_code=f"{HERE}001", day=day, filed=here, **more)
    CaseDaily.objects.create(grain=1, region_code=f"{THERE}001", day=day, filed=there)
    CaseDaily.objects.create(grain=2, region_code=HERE, dimension="property", day=day, filed=here, **more)
    CaseDaily.objects.create(grain=2, region_code=THERE, dimension="noise", day=day, filed=there)


def released(cast: Cast, **given: Any) -> Release:
    with frozen(APRIL):
        row: Release = commands.release(cast.leader, **{"region_code": STREET, "month": MARCH, **given})
    return row


def sheet(answer: Any) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))


def test_what_is_released_is_frozen(cast: Cast) -> None:
    counted(
        answered=40, answered_late=12, reachable=30, contacted=30, resolved=18, satisfied=10, basic=10, dissatisfied=10
    )
    row = released(cast, note="三月起加派了夜间巡查")
    counted_later = CaseDaily.objects.get(grain=1, region_code=f"{HERE}001")
    counted_later.filed += 100
    counted_later.save()
    visitor = cast.client()
    page = visitor.get(f"/open/{STREET}/2026-03/").content.decode()
    assert "加派了夜间巡查" in page
    assert ">65<" in page.replace(" ", "").replace("\n", "")
    lines = sheet(visitor.get(f"/open/{STREET}/2026-03.csv"))
    assert ["总数", "受理", "65"] in lines
    assert ["按社区", "北大街北里", "40"] in lines
    assert ["比率", "解决率", "60.0%"] in lines
    assert ["比率", "响应率", "—"] in lines, "nobody was not contacted, and that is a small number too"
    assert lines[0] == ["表", "项目", "数"]
    assert row.tables["stars"]["communities"]["whole"] == 65


def test_small_numbers_stay_inside_and_so_does_what_would_tell_them(cast: Cast) -> None:
    counted(here=60, there=4)
    row = released(cast)
    enter(system("test"))
    assert row.tables["stars"]["communities"]["parts"] == {HERE: None, THERE: None}
    assert row.tables["stars"]["categories"]["parts"]["noise"] is None
    text = cast.client().get(f"/open/{STREET}/2026-03/").content.decode()
    assert ">4<" not in text
    assert ">60<" not in text


def test_a_month_is_told_once(cast: Cast) -> None:
    counted()
    row = released(cast)
    with pytest.raises(Refused, match="只公开一次"):
        released(cast)
    commands.withdraw(cast.leader, row.pk, reason="说明写错了")
    with pytest.raises(Refused, match="只公开一次"):
        released(cast)
    with pytest.raises(Refused, match="已经撤下"):
        commands.withdraw(cast.leader, row.pk, reason="再撤一次")
    assert cast.client().get(f"/open/{STREET}/2026-03/").status_code == 404
    assert cast.client().get("/open/?month=2026-03").status_code == 404
    enter(cast.nobody)
    assert Release.objects.count() == 0


@pytest.mark.parametrize(
    ("who", "given", "words"),
    [
        ("leader", {"month": date(2026, 4, 1)}, "以后才能公开"),
        ("leader", {"region_code": HERE}, "请选一个街道"),
        ("leader", {"region_code": "110106999"}, "请选一个街道"),
        ("secretary", {}, "没有办理这项操作的权限"),
    ],
)
def test_what_cannot_be_told_is_refused(cast: Cast, who: str, given: dict[str, Any], words: str) -> None:
    with frozen(APRIL), pytest.raises(Refused, match=words):
        commands.release(getattr(cast, who), **{"region_code": STREET, "month": MARCH, **given})
    assert not Release.objects.exists()


def test_the_public_sees_released_periods_only(cast: Cast) -> None:
    visitor = cast.client()
    assert "还没有公开过" in visitor.get("/open/").content.decode()
    assert visitor.get(f"/open/{STREET}/2026-03/").status_code == 404
    assert visitor.get(f"/open/{STREET}/2026-03.csv").status_code == 404
    for wrong in ("2026-13", "march", "2026-3-1"):
        assert visitor.get(f"/open/{STREET}/{wrong}/").status_code == 404
        assert visitor.get(f"/open/?month={wrong}").status_code == 404
    counted()
    released(cast)
    shown = visitor.get("/open/").content.decode()
    assert "丰台街道" in shown
    assert "不是名次" in shown
    assert sheet(visitor.get("/open/month.csv?month=2026-03"))[1][:3] == ["2026-03", "丰台街道", "65"]


def test_the_pages_of_the_office(cast: Cast) -> None:
    counted()
    leader = cast.client("leader")
    with frozen(APRIL):
        assert "2026-03" in leader.get("/openness/").content.decode()
        assert "2026-02" not in leader.get("/openness/?q=2026-03").content.decode()
        assert "未公开" in leader.get("/openness/export.csv").getvalue().decode()  # type: ignore[attr-defined]
        page = "/openness/2026/3/"
        assert "下面就是居民将看到的样子" in leader.get(page).content.decode()
        assert cast.client("dispatcher").post(page, {"note": ""}).status_code == 404
        assert leader.post(page, {"note": ""}).status_code == 302
        assert leader.post(page, {"reason": ""}).status_code == 422
        assert leader.post(page, {"reason": "说明写错了"}).status_code == 302
        assert "撤下的月份不能再公开" in leader.get(page).content.decode()
        assert leader.post(page, {"note": ""}).status_code == 404
        assert leader.get("/openness/2026/5/").status_code == 404
        assert leader.get("/openness/2026/13/").status_code == 404
        assert cast.client("clerk").get("/openness/").status_code == 404
    assert queries.public_releases().count() == 0
