"""Checks and measures of region boundaries. Pure: GeoJSON in, values out; WGS84/CGCS2000 degrees, longitude first."""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from django.utils.translation import gettext as _

# A box around China's land; a boundary outside it is in other coordinates (metres, swapped) and not a region we serve.
CHINA = (73.0, 3.0, 136.0, 54.0)
MAX_POINTS = 50_000
DECIMALS = 6  # a decimetre

_EQUATORIAL = 6_378_137.0  # WGS84 and CGCS2000 agree to a tenth of a millimetre
_FLATTENING = 1 / 298.257223563


class InvalidOutline(ValueError):
    """A boundary that cannot be used; the text is the reason in the user's words."""


@dataclass(frozen=True, slots=True)
class Outline:
    """A checked boundary. geometry: GeoJSON Polygon or MultiPolygon rounded to six decimals; area in square metres;
    label: a point inside, for names on maps."""

    geometry: dict[str, Any]
    bounds: tuple[float, float, float, float]
    label: tuple[float, float]
    area: float


def read(geometry: object) -> Outline:
    """Check one GeoJSON geometry.

    Raises InvalidOutline: not an area, too many points, bad numbers, wrong place, crossing itself.
    """
    if not isinstance(geometry, dict) or geometry.get("type") not in ("Polygon", "MultiPolygon"):
        kind = geometry.get("type") if isinstance(geometry, dict) else None
        raise InvalidOutline(_("边界应为面（Polygon 或 MultiPolygon），这里是 %(kind)s") % {"kind": kind or _("空值")})
    try:
        shape = shapely.from_geojson(json.dumps(geometry, allow_nan=False))
    except (ValueError, TypeError, shapely.errors.GEOSException) as error:
        raise InvalidOutline(_("边界坐标读不出来：环要首尾相接，至少 4 个点，每点两个数")) from error
    if shape.is_empty:
        raise InvalidOutline(_("边界是空的"))
    return measure(shapely.force_2d(shape))


def measure(shape: shapely.Geometry) -> Outline:
    """Check and measure a Polygon or MultiPolygon. Raises InvalidOutline."""
    points = shapely.get_coordinates(shape)
    if len(points) > MAX_POINTS:
        facts = {"count": len(points), "most": MAX_POINTS}
        raise InvalidOutline(_("边界有 %(count)d 个点，最多 %(most)d 个；请先简化") % facts)
    _check_place(points)
    if not shape.is_valid:
        raise InvalidOutline(_explain(shapely.is_valid_reason(shape)))
    rounded = shapely.transform(shape, lambda numbers: np.round(numbers, DECIMALS))
    if not rounded.is_valid or rounded.area == 0:
        raise InvalidOutline(_("边界在 %(decimals)d 位小数（约 0.1 米）下自相交或没有面积") % {"decimals": DECIMALS})
    rounded = shapely.orient_polygons(rounded)
    centre = rounded.centroid
    label = centre if rounded.contains(centre) else rounded.representative_point()
    west, south, east, north = rounded.bounds
    return Outline(
        geometry=json.loads(shapely.to_geojson(rounded)),
        bounds=(west, south, east, north),
        label=(round(label.x, DECIMALS), round(label.y, DECIMALS)),
        area=round(area(rounded), 1),
    )


def area(shape: shapely.Geometry) -> float:
    """Square metres on the ellipsoid, by the Lambert cylindrical equal-area projection; edges are taken as short."""
    return float(shapely.transform(shape, _equal_area).area)


def _equal_area(points: np.ndarray) -> np.ndarray:
    squared = _FLATTENING * (2 - _FLATTENING)
    eccentricity = math.sqrt(squared)
    sine = np.sin(np.radians(points[:, 1]))
    inner = sine / (1 - squared * sine**2) + np.arctanh(eccentricity * sine) / eccentricity
    north = _EQUATORIAL * (1 - squared) / 2 * inner
    return np.column_stack([np.radians(points[:, 0]) * _EQUATORIAL, north])


def _check_place(points: np.ndarray) -> None:
    if not np.isfinite(points).all():
        raise InvalidOutline(_("边界里有不是数字的坐标"))
    west, south, east, north = CHINA
    longitude, latitude = points[:, 0], points[:, 1]

    def inside(x: np.ndarray, y: np.ndarray) -> bool:
        return bool(((x >= west) & (x <= east) & (y >= south) & (y <= north)).all())

    if inside(longitude, latitude):
        return
    if inside(latitude, longitude):
        raise InvalidOutline(_("经纬度写反了：GeoJSON 里每点先写经度，再写纬度"))
    if np.abs(points).max() > 360:
        raise InvalidOutline(_("坐标像是以米计的投影坐标，请先换算成经纬度（CGCS2000 或 WGS84）"))
    raise InvalidOutline(_("边界不在中国境内：经度应在 73–136 度、纬度应在 3–54 度"))


_REASONS: Sequence[tuple[str, str]] = (
    ("Self-intersection", "边界自相交"),
    ("Ring Self-intersection", "边界自相交"),
    ("Hole lies outside shell", "内环落在外环之外"),
    ("Nested holes", "内环互相嵌套"),
    ("Interior is disconnected", "内部被内环切断"),
    ("Nested shells", "多个面互相包含"),
    ("Duplicate Rings", "有重复的环"),
    ("Too few points", "点数太少，围不成面"),
)


def _explain(reason: str) -> str:
    """GEOS's reason, such as 'Self-intersection[116.3 39.8]', in the user's words, with the place."""
    kind, _bracket, place = reason.partition("[")
    words = next((chinese for english, chinese in _REASONS if kind.strip() == english), "边界无效")
    place = ", ".join(str(round(float(number), DECIMALS)) for number in place.rstrip("]").split())
    return _(words) + (_("（在经纬度 %(place)s 附近）") % {"place": place} if place else "")
