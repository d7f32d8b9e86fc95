"""The register of compounds and buildings: who sees it, who keeps which part of it, what closing does."""

from typing import Any

import pytest

from linli.base.actor import system
from linli.base.commands import Refused
from linli.base.commands.models import AuditRow
from linli.base.facts.models import Fact
from linli.base.facts.noting import Given
from linli.base.scope import enter
from linli.places.addresses import commands, queries
from linli.places.addresses.commands import NewBuilding, NewCompound
from linli.places.addresses.models import Building, Compound
from linli.places.addresses.rules import NAMES_MOST, building_names, in_reach
from tests.cast import GRID, GRID_2, GRID_THERE, HERE, POINT_HERE, POINT_THERE, THERE, Cast

LON, LAT = POINT_HERE
WHY = Given(source="实地核实", reason="登记有误")


def new(name: str = "和顺苑", code: str = GRID, **more: Any) -> NewCompound:
    return NewCompound(name, code, **{"longitude": LON, "latitude": LAT, **more})


def form(**more: Any) -> dict[str, Any]:
    return {
        "name": "和顺苑",
        "kind": "old",
        "region_code": "",
        "longitude": LON,
        "latitude": LAT,
    } | more


# --- rules -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("1-3号楼", ["1号楼", "2号楼", "3号楼"]),
        ("1号楼至3号楼", ["1号楼", "2号楼", "3号楼"]),
        ("1-2栋、甲5号楼，7", ["1栋", "2栋", "甲5号楼", "7号楼"]),
        ("东1~2号楼", ["东1号楼", "东2号楼"]),
        ("5 5\n5号楼;", ["5号楼"]),
        ("9-3号楼", ["9-3号楼"]),
        ("  、，", []),
        ("南平房", ["南平房"]),
    ],
)
def test_what_is_typed_for_several_buildings(text: str, names: list[str]) -> None:
    assert building_names(text) == names


def test_no_more_names_than_can_be_meant() -> None:
    assert len(building_names("1-999")) == NAMES_MOST + 1
    assert len(building_names(" ".join(f"{n}甲" for n in range(2000)))) == NAMES_MOST + 1


def test_reach_is_the_region_and_all_below() -> None:
    assert in_reach([HERE], GRID) and not in_reach([HERE], GRID_THERE)
    assert in_reach([], GRID), "whoever answers for no region keeps the whole office"


# --- commands --------------------------------------------------------------------------------------------------------


def test_a_community_keeps_its_own_and_no_other(cast: Cast) -> None:
    row = commands.add_compound(cast.worker, compound=new())
    assert commands.add_buildings(cast.worker, row, buildings=[NewBuilding("1号楼", LON, LAT)]) == 1
    with pytest.raises(Refused, match="不在您负责的区划里"):
        commands.add_compound(cast.worker, compound=new(code=GRID_THERE))
    for act in (
        lambda: commands.edit_compound(cast.neighbour, row, changed=new(), given=WHY),
        lambda: commands.close_compound(cast.neighbour, row, basis="x"),
        lambda: commands.add_building(cast.neighbour, row, building=NewBuilding("2号楼", LON, LAT)),
        lambda: commands.edit_building(
            cast.neighbour, row.buildings.get(), changed=NewBuilding("2号楼", LON, LAT), given=WHY
        ),
        lambda: commands.close_building(cast.neighbour, row.buildings.get(), basis="x"),
        lambda: commands.edit_compound(cast.worker, row, changed=new(code=GRID_THERE), given=WHY),
    ):
        with pytest.raises(Refused, match="不在您负责的区划里"):
            act()
    assert Compound.objects.get(pk=row.pk).valid_to is None


def test_the_administrator_keeps_all(cast: Cast) -> None:
    for code in (GRID, GRID_THERE):
        row = commands.add_compound(cast.sysadmin, compound=new(code=code))
        commands.close_compound(cast.sysadmin, row, basis="重复")


def test_a_changed_compound_keeps_its_number_and_the_audit_what_it_was(cast: Cast) -> None:
    row = commands.add_compound(cast.worker, compound=new())
    commands.edit_compound(cast.worker, row, changed=new("和顺苑 东区", GRID_2, kind="old"), given=WHY)
    row = Compound.objects.get(pk=row.pk)
    assert (row.name, row.search_name, row.region_code) == ("和顺苑 东区", "和顺苑东区", GRID_2)
    assert AuditRow.objects.filter(command="addresses.edit_compound").latest("id").detail["reason"] == "登记有误"
    facts = {fact.field: (fact.before, fact.after) for fact in Fact.objects.filter(kind="compound", key=row.pk)}
    assert facts["name"] == ("和顺苑", "和顺苑 东区") and facts["kind"] == ("小区", "老旧小区")
    with pytest.raises(Refused, match="已经有同名"):
        commands.edit_compound(cast.worker, row, changed=new("春光里小区"), given=WHY)


