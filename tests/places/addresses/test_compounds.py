"""Compounds and buildings: adding them, finding them, what the pickers get."""

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from linli.base.commands import Refused
from linli.places.addresses import api, commands, queries
from linli.places.addresses.commands import NewBuilding, NewCompound
from linli.places.addresses.models import Building, Compound
from linli.places.regions.models import Region
from tests.cast import GRID, GRID_THERE, HERE, POINT_HERE, STREET, THERE, Cast

LON, LAT = POINT_HERE


def compound(name: str = "和顺苑", code: str = GRID, **more: Any) -> NewCompound:
    return NewCompound(name, code, **{"longitude": LON, "latitude": LAT, **more})


@pytest.fixture
def keeper(cast: Cast) -> Any:
    """Whoever may write compounds."""
    from dataclasses import replace

    return replace(cast.sysadmin, rights=frozenset({"addresses.edit"}))


def test_a_compound_with_its_buildings(cast: Cast, keeper: Any) -> None:
    new = compound(buildings=(NewBuilding("10号楼", LON, LAT), NewBuilding("2号楼", LON, LAT)))
    row = commands.add_compound(keeper, compound=new)
    assert [one.name for one in queries.buildings(row.pk)] == ["2号楼", "10号楼"]
    assert str(row.buildings.get(name="2号楼")) == "和顺苑 2号楼"
    commands.add_building(keeper, row, building=NewBuilding("三号楼", LON, LAT))
    assert [one.name for one in queries.buildings(row.pk)] == ["2号楼", "三号楼", "10号楼"]
    with pytest.raises(Refused, match="已经有三号楼"):
        commands.add_building(keeper, row, building=NewBuilding("三号楼", LON, LAT))


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "  "}, "name"),
        ({"name": "!!!"}, "name"),
        ({"name": "长" * 61}, "name"),
        ({"code": ""}, "region_code"),
        ({"code": "999999999999999"}, "region_code"),
        ({"code": STREET}, "region_code"),
        ({"longitude": float("nan")}, "longitude"),
        ({"latitude": 91.0}, "longitude"),
        ({"kind": "castle"}, "kind"),
        ({"buildings": (NewBuilding("", LON, LAT),)}, "name"),
        ({"buildings": (NewBuilding("1号楼", float("inf"), LAT),)}, "longitude"),
        ({"buildings": (NewBuilding("1号楼", LON, LAT), NewBuilding("1号楼", LON, LAT))}, "buildings"),
    ],
)
def test_what_is_wrong_is_refused_and_nothing_is_written(
    cast: Cast, keeper: Any, wrong: dict[str, Any], field: str
) -> None:
    before = Compound.objects.count()
    with pytest.raises(Refused) as refusal:
        commands.add_compounds(keeper, compounds=[compound("好的"), compound(**wrong)])
    assert refusal.value.field == field
    assert Compound.objects.count() == before


def test_a_retired_grid_takes_no_compound(cast: Cast, keeper: Any) -> None:
    Region.objects.filter(pk=GRID).update(valid_to="2026-01-01")
    with pytest.raises(Refused, match="没有在用的社区或网格"):
        commands.add_compound(keeper, compound=compound())


def test_a_name_once_per_grid(cast: Cast, keeper: Any) -> None:
    commands.add_compounds(keeper, compounds=[compound(), compound(code=GRID_THERE)])
    with pytest.raises(Refused, match="已经有同名的小区"):
        commands.add_compound(keeper, compound=compound())
    assert Compound.objects.filter(name="和顺苑").count() == 2


def test_a_name_the_database_cannot_hold(cast: Cast, keeper: Any) -> None:
    with pytest.raises(Refused):
        commands.add_compound(keeper, compound=compound("和\x00顺"))
    assert commands.add_compound(keeper, compound=compound("𠮷祥里🏮")).search_name == "𠮷祥里"


def test_the_database_keeps_positions_on_earth(cast: Cast) -> None:
    for column, value in (("longitude", 181.0), ("latitude", float("nan"))):
        with pytest.raises(IntegrityError, match="compound_position"), transaction.atomic():
            Compound.objects.filter(pk=cast.compound.pk).update(**{column: value})  # type: ignore[union-attr]


@pytest.mark.parametrize("who", ["dispatcher", "leader", "grid_worker", "volunteer"])
def test_only_who_has_the_right_writes(cast: Cast, who: str) -> None:
    with pytest.raises(Refused, match="没有"):
        commands.add_compound(getattr(cast, who), compound=compound())


@pytest.mark.parametrize("words", ["春光里", "春光 里", "　春光里小区　", "光里", "小区 春光", "春光里(小区)"])
def test_search_forgives_spaces_and_widths(cast: Cast, words: str) -> None:
    assert [row.name for row in queries.search(Compound.objects.all(), words)] == ["春光里小区"]


