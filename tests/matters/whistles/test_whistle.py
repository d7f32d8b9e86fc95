"""Blowing the whistle: the command, the page, who may, and the neighbour who sees none of it."""

import pytest

from linli.base.actor import system
from linli.base.commands import Refused
from linli.base.commands.models import AuditRow, OutboxRow
from linli.base.scope import enter
from linli.matters.whistles import commands, queries
from linli.matters.whistles.models import Whistle
from linli.procedures import queries as procedures
from linli.procedures.models import Clock, Proceeding
from tests.cast import GRID, GRID_THERE, HERE, Cast
from tests.matters.cases import stories as cases
from tests.matters.whistles import stories


def test_each_department_gets_a_clock_by_the_kind(cast: Cast) -> None:
    row = stories.called(cast, kind="emergency")
    assert row.number.startswith("W")
    clocks = Clock.objects.filter(proceeding=row, code="arrival").order_by("seq")
    assert [(clock.amount, clock.unit) for clock in clocks] == [(30, "minutes")] * 2
    assert set(row.involved) == {cast.organisations[name].pk for name in ("here", "city", "safety")}
    assert row.holder_id == cast.organisations["here"].pk
    assert procedures.replay(row).offers == tuple(
        o for o in procedures.replay(row).offers if o.role == "whistled" and o.status == "offered"
    )
    assert AuditRow.objects.get(command="whistles.whistle").target_id == str(row.pk)
    assert OutboxRow.objects.filter(event="whistles.whistled").count() == 1


def test_it_may_start_from_a_case_and_stays_linked(cast: Cast) -> None:
    case = cases.handling(cast)
    units = [cast.organisations["city"].pk]
    made = commands.whistle(
        cast.secretary, topic="楼道堆物", kind="stubborn", departments=units, text="劝了三次", case=case.pk
    )
    enter(system("test"))
    whistle = Whistle.objects.get(pk=made["id"])
    assert whistle.case_id == case.pk
    assert whistle.proceeding.region_code == case.region_code
    assert [one.pk for one in queries.of_case(cast.secretary, case.pk)] == [whistle.pk]
    page = cast.client("secretary").get(f"/whistles/of-case/{case.pk}/").content.decode()
    assert made["number"] in page


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"topic": " "}, "topic"),
        ({"topic": "长" * 61}, "topic"),
        ({"text": ""}, "text"),
        ({"kind": "nonsense"}, "service_class"),
        ({"departments": []}, "departments"),
        ({"region_code": GRID_THERE}, "place"),
        ({"region_code": ""}, "place"),
    ],
)
def test_what_is_wrong_is_named(cast: Cast, change: dict[str, object], field: str) -> None:
    facts = {
        "topic": "堆物",
        "kind": "joint",
        "text": "情况",
        "region_code": GRID,
        "departments": [cast.organisations["city"].pk],
    }
    before = Proceeding.objects.count()
    with pytest.raises(Refused) as refused:
        commands.whistle(cast.secretary, **{**facts, **change})
    assert refused.value.field == field
    enter(system("test"))
    assert Proceeding.objects.count() == before


def test_only_departments_of_the_place_can_be_called(cast: Cast) -> None:
    for wrong in ("there", "property", "here"):
        with pytest.raises(Refused) as refused:
            stories.called(cast, departments=(wrong,))
        assert refused.value.field == "departments"


def test_a_department_does_not_whistle(cast: Cast) -> None:
    with pytest.raises(Refused):
        commands.whistle(cast.clerk, topic="堆物", kind="joint", text="情况", region_code=GRID, departments=[1])


def test_the_form_makes_one_and_keeps_what_was_typed(cast: Cast) -> None:
    client = cast.client("secretary")
    assert client.get("/whistles/new/").status_code == 200
    typed = {"kind": "joint", "topic": "堆物占道", "text": "楼道堆满纸箱", "place": HERE, "place_text": "3号楼"}
    answer = client.post("/whistles/new/", {**typed, "_nonce": "a"})
    assert answer.status_code == 422
    assert "请至少选一个部门" in answer.content.decode()
    assert "楼道堆满纸箱" in answer.content.decode()
    answer = client.post("/whistles/new/", {**typed, "departments": [cast.organisations["city"].pk], "_nonce": "b"})
    assert answer.status_code == 302
    page = client.get(answer["Location"]).content.decode()
    assert "堆物占道" in page
    assert "城市管理科" in page


def test_the_neighbour_sees_nothing(cast: Cast) -> None:
    row = stories.called(cast)
    for who in ("neighbour", "neighbour_clerk"):
        client = cast.client(who)
        assert client.get(f"/whistles/{row.number}/").status_code == 404
        assert row.number not in client.get("/whistles/?tab=all").content.decode()
        enter(getattr(cast, who))
        assert not Whistle.objects.filter(pk=row.pk).exists()
        with pytest.raises(Refused):
            commands.arrive(cast.neighbour_clerk, row.pk)
        enter(system("test"))


def test_one_more_department_can_be_called_and_one_sent_home(cast: Cast) -> None:
    row = stories.called(cast)
    commands.call(cast.secretary, row.pk, to=cast.organisations["utilities"].pk)
    with pytest.raises(Refused, match="已经叫过"):
        commands.call(cast.secretary, row.pk, to=cast.organisations["utilities"].pk)
    commands.stand_down(cast.secretary, row.pk, to=cast.organisations["safety"].pk, note="不涉及消防")
    enter(system("test"))
    found = queries.called([row.pk], row.opened_at)[row.pk]
    assert {one.department for one in found} == {cast.organisations["city"].pk, cast.organisations["utilities"].pk}
    with pytest.raises(Refused, match="还没有到场"):
        commands.stand_down(cast.secretary, row.pk, to=cast.organisations["safety"].pk, note="再撤一次")