def test_what_is_closed_is_offered_to_nobody_and_its_name_is_free_again(cast: Cast) -> None:
    row = cast.compound
    assert row is not None
    with pytest.raises(Refused, match="原因"):
        commands.close_compound(cast.worker, row, basis="  ")
    commands.close_compound(cast.worker, row, basis="拆除")
    assert list(queries.search(Compound.objects.all(), "春光里")) == []
    assert queries.near(LON, LAT) == []
    assert list(queries.buildings(row.pk)) == []
    assert [one.name for one in queries.search(Compound.objects.all(), "春光里", closed=True)] == ["春光里小区"]
    for act in (
        lambda: commands.close_compound(cast.worker, row, basis="再来"),
        lambda: commands.add_building(cast.worker, row, building=NewBuilding("9号楼", LON, LAT)),
        lambda: commands.edit_compound(cast.worker, row, changed=new(), given=WHY),
    ):
        with pytest.raises(Refused, match="已经停用"):
            act()
    assert commands.add_compound(cast.worker, compound=new("春光里小区")).pk != row.pk


def test_one_building_is_renamed_moved_and_closed(cast: Cast) -> None:
    row = cast.building
    assert row is not None
    commands.edit_building(cast.worker, row, changed=NewBuilding("12号楼", LON + 0.001, LAT), given=WHY)
    row.refresh_from_db()
    assert (row.name, row.order, row.longitude) == ("12号楼", 12, LON + 0.001)
    with pytest.raises(Refused, match="经纬度"):
        commands.edit_building(cast.worker, row, changed=NewBuilding("12号楼", 200.0, LAT), given=WHY)
    commands.close_building(cast.worker, row, basis="拆除")
    with pytest.raises(Refused, match="已经停用"):
        commands.close_building(cast.worker, row, basis="拆除")
    assert commands.add_building(cast.worker, row.compound, building=NewBuilding("12号楼", LON, LAT)).pk != row.pk
    with pytest.raises(Refused, match="已经有12号楼"):
        commands.add_buildings(
            cast.worker,
            row.compound,
            buildings=[NewBuilding("13号楼", LON, LAT), NewBuilding("12号楼", LON, LAT)],
        )
    assert not Building.objects.filter(name="13号楼").exists(), "all or none"


# --- pages -----------------------------------------------------------------------------------------------------------


def test_the_list_begins_with_ones_own_and_shows_all_when_asked(cast: Cast) -> None:
    commands.add_compound(
        cast.sysadmin, compound=new("西里苑", GRID_THERE, longitude=POINT_THERE[0], latitude=POINT_THERE[1])
    )
    worker = cast.client("worker")

    def shown(query: str = "") -> tuple[bool, bool]:
        page = worker.get(f"/addresses/{query}").content.decode()
        return "春光里小区" in page, "西里苑" in page

    assert shown() == (True, False)
    assert shown("?place=") == (True, True)
    assert shown(f"?place={THERE}") == (False, True)
    assert shown("?q=西里&place=") == (False, True)
    assert shown("?kind=old&place=") == (False, False)
    assert shown("?managed=yes&place=") == (False, False), "no firm is registered to serve them"
    assert shown("?kind=castle&place=999&sort=x&page=-1") == (True, True), "what makes no sense is left out"
    page = worker.get("/addresses/?place=&sort=-name").content.decode()
    assert page.index("西里苑") < page.index("春光里小区")
    assert cast.client().get("/addresses/").status_code == 302


def test_the_list_leaves_as_a_sheet(cast: Cast) -> None:
    sheet = cast.client("leader").get("/addresses/export.csv").content.decode("utf-8-sig").splitlines()
    assert sheet[0].startswith("名称,类别,所在网格") and sheet[1].startswith(
        "春光里小区,小区,丰台街道 北大街北里 第一网格"
    )


def test_adding_by_the_point_on_the_map(cast: Cast) -> None:
    client = cast.client("worker")
    assert "linli-map" in client.get("/addresses/compounds/new/").content.decode()
    answer = client.post("/addresses/compounds/new/", form())
    enter(system("test"))
    row = Compound.objects.get(name="和顺苑")
    assert answer.status_code == 302 and answer["Location"] == f"/addresses/compounds/{row.pk}/"
    assert (row.region_code, row.kind) == (GRID, "old")


