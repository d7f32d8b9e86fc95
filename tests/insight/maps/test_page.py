"""The page of the map: a table that says what the map says, lists by name, the sheet, empty states; the same number of statements."""

import gzip
import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.base.actor import system
from linli.base.scope import enter
from linli.insight.maps import reading
from linli.insight.maps.layers import LAYERS
from linli.people.answering.models import Charge
from linli.places.addresses.models import Building
from linli.places.regions.models import Region
from tests.cast import GRID, GRID_2, HERE, STREET, THERE, Cast
from tests.insight.maps import stories


def page(cast: Cast, who: str, query: str = "") -> str:
    answer = cast.client(who).get(f"/map/?{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def test_it_offers_each_the_layers_that_are_theirs(cast: Cast) -> None:
    stories.everything(cast)
    names = {layer.code: f'data-layer="{layer.code}"' for layer in LAYERS.values()}
    offered = {
        who: {code for code, mark in names.items() if mark in page(cast, who)}
        for who in ("leader", "grid_worker", "auditor")
    }
    assert offered["leader"] == offered["grid_worker"] == set(LAYERS)
    assert offered["auditor"] == {"buildings", "sites", "care", "people"}
    assert "地图颜色" in page(cast, "leader") and "地图颜色" not in page(cast, "grid_worker")


def test_the_table_says_what_the_map_says(cast: Cast) -> None:
    stories.everything(cast)
    answer = cast.client("leader").get(f"/map/export.csv?region={HERE}")
    # Long numbers carry a tab, so that sheet programs keep them.
    lines = answer.content.decode("utf-8-sig").replace("\t", "").splitlines()
    assert lines[0] == "代码,名称,在办诉求,楼栋,服务阵地,部件,工地,待走访,负责的人,楼门长、包联"
    # The cast's own building stands in the first grid too; a grid has its worker.
    assert lines[1].startswith(f"{GRID},第一网格,1,2,1,1,1,<5,1,2")
    assert lines[2].startswith(f"{GRID_2},第二网格,0,1,1,1,1,<5,1,2")
    assert "未定到下一级" in lines[3] and "凌主任" in lines[-1]
    assert cast.client("leader").get("/map/export.csv?form=xlsx").content[:2] == b"PK"
    assert cast.client("leader").get("/map/export.csv?form=exe").status_code == 404


def test_a_number_opens_the_things_behind_it_by_name(cast: Cast) -> None:
    stories.everything(cast)
    assert f"region={HERE}&amp;show=buildings#items" in page(cast, "leader")
    for layer, name in (
        ("buildings", "第1里小区 1号楼"), ("sites", "驿站1"), ("things", "井盖1"), ("constructions", "工地1"),
        ("cases", "楼道里的灯坏了"), ("people", "戈格"), ("charges", "楼门长"),
    ):  # fmt: skip
        text = page(cast, "secretary", f"region={GRID}&show={layer}")
        assert name in text, layer
        assert "在图上看" in text
    assert "损坏" in page(cast, "secretary", f"region={GRID}&show=things")
    assert "这里没有工地" in page(cast, "neighbour", f"region={THERE}&show=constructions&page=9")


def test_people_named_for_a_building_are_masked_and_lead_to_its_door(cast: Cast) -> None:
    stories.everything(cast)
    client = cast.client("secretary")
    listed = client.get("/map/", {"region": GRID, "show": "charges"}).content.decode()
    enter(system("test"))
    head = Charge.objects.filter(role="building_head", region_code=GRID, ends=None).get()
    told = client.get(f"/map/charges/{head.pk}.json").json()
    assert (
        told["url"] == f"/door/{head.building_id}/" and "第1里小区 1号楼" in told["name"] and "楼门长" in told["note"]
    )
    for text in (listed, str(told)):
        assert not [words for words in ("欧阳1", "13911112221", "91111") if words in text]
    assert "*" in told["name"] and "139****2221" in told["note"]
    enter(system("test"))
    volunteer = Charge.objects.filter(role="volunteer", region_code=GRID).get()
    assert "role=volunteer" in client.get(f"/map/charges/{volunteer.pk}.json").json()["url"]
    assert cast.client("neighbour").get(f"/map/charges/{head.pk}.json").status_code == 404


def test_a_figure_colours_the_regions_only_for_whoever_reads_figures(cast: Cast) -> None:
    stories.everything(cast)
    coloured = page(cast, "leader", "figure=filed&first=2020-01-01&last=2040-01-01")
    assert "data-values" in coloured and "2020-01-01 至 2040-01-01" in coloured
    assert "data-values" not in page(cast, "grid_worker", "figure=filed")
    for nonsense in ("figure=x", "level=7&region=99", "first=32.13.2026", "show=x&page=-1", "region=%27&period=x"):
        assert "图层" in page(cast, "leader", nonsense)


def test_a_building_in_several_grids_stands_in_each_of_them(cast: Cast) -> None:
    one = stories.reaching(cast)
    for who in ("grid_worker", "grid_worker_2"):
        assert str(one) in page(cast, who, "show=buildings")
        assert cast.client(who).get(f"/map/buildings/{one.pk}.json").json()["name"] == str(one)


def test_a_building_across_grids_is_counted_the_same_in_each_list_table_and_payload(cast: Cast) -> None:
    """The number of a grid, asked for from above, is the number of the list behind it and of the grid asked for alone."""
    stories.everything(cast)
    row = stories.building(GRID, "跨网格")
    row.parts.create(unit_name="2", region_code=GRID_2)
    row.parts.create(unit_name="3", region_code=GRID_2)
    actor = cast.secretary
    layers, lines, whole = reading.table(actor, HERE, 15)
    numbers = {line.code: line.told["buildings"].number for line in lines}
    for grid in (GRID, GRID_2):
        _layers, _lines, alone = reading.table(actor, grid, 15)
        listed = {layer.code: layer for layer in layers}["buildings"].rows
        assert listed is not None and listed(actor, grid).count() == alone["buildings"].number == numbers[grid], grid
    assert whole["buildings"].number == Building.objects.filter(region_code__startswith=HERE).count()
    assert sum(numbers.values()) == whole["buildings"].number + 1
    [line] = [line for line in reading.table(actor, HERE, 12)[1] if line.code == HERE]
    assert line.told["buildings"].number == whole["buildings"].number, "one building of the community"
    answer = cast.client("secretary").get("/map/buildings.json", {"region": HERE}).json()
    assert answer["also"] == [[row.pk, GRID, GRID_2]]


def test_a_payload_is_packed_and_asked_for_again_by_its_tag(cast: Cast) -> None:
    stories.everything(cast)
    for number in range(120):
        stories.building(GRID, f"许多{number}")
    client = cast.client("leader")
    first = client.get("/map/buildings.json", HTTP_ACCEPT_ENCODING="gzip, br")
    assert first["Content-Encoding"] == "gzip" and "no-store" in first["Cache-Control"]
    assert sum(json.loads(gzip.decompress(first.content))["marks"]["runs"]) == 124
    plain = client.get("/map/buildings.json")
    assert "Content-Encoding" not in plain and plain["ETag"] == first["ETag"]
    again = client.get("/map/buildings.json", HTTP_IF_NONE_MATCH=first["ETag"])
    assert again.status_code == 304 and again.content == b""
    stories.building(GRID, "又一栋")
    assert client.get("/map/buildings.json", HTTP_IF_NONE_MATCH=first["ETag"]).status_code == 200
    assert b"\xe8\xae\xb8" not in plain.content  # no names


def test_too_many_points_come_as_counts(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    stories.everything(cast)
    monkeypatch.setattr(reading, "MARKS_MOST", 2)
    data = cast.client("leader").get("/map/buildings.json").json()
    assert "marks" not in data and dict(data["counts"])[GRID] == 2


def test_a_case_without_a_position_is_counted_all_the_same(cast: Cast) -> None:
    stories.cases.filed(cast, longitude=None, latitude=None, region_code=GRID)
    data = cast.client("secretary").get("/map/cases.json").json()
    assert data["marks"]["runs"] == [] and data["counts"] == [[GRID, 1]]
    assert "没有位置" in page(cast, "secretary", "show=cases")


def test_addresses_are_found_inside_ones_regions(cast: Cast) -> None:
    stories.everything(cast)
    client = cast.client("grid_worker")
    assert "第1里小区 1号楼" in client.get("/map/find/?q=第1里小区一号楼").content.decode()
    assert "1单元101" in client.get("/map/find/?q=第1里 1-1-101").content.decode()
    assert "没有找到" in client.get("/map/find/?q=第2里小区1号楼").content.decode()
    assert "1单元101" not in cast.client("auditor").get("/map/find/?q=第1里 1-1-101").content.decode()
    assert "写上小区名" in client.get("/map/find/?q=").content.decode()


def test_what_is_only_like_the_address_says_so(cast: Cast) -> None:
    for text, like in (("春光里小区三区", True), ("春光里小区", False)):
        page = cast.client("secretary").get("/map/find/", {"q": text}).content.decode()
        assert "春光里小区" in page and ("下面的相近" in page) is like, text


def test_without_boundaries_the_page_says_what_to_do(cast: Cast) -> None:
    enter(system("test"))
    Region.objects.update(polygon=None, west=None, south=None, east=None, north=None, area=None)
    assert "还没有边界可画" in page(cast, "leader")


def test_it_costs_the_same_however_much_there_is(cast: Cast) -> None:
    client, counted = cast.client("leader"), []
    paths = [
        "/map/",
        f"/map/?show=buildings&region={STREET}",
        "/map/export.csv",
        *(f"/map/{layer}.json" for layer in LAYERS),
    ]
    for number in range(2):
        stories.due(cast, 1 + number)
        for more in range(1 + 20 * number):
            stories.building(GRID, f"第{number}-{more}")
        if not number:
            stories.everything(cast)
        for path in paths:
            client.get(path)
        costs = []
        for path in paths:
            with CaptureQueriesContext(connection) as queries:
                client.get(path)
            costs.append(len(queries))
        counted.append(costs)
        enter(system("test"))
    assert counted[0] == counted[1]
    assert max(counted[0]) <= 20, counted