def test_search_forgives_full_width_letters_on_both_sides(cast: Cast, keeper: Any) -> None:
    commands.add_compound(keeper, compound=compound("丽 景Ａ区 １２号院"))
    for words in ("a区", "丽景A", "12号院", "１２号"):
        assert [row.name for row in queries.search(Compound.objects.all(), words)] == ["丽 景Ａ区 １２号院"]
    assert list(queries.search(Compound.objects.all(), "%")) == list(queries.search(Compound.objects.all(), ""))


def test_near_is_sorted_by_distance_and_bounded(cast: Cast, keeper: Any) -> None:
    commands.add_compounds(
        keeper,
        compounds=[
            compound("近", longitude=LON + 0.001),
            compound("中", longitude=LON + 0.002),
            compound("远", longitude=LON + 0.01),
        ],
    )
    found = queries.near(LON + 0.0011, LAT)
    assert [row.name for row, _metres in found] == ["近", "中", "春光里小区"]
    assert [metres for _row, metres in found] == pytest.approx([9, 77, 94], abs=2)
    assert queries.near(float("nan"), LAT) == []
    assert queries.near(0, 89.99) == []


# --- the pickers' questions ------------------------------------------------------------------------------------------


def names(answer: Any) -> list[str]:
    assert answer.status_code == 200
    return [item["name"] for item in answer.json()["items"]]


def test_everybody_may_look_for_a_compound(cast: Cast) -> None:
    for client in (Client(), cast.client("grid_worker"), cast.client("neighbour")):
        answer = client.get("/addresses/search.json?q=春光")
        assert names(answer) == ["春光里小区"]
        [item] = answer.json()["items"]
        assert item["place"] == "丰台街道 北大街北里 第一网格"
        assert (item["region_code"], item["longitude"]) == (GRID, LON)
    assert names(Client().get(f"/addresses/search.json?q=春光&within={HERE}")) == ["春光里小区"]
    assert names(Client().get(f"/addresses/search.json?q=春光&within={THERE}")) == []
    assert names(Client().get("/addresses/search.json?q=")) == []
    assert names(Client().get(f"/addresses/near.json?lon={LON}&lat={LAT}")) == ["春光里小区"]


def test_the_buildings_of_a_compound(cast: Cast) -> None:
    assert cast.compound is not None
    answer = Client().get(f"/addresses/compounds/{cast.compound.pk}/buildings.json").json()
    assert [item["name"] for item in answer["items"]] == ["3号楼"]
    assert answer["compound"]["name"] == "春光里小区"


@pytest.mark.parametrize(
    "url",
    ["search.json?q=x&within=abc", "search.json?q=" + "长" * 61, "near.json?lon=a&lat=1", "near.json"],
)
def test_a_bad_question_gets_a_clear_answer(cast: Cast, url: str) -> None:
    answer = Client().get(f"/addresses/{url}")
    assert answer.status_code == 400
    assert answer.json()["detail"]


@pytest.mark.parametrize("query", ["𠮷", "%F0%9F%8F%AE", "'; --", "\\", "%25"])
def test_odd_queries_find_nothing_and_break_nothing(cast: Cast, query: str) -> None:
    assert names(Client().get(f"/addresses/search.json?q={query}")) == []


def test_more_is_told(cast: Cast, keeper: Any) -> None:
    commands.add_compounds(keeper, compounds=[compound(f"和顺{n}号院") for n in range(30)])
    answer = Client().get("/addresses/search.json?q=和顺").json()
    assert (len(answer["items"]), answer["more"]) == (20, True)


def test_the_search_costs_the_same_with_one_and_with_many(cast: Cast, keeper: Any) -> None:
    client = cast.client("leader")
    client.get("/addresses/search.json?q=春光")
    with CaptureQueriesContext(connection) as one:
        client.get("/addresses/search.json?q=春光")
    commands.add_compounds(keeper, compounds=[compound(f"春光{n}号院") for n in range(15)])
    with CaptureQueriesContext(connection) as many:
        assert len(names(client.get("/addresses/search.json?q=春光"))) == 16
    assert len(one) == len(many)


def test_a_visitor_who_asks_without_end_is_slowed_down(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "ASKING", api.Limit("addresses.search", times=3, seconds=60))
    visitor, worker = Client(), cast.client("grid_worker")
    answers = [visitor.get("/addresses/search.json?q=春光").status_code for _turn in range(5)]
    assert answers == [200, 200, 200, 429, 429]
    assert [worker.get("/addresses/search.json?q=春光").status_code for _turn in range(5)] == [200] * 5


def test_buildings_belong_to_their_compound(cast: Cast) -> None:
    with pytest.raises(IntegrityError, match="building_once"), transaction.atomic():
        Building.objects.create(compound=cast.compound, name="3号楼", longitude=LON, latitude=LAT)
