"""The demo's map: facts as published, everything else invented, and no gap between the tiles. No database."""

import csv
import json
from collections import Counter

import pytest
import shapely

from linli.places.regions import demo, drawing
from linli.places.regions.demo import Record
from linli.places.regions.outlines import area
from linli.places.regions.rules import validate


@pytest.fixture(scope="module")
def records() -> list[Record]:
    return demo.records()


def shapes(records: list[Record], prefix: str, length: int) -> list[shapely.Polygon]:
    found = [r for r in records if r.code.startswith(prefix) and len(r.code) == length]
    return [shapely.from_geojson(json.dumps(record.polygon)) for record in found]


def test_names_and_codes_are_the_published_ones(records: list[Record]) -> None:
    with (drawing.DATA / "communities.csv").open(encoding="utf-8") as file:
        facts = list(csv.DictReader(file))
    assert len(facts) == 85
    names = {record.code: record.name for record in records}
    for fact in facts:
        for level in ("province", "city", "district", "sub_district", "community"):
            assert names[fact[f"{level}_code"]] == fact[level]
    assert [validate(code) for code in names] == list(names)


def test_grids_as_many_as_the_sources_say(records: list[Record]) -> None:
    grids = Counter(record.code[:9] for record in records if len(record.code) == 15)
    assert grids["411102001"] == 12
    assert grids["150602012"] == 24
    assert grids["630102003"] == 52
    assert len(grids) == 8
    for town in drawing.layout():
        for part in town["sub_districts"]:
            assert grids[part["code"]] == part["grids"]
            assert part["grids_source"] == "虚构" or "网格" in part["grids_source"]


def test_every_record_says_what_is_invented(records: list[Record]) -> None:
    for record in records:
        assert ("虚构" in record.source) == (len(record.code) >= 9)
        assert ("国家统计局" in record.source) == (len(record.code) <= 12)


def test_tiles_neither_overlap_nor_leave_gaps(records: list[Record]) -> None:
    for prefix in sorted({record.code for record in records if len(record.code) == 9}):
        grids, [whole] = shapes(records, prefix, 15), shapes(records, prefix, 9)
        assert shapely.coverage_is_valid(grids)
        assert shapely.coverage_is_valid(shapes(records, prefix, 12))
        assert sum(map(area, grids)) == pytest.approx(area(whole), rel=1e-9)
        assert not whole.interiors


def test_every_grid_lies_in_its_community(records: list[Record]) -> None:
    communities = [record for record in records if len(record.code) == 12]
    for community in communities:
        [whole] = shapes(records, community.code, 12)
        grids = shapes(records, community.code, 15)
        assert grids
        assert shapely.union_all(grids).equals(whole)
        assert all(whole.covers(grid) for grid in grids)


def test_neighbouring_sub_districts_of_one_town_share_their_border(records: list[Record]) -> None:
    zhongyuan = shapes(records, "410102", 9)
    assert len(zhongyuan) == 4
    assert shapely.coverage_is_valid(zhongyuan)
    assert shapely.union_all(zhongyuan).geom_type == "Polygon"


def test_sizes_are_those_of_a_town(records: list[Record]) -> None:
    for whole in (record for record in records if len(record.code) == 9):
        assert whole.polygon is not None
        assert 3e6 < area(shapely.from_geojson(json.dumps(whole.polygon))) < 8e6
    for grid in (record for record in records if len(record.code) == 15):
        assert grid.households is not None
        assert 300 <= grid.households <= 500
    for record in records:
        below = [r.households or 0 for r in records if r.code.startswith(record.code) and len(r.code) == 15]
        assert record.households == sum(below) or len(record.code) < 9


def test_grids_are_numbered_without_gap(records: list[Record]) -> None:
    for community in (record.code for record in records if len(record.code) == 12):
        numbers = [int(r.code[12:]) for r in records if r.code.startswith(community) and len(r.code) == 15]
        assert numbers == list(range(1, len(numbers) + 1))


def test_coordinates_have_six_decimals(records: list[Record]) -> None:
    for record in records:
        if record.polygon:
            for lon, lat in record.polygon["coordinates"][0]:
                assert (round(lon, 6), round(lat, 6)) == (lon, lat)


def test_drawing_again_gives_the_shipped_map() -> None:
    shipped = json.loads((drawing.DATA / "demo_grids.geojson").read_text("utf-8"))["features"]
    drawn = drawing.draw()["features"]
    assert [f["properties"] for f in drawn] == [f["properties"] for f in shipped]
    for one, other in zip(drawn, shipped, strict=True):
        # Another geometry library may round a corner differently by a hair.
        first, second = (shapely.from_geojson(json.dumps(feature["geometry"])) for feature in (one, other))
        assert first.symmetric_difference(second).area < 1e-9


def test_a_name_with_a_direction_lies_on_that_side(records: list[Record]) -> None:
    at = {record.short_name: record.label for record in records if len(record.code) == 12}
    assert at["三棉东社区"][0] > at["三棉西社区"][0]
    assert at["西站东社区"][0] > at["西站西社区"][0]
    assert at["天汇北社区"][1] > at["天汇南社区"][1]
