"""Boundaries: what is refused and why, and the measures. No database."""

from itertools import pairwise
from typing import Any

import pytest
from shapely.geometry import box, mapping

from linli.places.regions import outlines
from linli.places.regions.outlines import InvalidOutline, read


def polygon(*points: tuple[float, float]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [[list(point) for point in points]]}


def test_a_good_boundary_is_measured() -> None:
    found = read(polygon((116, 39.8), (116.01, 39.8), (116.01, 39.81), (116, 39.81), (116, 39.8)))
    assert found.bounds == (116, 39.8, 116.01, 39.81)
    assert found.label == (116.005, 39.805)
    # A cell of 0.01 x 0.01 degree at 39.805 N: 855.6 m x 1110.3 m on the ellipsoid.
    assert found.area == pytest.approx(855.9 * 1110.3, rel=1e-3)


def test_the_area_of_the_whole_ellipsoid() -> None:
    assert outlines.area(box(-180, -90, 180, 90)) == pytest.approx(510_065_621.7e6, rel=1e-6)


def test_points_are_rounded_to_a_decimetre_and_turned_counter_clockwise() -> None:
    found = read(polygon((116, 39.8), (116, 39.81), (116.01, 39.81), (116.0100000004, 39.8), (116, 39.8)))
    ring = found.geometry["coordinates"][0]
    assert [116.01, 39.8] in ring
    turn = sum((x2 - x1) * (y2 + y1) for (x1, y1), (x2, y2) in pairwise(ring))
    assert turn < 0


def test_the_label_of_a_crescent_lies_inside() -> None:
    crescent = box(116, 39, 116.3, 39.3).difference(box(116.05, 39.05, 116.3, 39.25))
    found = read(mapping(crescent))
    assert not (found.label[0] > 116.05 and 39.05 < found.label[1] < 39.25)


def test_heights_are_dropped() -> None:
    ring = [[116, 39, 5.0], [116.1, 39, 5.0], [116.1, 39.1, 5.0], [116, 39, 5.0]]
    assert len(read({"type": "Polygon", "coordinates": [ring]}).geometry["coordinates"][0][0]) == 2


HOURGLASS = polygon((116, 39), (116.1, 39.1), (116.1, 39), (116, 39.1), (116, 39))
OUTSIDE_HOLE = {
    "type": "Polygon",
    "coordinates": [
        [[116, 39], [116.1, 39], [116.1, 39.1], [116, 39.1], [116, 39]],
        [[117, 39], [117.1, 39], [117.1, 39.1], [117, 39.1], [117, 39]],
    ],
}


@pytest.mark.parametrize(
    ("geometry", "reason"),
    [
        (None, "这里是 空值"),
        ({"type": "Point", "coordinates": [116, 39]}, "应为面.*Point"),
        ({"type": "LineString", "coordinates": [[116, 39], [117, 39]]}, "应为面.*LineString"),
        ([], "应为面"),
        ({"type": "Polygon"}, "读不出来"),
        ({"type": "Polygon", "coordinates": "x"}, "读不出来"),
        ({"type": "Polygon", "coordinates": [[[116, 39], [117, 39]]]}, "读不出来"),
        ({"type": "Polygon", "coordinates": [[["a", "b"], [1, 2], [3, 4], ["a", "b"]]]}, "读不出来"),
        (polygon((116, 39), (116.1, 39), (116.1, 39.1), (116, 39.2)), "读不出来"),
        (polygon((116, 39), (116.1, float("nan")), (116.1, 39.1), (116, 39)), "读不出来"),
        ({"type": "Polygon", "coordinates": []}, "空的"),
        (HOURGLASS, r"边界自相交（在经纬度 116.05, 39.05 附近）"),
        (OUTSIDE_HOLE, "内环落在外环之外"),
        (polygon((39, 116), (39.1, 116), (39.1, 116.1), (39, 116)), "经纬度写反了"),
        (polygon((500000, 4400000), (500100, 4400000), (500100, 4400100), (500000, 4400000)), "以米计"),
        (polygon((-71, 42), (-71.1, 42), (-71.1, 42.1), (-71, 42)), "不在中国境内"),
        (polygon((116, 39), (116.0000001, 39), (116.0000001, 39.0000001), (116, 39)), "没有面积"),
    ],
)
def test_a_bad_boundary_is_refused_with_the_reason(geometry: object, reason: str) -> None:
    with pytest.raises(InvalidOutline, match=reason):
        read(geometry)


def test_too_many_points() -> None:
    ring = [[116 + i * 1e-6, 39.0] for i in range(outlines.MAX_POINTS)] + [[116.0, 39.1], [116.0, 39.0]]
    with pytest.raises(InvalidOutline, match="最多 50000 个"):
        read({"type": "Polygon", "coordinates": [ring]})
