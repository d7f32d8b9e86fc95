"""Dwellings: entering many in one act, correcting, closing, and the grids of a building that lies in several."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.base.actor import ANONYMOUS, system
from linli.base.clockwork import frozen
from linli.base.commands import Refused
from linli.base.commands.models import AuditRow, OutboxRow
from linli.base.facts.models import Fact
from linli.base.facts.noting import Given
from linli.base.scope import enter
from linli.places.addresses import commands, queries
from linli.places.addresses.commands import NewBuilding, NewCompound, NewDwelling
from linli.places.addresses.models import Dwelling
from tests.cast import GRID, GRID_2, GRID_THERE, HERE, MONDAY, POINT_HERE, THERE, Cast

GIVEN = Given(source="入户登记", verified_by="戈格", reason="登记有误")


def doors(cast: Cast, *, units: int = 2, floors: int = 6, rooms: int = 2, **more: Any) -> list[NewDwelling]:
    assert cast.building is not None
    return [
        NewDwelling(cast.building.pk, f"{floor}{room:02d}", str(unit), **more)
        for unit in range(1, units + 1)
        for floor in range(1, floors + 1)
        for room in range(1, rooms + 1)
    ]


def test_many_are_entered_in_one_act_and_a_second_time_are_the_same(cast: Cast) -> None:
    with frozen(MONDAY):
        keys = commands.enter_dwellings(cast.grid_worker, dwellings=doors(cast), given=GIVEN)
    assert len(set(keys)) == 24
    row = Dwelling.objects.get(pk=keys[-1])
    assert (row.unit_name, row.floor, row.room_name, row.region_code) == ("2", 6, "602", GRID)
    assert (row.source, row.as_of, row.verified_by) == ("入户登记", date(2026, 3, 2), "戈格")
    assert str(row) == "春光里小区 3号楼 2单元602"
    assert AuditRow.objects.filter(command="addresses.enter_dwellings").count() == 1
    fact = Fact.objects.get(kind="building", key=cast.building.pk)  # type: ignore[union-attr]
    assert fact.after.startswith("登记 24 套：1单元101、")
    again = commands.enter_dwellings(
        cast.worker, dwellings=[*doors(cast)[:3], NewDwelling(row.building_id, "７０１室", "二单元")]
    )
    assert again[:3] == keys[:3]
    assert Dwelling.objects.get(pk=again[3]).room_name == "701"
    assert Dwelling.objects.count() == 25


def test_a_thousand_cost_as_many_statements_as_one(cast: Cast) -> None:
    counts = []
    for rows in (doors(cast, units=1, floors=1, rooms=1), doors(cast, units=8, floors=30, rooms=8)):
        with CaptureQueriesContext(connection) as queries_made:
            commands.enter_dwellings(cast.secretary, dwellings=rows)
        counts.append(len(queries_made))
    assert counts[1] <= counts[0]


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"room_name": ""}, "room_name"),
        ({"room_name": "室"}, "room_name"),
        ({"floor": 151}, "floor"),
        ({"use": "castle"}, "use"),
        ({"region_code": "999999999999999"}, "region_code"),
        ({"region_code": GRID_THERE}, "region_code"),
        ({"building_id": 10**12}, "building_id"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(cast: Cast, more: dict[str, Any], field: str) -> None:
    assert cast.building is not None
    wrong = NewDwelling(**{"building_id": cast.building.pk, "room_name": "501", **more})
    with pytest.raises(Refused) as refused:
        commands.enter_dwellings(cast.secretary, dwellings=[*doors(cast), wrong])
    assert refused.value.field == field
    assert not Dwelling.objects.exists()


def test_only_who_answers_for_the_grid_enters_and_sees(cast: Cast) -> None:
    for actor in (cast.neighbour, cast.grid_worker_2):
        with pytest.raises(Refused, match="不在您负责的区划里"):
            commands.enter_dwellings(actor, dwellings=doors(cast))
    with pytest.raises(Refused, match="没有办理这项操作的权限"):
        commands.enter_dwellings(cast.volunteer, dwellings=doors(cast))
    commands.enter_dwellings(cast.grid_worker, dwellings=doors(cast))
    assert queries.dwellings_visible_to(cast.secretary).count() == 24
    for actor in (cast.neighbour, cast.grid_worker_2, cast.clerk, ANONYMOUS):
        assert not queries.dwellings_visible_to(actor).exists()
        enter(actor)
        assert Dwelling.objects.count() == Fact.objects.count() == 0
        enter(system("test"))


def test_a_correction_needs_a_reason_and_leaves_its_trace(cast: Cast) -> None:
    key = commands.enter_dwellings(cast.secretary, dwellings=doors(cast)[:1])[0]
    row = Dwelling.objects.get(pk=key)
    changed = NewDwelling(row.building_id, "101", "1", use="let")
    with pytest.raises(Refused, match="原因"):
        commands.edit_dwelling(cast.worker, row, changed=changed, given=Given())
    commands.edit_dwelling(cast.worker, row, changed=changed, given=GIVEN)
    fact = Fact.objects.get(kind="dwelling", key=key)
    assert (fact.field, fact.before, fact.after, fact.reason) == ("use", "未核实", "出租", "登记有误")
    commands.edit_dwelling(cast.worker, row, changed=changed, given=GIVEN)
    assert Fact.objects.filter(kind="dwelling", key=key, field="", after="核实无误").exists()
    with pytest.raises(Refused) as refused:
        commands.edit_dwelling(cast.neighbour, row, changed=changed, given=GIVEN)
    assert refused.value.status == 403


def test_two_doors_are_never_the_same(cast: Cast) -> None:
    first, _second = commands.enter_dwellings(cast.secretary, dwellings=doors(cast)[:2])
    row = Dwelling.objects.get(pk=first)
    with pytest.raises(Refused, match="已经有1单元102"):
        commands.edit_dwelling(cast.worker, row, changed=NewDwelling(row.building_id, "102", "1"), given=GIVEN)


def test_a_closed_dwelling_frees_its_door(cast: Cast) -> None:
    key = commands.enter_dwellings(cast.secretary, dwellings=doors(cast)[:1])[0]
    row = Dwelling.objects.get(pk=key)
    with pytest.raises(Refused, match="原因"):
        commands.close_dwelling(cast.worker, row, basis=" ")
    commands.close_dwelling(cast.worker, row, basis="两套打通")
    with pytest.raises(Refused, match="已经停用"):
        commands.close_dwelling(cast.worker, row, basis="两套打通")
    assert commands.enter_dwellings(cast.secretary, dwellings=doors(cast)[:1]) != [key]


def test_a_building_may_lie_in_two_grids(cast: Cast) -> None:
    assert cast.building is not None
    keys = commands.enter_dwellings(cast.secretary, dwellings=doors(cast))
    commands.set_grids(cast.secretary, cast.building, grid=GRID, units={"2单元": GRID_2, "": GRID_2}, given=GIVEN)
    grids = dict(Dwelling.objects.filter(pk__in=keys).values_list("unit_name", "region_code"))
    assert grids == {"1": GRID, "2": GRID_2}
    assert queries.dwellings_visible_to(cast.grid_worker_2).count() == 12
    (new,) = commands.enter_dwellings(cast.grid_worker_2, dwellings=[NewDwelling(cast.building.pk, "701", "2")])
    assert Dwelling.objects.get(pk=new).region_code == GRID_2
    moved = OutboxRow.objects.get(event="addresses.moved").payload
    assert moved["region_code"] == GRID_2 and len(moved["dwellings"]) == 12
    commands.set_grids(cast.secretary, cast.building, grid=GRID, units={}, given=GIVEN)
    assert set(Dwelling.objects.values_list("region_code", flat=True)) == {GRID}
    with pytest.raises(Refused):
        commands.set_grids(cast.secretary, cast.building, grid=GRID_THERE, units={}, given=GIVEN)
    with pytest.raises(Refused):
        commands.set_grids(cast.neighbour, cast.building, grid=GRID, units={}, given=GIVEN)


def test_dwellings_follow_their_compound(cast: Cast) -> None:
    assert cast.compound is not None
    commands.enter_dwellings(cast.secretary, dwellings=doors(cast))
    changed = NewCompound("春光里小区", GRID_2, *POINT_HERE)
    commands.edit_compound(cast.secretary, cast.compound, changed=changed, given=GIVEN)
    assert set(Dwelling.objects.values_list("region_code", flat=True)) == {GRID_2}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("春光里小区3号楼2单元501", "dwelling"),
        ("春光里 3-2-501", "dwelling"),
        ("春光里三栋二单元五〇一", "dwelling"),
        ("北京市丰台区丰台街道北大街北里社区春光里小区3号楼2单元501室", "dwelling"),
        ("3-2-501", "dwelling"),
        ("春光里3#", "building"),
        ("春光里3号楼9单元999", "building"),
        ("光里", "compound"),
        ("春光里小区88号楼", "compound"),
    ],
)
def test_an_address_is_found(cast: Cast, text: str, kind: str) -> None:
    commands.enter_dwellings(cast.secretary, dwellings=doors(cast))
    found = queries.find_addresses(cast.secretary, text)
    assert found[0].kind == kind
    if kind == "dwelling":
        assert found[0].label == "春光里小区 3号楼 2单元501"


def test_without_a_unit_all_that_fit_are_found_and_none_is_taken_for_granted(cast: Cast) -> None:
    commands.enter_dwellings(cast.secretary, dwellings=doors(cast))
    labels = [one.label for one in queries.find_addresses(cast.secretary, "春光里3-501")]
    assert labels == ["春光里小区 3号楼 1单元501", "春光里小区 3号楼 2单元501"]
    assert queries.dwelling_of("春光里3-501", HERE) is None
    dwelling = queries.dwelling_of("春光里小区3-2-501", HERE)
    assert dwelling is not None and str(dwelling) == labels[1]
    assert queries.dwelling_of("春光里小区3-2-501", THERE[:6] + "999999") is None


def test_who_may_not_see_dwellings_finds_the_building(cast: Cast) -> None:
    commands.enter_dwellings(cast.secretary, dwellings=doors(cast))
    for actor in (cast.neighbour, cast.clerk):
        enter(actor)
        assert queries.find_addresses(actor, "春光里3-2-501")[0].kind == "building"


@pytest.mark.parametrize("text", ["", "   ", "%", "'; --", "\\", "#", "三" * 300, "\x00", "0-0-0"])
def test_odd_texts_find_nothing(cast: Cast, text: str) -> None:
    assert queries.find_addresses(cast.secretary, text) == []
    assert queries.dwelling_of(text, HERE) is None


def test_a_sheet_of_addresses_is_matched_in_few_statements(cast: Cast) -> None:
    assert cast.compound is not None and cast.building is not None
    keys = commands.enter_dwellings(cast.secretary, dwellings=doors(cast))
    commands.add_building(cast.secretary, cast.compound, building=NewBuilding("5号楼", *POINT_HERE))
    texts = [
        "春光里小区3-1-101",
        "春光里3号楼2单元602室",
        "春光里3-501",
        "春光里4号楼101",
        "夏光里1-1-101",
        "春光里5-1-101",
        "春光里5号楼",
    ]
    with CaptureQueriesContext(connection) as made:
        found = queries.match_addresses(texts * 500, HERE)
    assert len(made) == 3 and len(found) == 3500
    assert [one.problem for one in found[:7]] == ["", "", "several", "building", "compound", "door", "door"]
    assert [one.dwelling_id for one in found[:2]] == [keys[0], keys[-1]]
    assert found[5].building_id == cast.compound.buildings.get(name="5号楼").pk
    assert (found[5].unit_name, found[5].room_name) == ("1", "101")
