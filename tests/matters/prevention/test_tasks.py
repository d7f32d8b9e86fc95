"""A preventive task from planning to the check: dated, owned, checked by somebody else, and out of the neighbour's sight."""

from datetime import date, timedelta
from typing import Any

import pytest

from linli.base import policies
from linli.base.actor import system
from linli.base.clockwork import frozen
from linli.base.commands import Refused
from linli.base.policies import registry
from linli.base.scope import enter
from linli.matters.prevention import commands, queries
from linli.matters.prevention.models import Prevention
from linli.procedures import queries as procedures
from linli.procedures.models import Proceeding
from tests.cast import GRID, GRID_2, GRID_THERE, HERE, MONDAY, STREET, Cast

UNTIL = date(2026, 3, 20)


def planned(cast: Cast, by: str = "leader", **given: Any) -> int:
    facts: dict[str, Any] = {
        "title": "入汛前疏通雨水篦子", "text": "逐个清掏，拍照留存，汛前完成。", "region_codes": [GRID, GRID_2],
        "owner": cast.organisations["here"].pk, "until": UNTIL, "category": "municipal.flooding",
    }  # fmt: skip
    return int(commands.plan(getattr(cast, by), **{**facts, **given}))


def test_the_procedure_keeps_its_own_examples(db: None) -> None:
    assert registry.try_examples("procedure.prevention", policies.load("procedure.prevention").data) == []


def test_planned_accepted_worked_on_finished_and_checked(cast: Cast) -> None:
    with frozen(MONDAY):
        task = planned(cast)
        commands.accept(cast.secretary, task, seen=1)
        commands.measure(cast.grid_worker, task, note="第一网格已清掏完")
    with frozen(MONDAY + timedelta(days=3)):
        commands.carry_out(cast.secretary, task, note="两个网格全部清掏完")
        assert queries.visible_to(cast.leader).get(pk=task).finished_on == date(2026, 3, 5)
        commands.redo(cast.leader, task, note="第二网格还有一处没清")
        assert queries.visible_to(cast.leader).get(pk=task).finished_on is None
        commands.carry_out(cast.secretary, task, note="补清完毕")
        commands.check(cast.leader, task, note="现场看过，都清了")
    enter(system("test"))
    row = Proceeding.objects.get(pk=task)
    assert (row.number[:9], row.step, row.result, row.region_code) == ("W11010600", "closed", "done", HERE)
    assert procedures.broken_links(row) == []
    assert procedures.replay(row).step == "closed"


def test_it_is_due_at_the_end_of_the_day_that_was_set(cast: Cast) -> None:
    with frozen(MONDAY):
        task = planned(cast)
    enter(system("test"))
    row = Proceeding.objects.get(pk=task)
    found = {one.clock.code: one for one in procedures.explain(row)}
    due = found["carry_out"].explained.due
    assert due is not None
    assert queries.PLACE.utcoffset(due) is not None
    assert due.astimezone(queries.PLACE).date() == UNTIL
    assert all(one.agrees for one in found.values())


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"title": "雨"}, "title"),
        ({"text": ""}, "text"),
        ({"until": MONDAY.date()}, "until"),
        ({"until": date(2028, 1, 1)}, "until"),
        ({"category": "nothing"}, "category"),
        ({"owner": 0}, "owner"),
        ({"region_codes": []}, "region_codes"),
        ({"region_codes": ["110106009008999"]}, "region_codes"),
        ({"origin": "guess"}, "origin"),
    ],
)
def test_what_is_missing_or_wrong_is_refused_beside_its_field(cast: Cast, changed: dict[str, Any], field: str) -> None:
    with frozen(MONDAY), pytest.raises(Refused) as refused:
        planned(cast, **changed)
    assert refused.value.field == field
    assert not Prevention.objects.exists()


def test_a_secretary_plans_at_home_only_and_does_not_check_her_own_work(cast: Cast) -> None:
    with frozen(MONDAY):
        with pytest.raises(Refused, match="不在您的工作范围内"):
            planned(cast, by="secretary", region_codes=[GRID_THERE])
        task = planned(cast, by="secretary", region_codes=[GRID])
        commands.accept(cast.secretary, task)
        commands.carry_out(cast.secretary, task, note="都清了")
        with pytest.raises(Refused, match="不能自己核查"):
            commands.check(cast.secretary, task, note="好")
        commands.check(cast.leader, task, note="看过了")


def test_it_can_be_given_to_somebody_else_or_called_off(cast: Cast) -> None:
    with frozen(MONDAY):
        task = planned(cast)
        commands.redirect(cast.leader, task, to=cast.organisations["city"].pk, note="由城管科统一清掏")
        enter(cast.clerk)
        commands.accept(cast.clerk, task)
        enter(system("test"))
        with pytest.raises(Refused, match="不由您的单位办理"):
            commands.measure(cast.secretary, task, note="我们来")
        commands.call_off(cast.leader, task, note="市政统一改造，不再单独清掏")
    assert Proceeding.objects.get(pk=task).result == "called_off"


def test_the_neighbour_sees_none_of_it_on_either_wall(cast: Cast) -> None:
    with frozen(MONDAY):
        task = planned(cast)
    assert not queries.visible_to(cast.neighbour).exists()
    enter(cast.neighbour)
    assert Prevention.objects.count() == 0
    with pytest.raises(Refused, match="没有找到"):
        commands.accept(cast.neighbour, task)


def test_a_case_is_no_task(cast: Cast) -> None:
    from tests.matters.cases.stories import handling

    row = handling(cast)
    with pytest.raises(Refused, match="没有找到这个任务"):
        commands.measure(cast.secretary, row.pk, note="不是任务")


def test_the_pages(cast: Cast) -> None:
    leader, secretary = cast.client("leader"), cast.client("secretary")
    sent = {
        "title": "入汛前疏通雨水篦子", "text": "逐个清掏，拍照留存。", "region": GRID, "category": "",
        "owner": cast.organisations["here"].pk, "until": "2020-01-01",
    }  # fmt: skip
    answer = leader.post("/prevention/plan/", sent)
    assert answer.status_code == 422
    assert "完成日期要在今天以后" in answer.content.decode()
    until = (queries.today() + timedelta(days=20)).isoformat()
    answer = leader.post("/prevention/plan/", sent | {"until": until})
    assert answer.status_code == 302
    page = answer["Location"]
    assert "疏通雨水篦子" in leader.get("/prevention/?q=雨水&origin=own&sort=until").content.decode()
    assert "没有符合条件" in leader.get("/prevention/?q=没有这回事").content.decode()
    assert "疏通雨水篦子" in leader.get("/prevention/export.csv").getvalue().decode()  # type: ignore[attr-defined]
    shown = secretary.get(page).content.decode()
    assert ">签收</summary>" in shown
    assert "核查通过</summary>" not in shown
    assert secretary.post(page, {"act": "accept", "seen": 1}).status_code == 302
    assert secretary.post(page, {"act": "accept", "seen": 1}).status_code == 409
    assert secretary.post(page, {"act": "measure", "seen": 2, "note": ""}).status_code == 422
    assert secretary.post(page, {"act": "measure", "seen": 2, "note": "清了三个"}).status_code == 302
    assert "清了三个" in leader.get(page).content.decode()
    assert leader.post(page, {"act": "file", "seen": 3}).status_code == 404
    assert cast.client("neighbour").get(page).status_code == 404
    assert cast.client("auditor").get("/prevention/").status_code == 404
    assert STREET in cast.leader.regions
