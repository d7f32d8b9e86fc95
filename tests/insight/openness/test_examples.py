"""Solved examples (consent, an editor's own words, four eyes), and the public list of what is hung up."""

from datetime import date
from typing import Any

import pytest

from linli.base.actor import system
from linli.base.commands import Refused
from linli.base.scope import enter
from linli.insight.openness import commands, queries
from linli.insight.openness.models import Example
from linli.matters.cases import commands as cases
from linli.matters.prevention.queries import today
from tests.cast import Cast
from tests.matters.cases.stories import PHONE, closed, handling

ORIGINAL = "三号楼二单元门口的声控灯不亮已经有一个星期了，家里老人晚上不敢出门。"


def written(cast: Cast, **given: Any) -> Example:
    row = closed(cast, text=ORIGINAL, category="property.repairs")
    facts: dict[str, Any] = {
        "title": "楼门口的灯又亮了", "raised": "居民说夜里楼门口太黑，老人出门不便。",
        "done": f"社区当天请电工更换灯头，并查了全院楼道灯。联系 {PHONE}，3号楼2单元。",
        "consent": "telephone", "consented_on": today(),
    }  # fmt: skip
    return commands.write(cast.secretary, row.pk, **{**facts, **given})


def test_written_by_one_approved_by_another_then_public(cast: Cast) -> None:
    row = written(cast)
    assert PHONE not in row.done
    assert "2单元" not in row.done
    visitor = cast.client()
    assert "楼门口的灯又亮了" not in visitor.get("/open/examples/").content.decode()
    enter(system("test"))
    commands.approve(cast.leader, row.pk)
    page = visitor.get("/open/examples/").content.decode()
    assert "楼门口的灯又亮了" in page
    for secret in (row.case.proceeding.number, "张三丰", PHONE, "声控灯", "舒书记"):
        assert secret not in page
    enter(system("test"))
    commands.take_down(cast.secretary, row.pk, reason="诉求人不愿再公开")
    assert "楼门口的灯又亮了" not in visitor.get("/open/examples/").content.decode()


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"raised": ORIGINAL}, "raised"),
        ({"raised": "他说三号楼二单元门口的声控灯不亮已经很久"}, "raised"),
        ({"title": ""}, "title"),
        ({"consent": ""}, "consent"),
        ({"consented_on": date(2020, 1, 1)}, "consented_on"),
        ({"consented_on": date(2099, 1, 1)}, "consented_on"),
    ],
)
def test_without_consent_or_in_the_reporters_words_it_is_refused(
    cast: Cast, changed: dict[str, Any], field: str
) -> None:
    with pytest.raises(Refused) as refused:
        written(cast, **changed)
    assert refused.value.field == field
    assert not Example.objects.exists()


def test_only_what_the_reporter_calls_resolved(cast: Cast) -> None:
    row = handling(cast)
    with pytest.raises(Refused, match="诉求人说已解决"):
        commands.write(
            cast.secretary, row.pk, title="标题", raised="夜里太黑", done="换了", consent="visit", consented_on=today()
        )


def test_nobody_approves_their_own(cast: Cast) -> None:
    from dataclasses import replace

    row = written(cast)
    own = replace(cast.secretary, rights=cast.secretary.rights | {"openness.approve"})
    with pytest.raises(Refused, match="不能审核自己"):
        commands.approve(own, row.pk)
    with pytest.raises(Refused, match="没有办理这项操作的权限"):
        commands.approve(cast.dispatcher, row.pk)
    commands.approve(cast.leader, row.pk)
    with pytest.raises(Refused, match="不能审核"):
        commands.approve(cast.leader, row.pk)


def test_the_neighbour_sees_no_draft(cast: Cast) -> None:
    row = written(cast)
    assert not queries.visible_to(cast.neighbour).exists()
    enter(cast.neighbour)
    assert not Example.objects.exists()
    with pytest.raises(Refused, match="没有找到"):
        commands.take_down(cast.neighbour, row.pk, reason="与我无关的")


def test_the_pages(cast: Cast) -> None:
    row = closed(cast, text=ORIGINAL, category="property.repairs")
    secretary, leader = cast.client("secretary"), cast.client("leader")
    sent = {
        "number": "X", "title": "楼门口的灯又亮了", "raised": "居民说夜里楼门口太黑。", "done": "换了灯头。",
        "consent": "visit", "consented_on": str(today()),
    }  # fmt: skip
    assert secretary.post("/openness/examples/write/", sent).status_code == 422
    answer = secretary.post("/openness/examples/write/", sent | {"number": row.number})
    assert answer.status_code == 302
    page = answer["Location"]
    assert "楼门口的灯又亮了" in secretary.get("/openness/examples/?q=灯&state=written").content.decode()
    assert "没有符合条件" in secretary.get("/openness/examples/?state=approved").content.decode()
    assert "当面同意" in secretary.get("/openness/examples/export.csv").getvalue().decode()  # type: ignore[attr-defined]
    assert secretary.post(page, {"act": "approve"}).status_code == 403
    assert "审核通过" in leader.get(page).content.decode()
    assert leader.post(page, {"act": "approve"}).status_code == 302
    assert leader.post(page, {"reason": ""}).status_code == 422
    assert leader.post(page, {"reason": "诉求人不愿再公开"}).status_code == 302
    assert cast.client("neighbour").get(page).status_code == 404


def test_hang_ups_say_why_and_when_and_never_who_or_which_door(cast: Cast) -> None:
    row = handling(cast, text="加装电梯一直没有动静", category="property.elevator")
    until = date(today().year + 1, 6, 1)
    cases.hang_up(
        cast.secretary,
        row.pk,
        reason="funds",
        promise=f"六月前完成3号楼1单元招标，电话 {PHONE}",
        until=until,
        note="资金六月到位",
    )
    visitor = cast.client()
    page = visitor.get("/open/hang-ups/").content.decode()
    assert "北大街北里" in page
    assert str(until) in page
    for secret in (row.number, PHONE, "1单元", "张三丰", "加装电梯一直没有动静", "第一网格"):
        assert secret not in page, secret
    sheet = visitor.get("/open/hang-ups.csv").getvalue().decode()  # type: ignore[attr-defined]
    assert "北大街北里" in sheet
    assert row.number not in sheet
    assert "北大街北里" in visitor.get("/open/hang-ups/?street=nowhere").content.decode()
    enter(system("test"))
    cases.lift(cast.secretary, row.pk, note="资金到位，开始施工")
    assert "现在没有挂账的事" in visitor.get("/open/hang-ups/").content.decode()
