"""Boundaries for drawing: a GeoJSON collection of the regions below a prefix, simplified for a zoom, kept per process.

The answer depends on nothing but the arguments and the state of the regions, so it carries a tag by which browsers
ask again cheaply. Neighbours are simplified together: what was a shared border stays one.
"""

import json
import re
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import shapely
from django.utils import timezone

from linli.base import clockwork
from linli.places.regions import queries
from linli.places.regions.models import Region
from linli.places.regions.rules import LENGTHS, Level, parent_code

KEPT = 64
FULL_ZOOM = 17  # a pixel is about a metre: nothing to gain from leaving points out
_PIXELS = 256.0


@dataclass(frozen=True, slots=True)
class Drawn:
    """A collection ready to send. tag: changes whenever the body may have; count: regions in it."""

    body: bytes
    tag: str
    count: int


_kept: OrderedDict[tuple[Any, ...], Drawn] = OrderedDict()
_lock = threading.Lock()


def level_below(prefix: str) -> Level:
    """The level that a map of a region shows: the one below it; a grid shows itself, the whole office sub-districts."""
    if not prefix:
        return Level.SUB_DISTRICT
    return next((level for level, length in LENGTHS.items() if length > len(prefix)), Level.GRID)


def tag(prefix: str, level: Level, zoom: int | None) -> str:
    """The tag of a collection without making it."""
    revision, today = _state()
    return f'"{revision}-{today:%Y%m%d}-{prefix or "all"}-{int(level)}-{_step(zoom)}"'


def collection(prefix: str, level: Level, zoom: int | None = None) -> Drawn:
    """Regions of one level below a prefix that are in use today and have a boundary, in code order.

    zoom: of a web map (0-20); points that would fall within a pixel of the line are left out. None: every point.
    """
    revision, today = _state()
    key = (revision, today, prefix, level, _step(zoom))
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    drawn = _draw(prefix, level, _step(zoom), today, tag(prefix, level, zoom))
    with _lock:
        _kept[key] = drawn
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return drawn


def _state() -> tuple[int, date]:
    return queries.revision(), timezone.localdate(clockwork.now())


def _step(zoom: int | None) -> int:
    """Zooms are few, so that few answers are kept; FULL_ZOOM stands for no simplification."""
    return FULL_ZOOM if zoom is None else max(4, min(FULL_ZOOM, zoom))


def _draw(prefix: str, level: Level, step: int, today: date, mark: str) -> Drawn:
    rows = queries.current(Region.objects.filter(level=level, polygon__isnull=False), today)
    if prefix:
        rows = rows.filter(queries.in_subtree(prefix))
    found = list(
        rows.order_by("code").values("code", "short_name", "households", "area", "longitude", "latitude", "polygon")
    )
    shapes = [json.dumps(row["polygon"]) for row in found]
    if step < FULL_ZOOM:
        shapes = _simplified(shapes, step)
    above = _names_above(found) if level is Level.GRID else {}
    features = [_feature(row, shape, above) for row, shape in zip(found, shapes, strict=True)]
    body = '{"type":"FeatureCollection","features":[' + ",".join(features) + "]}"
    return Drawn(body.encode(), mark, len(features))


def _simplified(shapes: list[str], step: int) -> list[str]:
    geometries = shapely.from_geojson(np.array(shapes, dtype=object))
    if not len(geometries):
        return []
    pixel = 360.0 / (_PIXELS * 2**step)
    digits = 5 if step >= 12 else 4 if step >= 9 else 3
    coarse = shapely.coverage_simplify(geometries, pixel)
    # A region smaller than a pixel would vanish; it keeps its points.
    kept = np.where(shapely.is_empty(coarse) | ~shapely.is_valid(coarse), geometries, coarse)
    rounded = shapely.transform(kept, lambda points: np.round(points, digits + 1))
    return [str(text) for text in shapely.to_geojson(rounded)]


def _names_above(rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Community code -> name, so that a grid's label need not repeat it."""
    codes = {parent_code(row["code"]) for row in rows}
    return dict(Region.objects.filter(code__in=codes).values_list("code", "short_name"))


def _label(name: str, above: str) -> str:
    """What is written on the map: a grid's name without its community's, and of 第3网格 only the number."""
    rest = name.removeprefix(above) or name
    numbered = re.fullmatch(r"第?([0-9]{1,3})号?网格", rest)
    return numbered[1] if numbered else rest


def _feature(row: Mapping[str, Any], geometry: str, above: Mapping[str, str]) -> str:
    name = row["short_name"]
    properties = {
        "code": row["code"],
        "name": name,
        "label": _label(name, above.get(parent_code(row["code"]) or "", "")),
        "households": row["households"],
        "area": row["area"],
        "lon": row["longitude"],
        "lat": row["latitude"],
    }
    text = json.dumps(properties, ensure_ascii=False, separators=(",", ":"))
    return f'{{"type":"Feature","id":"{row["code"]}","properties":{text},"geometry":{geometry}}}'
