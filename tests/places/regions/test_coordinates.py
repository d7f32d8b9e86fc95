"""Positions and the shift of consumer maps. No database."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.places.regions.coordinates import from_gcj02, is_position, metres_between, to_gcj02

lons = st.floats(73.5, 135)
lats = st.floats(18, 53.5)


# WGS84 and GCJ-02 of the same points, as the gcoord library (1.0.7) gives them.
VECTORS = [
    ((116.2855, 39.8575), (116.29154393026641, 39.858736939213884)),
    ((109.992, 39.815), (109.99772951441848, 39.81604452826441)),
    ((113.577, 34.754), (113.58306134221492, 34.75281825606842)),
    ((114.017, 33.573), (114.02292539844501, 33.57151060238145)),
    ((101.806, 36.612), (101.80787692472721, 36.61187711639113)),
    ((121.4737, 31.2304), (121.47822305927693, 31.22845773757727)),
    ((87.6168, 43.8256), (87.61964994946926, 43.82680539311119)),
]


@given(lons, lats)
def test_there_and_back_closes(lon: float, lat: float) -> None:
    back = from_gcj02(*to_gcj02(lon, lat))
    assert metres_between(lon, lat, *back) < 0.001


@given(lons, lats)
def test_the_shift_is_of_the_known_size(lon: float, lat: float) -> None:
    assert 10 < metres_between(lon, lat, *to_gcj02(lon, lat)) < 1100


@pytest.mark.parametrize(("plain", "shifted"), VECTORS)
def test_against_gcoord(plain: tuple[float, float], shifted: tuple[float, float]) -> None:
    assert metres_between(*to_gcj02(*plain), *shifted) < 0.01


def test_outside_china_nothing_is_shifted() -> None:
    assert to_gcj02(2.35, 48.85) == (2.35, 48.85)
    assert from_gcj02(-71.06, 42.36) == (-71.06, 42.36)


@pytest.mark.parametrize("bad", [(math.nan, 39.9), (116.3, math.inf), (181, 0), (0, 90.01), (-math.inf, 0)])
def test_no_position(bad: tuple[float, float]) -> None:
    assert not is_position(*bad)


def test_distance() -> None:
    # One degree of a great circle on a sphere of mean radius: 111.195 km.
    assert metres_between(0, 0, 1, 0) == pytest.approx(111_195, abs=1)
    assert metres_between(116, 39, 116, 40) == pytest.approx(111_195, abs=1)
    assert metres_between(5, 5, 5, 5) == 0