def test_adding_without_a_map(cast: Cast) -> None:
    client = cast.client("worker")
    client.post("/addresses/compounds/new/", form(region_code=GRID_2, longitude="", latitude=""))
    enter(system("test"))
    row = Compound.objects.get(name="和顺苑")
    assert row.region_code == GRID_2 and abs(row.longitude - 116.285) < 0.001


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": ""}, "必填"),
        ({"name": "长" * 61}, "60"),
        ({"name": "春光里小区"}, "已经有同名"),
        ({"kind": "castle"}, "castle"),
        ({"longitude": "", "latitude": ""}, "请在地图上点出位置"),
        ({"longitude": "116.0", "latitude": "10"}, "不在我们的辖区里"),
        ({"longitude": POINT_THERE[0], "latitude": POINT_THERE[1]}, "不在您负责的区划里"),
        ({"region_code": GRID_2}, "地图上点的位置不在这里"),
        ({"region_code": GRID_THERE}, "不在您负责的区划里"),
        ({"longitude": "nan"}, ""),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(
    cast: Cast, wrong: dict[str, Any], said: str
) -> None:
    answer = cast.client("worker").post("/addresses/compounds/new/", form(**wrong))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert said in page
    assert wrong.get("name", "和顺苑") in page
    enter(system("test"))
    assert Compound.objects.count() == 1


def test_a_compound_is_kept_on_its_page(cast: Cast) -> None:
    assert cast.compound is not None and cast.building is not None
    client, here = cast.client("worker"), f"/addresses/compounds/{cast.compound.pk}/"
    page = client.get(here).content.decode()
    assert "3号楼" in page and "新增楼栋" in page
    assert client.post(f"{here}buildings/", {"names": "5-7号楼"}).status_code == 302
    again = client.post(f"{here}buildings/", {"names": "7号楼、8号楼"})
    assert (
        again.status_code == 422
        and "已经有7号楼" in again.content.decode()
        and "7号楼、8号楼" in again.content.decode()
    )
    assert client.post(f"{here}edit/", form(name="春光里东区", reason="更名")).status_code == 302
    assert (
        client.post(f"/addresses/buildings/{cast.building.pk}/edit/", {"name": "乙3号楼", "reason": "更名"}).status_code
        == 302
    )
    assert client.get(f"/addresses/buildings/{cast.building.pk}/close/").status_code == 200
    assert client.post(f"/addresses/buildings/{cast.building.pk}/close/", {"basis": ""}).status_code == 422
    assert client.post(f"/addresses/buildings/{cast.building.pk}/close/", {"basis": "拆除"}).status_code == 302
    enter(system("test"))
    assert [row.name for row in queries.buildings(cast.compound.pk)] == ["5号楼", "6号楼", "7号楼"]
    assert "乙3号楼" in client.get(f"{here}?closed=1").content.decode()
    assert client.post(f"{here}close/", {"basis": ""}).status_code == 422
    assert client.post(f"{here}close/", {"basis": "拆除"}).status_code == 302
    closed = client.get(here).content.decode()
    assert "停用" in closed and "新增楼栋" not in closed
    assert client.get(f"{here}edit/").status_code == 404


def test_who_does_not_keep_it_may_look_and_no_more(cast: Cast) -> None:
    assert cast.compound is not None and cast.building is not None
    here, building = f"/addresses/compounds/{cast.compound.pk}/", f"/addresses/buildings/{cast.building.pk}/"
    for who in ("neighbour", "leader", "grid_worker", "volunteer"):
        client = cast.client(who)
        page = client.get(here)
        assert page.status_code == 200 and "新增楼栋" not in page.content.decode()
        for path in (f"{here}edit/", f"{building}edit/", f"{building}close/"):
            assert client.get(path).status_code == 404, (who, path)
        for path in (f"{here}buildings/", f"{here}close/", f"{building}close/"):
            assert client.post(path, {"names": "9号楼", "basis": "x"}).status_code == 404, (who, path)
    enter(system("test"))
    assert Building.objects.count() == 1


def test_the_cases_of_the_street_still_find_their_place(cast: Cast) -> None:
    """The picker of the take form leaves out what is closed, and a closed compound still names an old case's place."""
    assert cast.compound is not None
    client = cast.client("call_taker")
    typed = {"typed": "春光里", "place_typed": "春光里"}
    assert "春光里小区" in client.post("/cases/take/options/place/", typed).content.decode()
    enter(system("test"))
    commands.close_compound(cast.sysadmin, cast.compound, basis="拆除")
    assert "春光里小区" not in client.post("/cases/take/options/place/", typed).content.decode()
