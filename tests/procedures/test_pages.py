"""The engine's pages: procedures drawn from their definition, why it is due then, the record and its chain."""

import re
from datetime import timedelta
from html import unescape
from typing import Any
from xml.etree import ElementTree

import pytest
from django.db import connection

from linli.base import policies
from linli.base.clockwork import frozen
from linli.matters.cases import commands
from linli.procedures.definitions import definition, parse
from linli.procedures.diagram import arrows, draw, layers, place
from linli.procedures.models import Proceeding
from tests.cast import MONDAY, Cast
from tests.matters.cases.stories import handling, proceeding


def page(cast: Cast, who: str, address: str) -> str:
    answer = cast.client(who).get(address)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def test_the_list_leads_to_each_procedure(cast: Cast) -> None:
    content = page(cast, "dispatcher", "/procedures/")
    assert "诉求办理" in content
    assert "/procedures/case/" in content
    content = page(cast, "auditor", "/procedures/case/")
    for word in ("待派单", "二次办理", "答应居民的时间", "7 天", "不在本单位职责清单内", "北京市接诉即办工作条例"):
        assert word in content, word
    assert cast.client("dispatcher").get("/procedures/nonsense/").status_code == 404
    assert cast.client("volunteer").get("/procedures/").status_code == 404
    assert cast.client().get("/procedures/").status_code == 302


def test_every_step_and_every_way_is_drawn(cast: Cast) -> None:
    shape = definition(policies.load("procedure.case").id)
    drawing = ElementTree.fromstring(str(draw(shape)))
    texts = [text.text or "" for text in drawing.iter() if text.tag in ("text", "tspan")]
    assert all(step.name in texts for step in shape.steps.values())
    ways = arrows(shape)
    assert ("answered", "dispatched") in ways
    assert ways["handling", "answered"] == ["答复"]
    assert {name for names in ways.values() for name in names} <= set(texts)
    assert "style" not in str(draw(shape))


def test_boxes_never_cover_each_other_and_the_way_goes_right(cast: Cast) -> None:
    shape = definition(policies.load("procedure.case").id)
    boxes = list(place(shape).values())
    for index, a in enumerate(boxes):
        for b in boxes[index + 1 :]:
            assert a.x != b.x or a.y + a.height <= b.y or b.y + b.height <= a.y
    depth = layers(shape)
    assert depth["filed"] == 0
    assert depth["filed"] < depth["dispatched"] < depth["handling"] < depth["answered"] < depth["closed"]


def test_any_procedure_can_be_drawn() -> None:
    """Steps that only lead back, names that are long, a single step with one way out."""
    data: dict[str, Any] = {
        "code": "x",
        "name": "<试>",
        "steps": [{"code": "a", "name": "一<b>", "plain": ""}, {"code": "z", "name": "完", "plain": "", "final": True}],
        "acts": [
            {"code": "o", "name": "开", "from": [], "to": "a"},
            {"code": "c", "name": "关&合", "from": ["a"], "to": "z"},
        ],
    }
    drawing = str(draw(parse(data)))
    ElementTree.fromstring(drawing)
    assert "一&lt;b&gt;" in drawing
    assert "关&amp;合" in drawing


def test_why_it_is_due_then_is_said_line_by_line(cast: Cast) -> None:
    with frozen(MONDAY):
        row = handling(cast)
        commands.extend(cast.secretary, row.pk, amount=2, note="等配件")
        content = page(cast, "secretary", f"/procedures/of/{row.number}/why/")
    assert row.number in content
    assert "办理答复" in content
    assert "联系诉求人" in content
    assert "procedure.case@1" in content
    lines = re.findall(r"<li[^>]*>([^<]+)</li>", content)
    assert any("延" in line for line in lines)
    assert "不一致" not in content
    with frozen(MONDAY + timedelta(hours=1)):
        commands.pause(cast.secretary, row.pk, reason="weather", note="暴雨")
        assert "已暂停计时" in page(cast, "secretary", f"/procedures/of/{row.number}/why/")


def test_a_stored_due_time_that_does_not_follow_from_the_facts_is_told(cast: Cast) -> None:
    row = handling(cast)
    proceeding(row.pk)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procedures_clock SET due_at = due_at + interval '1 day' WHERE proceeding_id = %s", [row.pk]
        )
    assert "与重新计算的不一致" in page(cast, "secretary", f"/procedures/of/{row.number}/why/")


def test_the_record_says_whether_its_chain_holds(cast: Cast) -> None:
    row = handling(cast, text="灯坏了")
    commands.measure(cast.secretary, row.pk, note="打了13912345678")
    content = page(cast, "secretary", f"/procedures/of/{row.number}/record/")
    assert "首尾相接" in content
    assert "派单" in content
    assert "舒书记" in content
    assert proceeding(row.pk).head in content
    assert "13912345678" not in content
    proceeding(row.pk)
    Proceeding.objects.filter(pk=row.pk).update(head="0" * 64)
    content = page(cast, "secretary", f"/procedures/of/{row.number}/record/")
    assert "首尾相接" not in content
    assert "记录与写下时不同" in content


@pytest.mark.parametrize("what", ["why", "record"])
def test_whoever_does_not_see_the_proceeding_sees_neither(cast: Cast, what: str) -> None:
    row = handling(cast)
    address = f"/procedures/of/{row.number}/{what}/"
    for who in ("neighbour", "neighbour_clerk", "sysadmin", "volunteer"):
        assert cast.client(who).get(address).status_code == 404, who
    assert cast.client("grid_worker").get(address).status_code == 200
    assert cast.client().get(address).status_code == 302
    assert cast.client("secretary").get(f"/procedures/of/11010600-2026-999999/{what}/").status_code == 404
