"""A point -> its grid: against a plain loop, on borders, with bad input. The index needs no database."""

import json
import math

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import Point, shape

from linli.places.regions import demo
from linli.places.regions.locating import Index


@pytest.fixture(scope="module")
def rows() -> list[tuple[str, str, str]]:
    """Grids, communities and sub-districts of the demo, as the index wants them."""
    records = [record for record in demo.records() if record.polygon is not None and len(record.code) >= 9]
    return [(record.code, record.short_name, json.dumps(record.polygon)) for record in records]


@pytest.fixture(scope="module")
def index(rows: list[tuple[str, str, str]]) -> Index:
    return Index(rows)


def by_hand(rows: list[tuple[str, str, str]], lon: float, lat: float) -> str | None:
    """The rule in the plainest way: every polygon is asked; the finest wins, then the smallest code."""
    point = Point(lon, lat)
    holding = [code for code, _name, polygon in rows if shape(json.loads(polygon)).intersects(point)]
    return min(holding, key=lambda code: (-len(code), code), default=None)


@given(lon=st.floats(113.51, 113.64), lat=st.floats(34.735, 34.775))
def test_the_index_agrees_with_asking_every_polygon(
    index: Index, rows: list[tuple[str, str, str]], lon: float, lat: float
) -> None:
    near = [row for row in rows if row[0].startswith("410102")]
    expected = by_hand(near, lon, lat)
    assert index.code_at(lon, lat) == expected


def test_a_point_on_a_corner_falls_to_one_side_always(index: Index, rows: list[tuple[str, str, str]]) -> None:
    for code, _name, polygon in rows[::23]:
        lon, lat = shape(json.loads(polygon)).exterior.coords[0]
        found = index.code_at(lon, lat)
        assert found is not None
        assert found == by_hand([row for row in rows if row[0][:6] == code[:6]], lon, lat)


def test_each_grid_holds_its_own_label(index: Index) -> None:
    grids = [record for record in demo.records() if len(record.code) == 15]
    assert len(grids) > 300
    for grid in grids:
        assert index.code_at(*grid.label) == grid.code


def test_swapped_numbers_are_recognised(index: Index) -> None:
    found = index.locate(39.8575, 116.2855)
    assert not found
    assert found.swapped
    assert found.near_code == index.code_at(116.2855, 39.8575)
    assert "写反" in found.reason


def test_just_outside_names_the_nearest_and_the_distance(index: Index, rows: list[tuple[str, str, str]]) -> None:
    fengtai = shapely.from_geojson(next(polygon for code, _name, polygon in rows if code == "110106009"))
    north = fengtai.bounds[3]
    lon = next(x for x, y in fengtai.exterior.coords if y == north)
    found = index.locate(lon, north + 0.001)
    assert found.code is None
    assert found.near_code is not None
    assert found.near_code.startswith("110106009")
    assert len(found.near_code) == 15
    assert found.near_metres == pytest.approx(111, abs=2)
    assert "111 米" in found.reason or "110 米" in found.reason
    assert index.locate(lon, north + 0.001, near=50).near_code is None


def test_far_outside(index: Index) -> None:
    found = index.locate(121.47, 31.23)
    assert (found.code, found.near_code, found.swapped) == (None, None, False)
    assert found.reason == "这个点不在本平台的辖区内"


@pytest.mark.parametrize(
    ("lon", "lat"),
    [(math.nan, 39.0), (116.0, math.nan), (math.inf, 1.0), (1.0, -math.inf), (200.0, 100.0), (1e308, -1e308)],
)
def test_what_is_no_position_gets_a_reason(index: Index, lon: float, lat: float) -> None:
    found = index.locate(lon, lat)
    assert found.code is None
    assert "不是有效的位置" in found.reason


def test_an_empty_index_answers(index: Index) -> None:
    empty = Index([])
    assert len(empty) == 0
    assert empty.locate(116.0, 39.0).code is None


def test_a_community_without_grids_answers_for_itself() -> None:
    def square(west: float, east: float) -> str:
        ring = [[west, 39], [east, 39], [east, 40], [west, 40], [west, 39]]
        return json.dumps({"type": "Polygon", "coordinates": [ring]})

    index = Index(
        [
            ("110106009", "街道", square(116, 119)),
            ("110106009001", "东", square(116, 117)),
            ("110106009002", "西", square(117, 118)),
            ("110106009001001", "东一", square(116, 116.5)),
        ]
    )
    assert index.code_at(116.25, 39.5) == "110106009001001"
    assert index.code_at(116.75, 39.5) == "110106009001"
    assert index.code_at(117.5, 39.5) == "110106009002"
    assert index.code_at(118.5, 39.5) == "110106009"
    assert index.code_at(117.0, 39.5) == "110106009001"
