"""A point -> its grid, inside the process. No PostGIS, no network.

`Index` is pure: polygons in, answers out. `locate` keeps one index per process and looks every few seconds whether the
regions have changed (one row, one number), so that an import in one process is seen by all.
"""

import itertools
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import shapely
from django.utils import timezone
from django.utils.translation import gettext as _
from shapely.geometry import Point

from linli.base import clockwork
from linli.places.regions import queries
from linli.places.regions.coordinates import is_position, metres_between

FRESH_SECONDS = 2.0
NEAR_METRES = 500.0


@dataclass(frozen=True, slots=True)
class Located:
    """Where a point lies.

    code: the finest region that holds it (grid, else community, else sub-district), or None; reason: why there is
    none, in the user's words; swapped: longitude and latitude were given the wrong way round; near_code, near_metres:
    the nearest region when the point lies just outside of all.
    """

    code: str | None
    reason: str = ""
    swapped: bool = False
    near_code: str | None = None
    near_metres: int | None = None

    def __bool__(self) -> bool:
        return self.code is not None


class Index:
    """Polygons with their codes, ready for many questions.

    Where several hold a point the finest wins, then the smallest code: a point on a common border always falls to one
    side.
    """

    def __init__(self, rows: Iterable[tuple[str, str, str]]):
        """rows: (code, display name, GeoJSON text of the polygon)."""
        ordered = sorted(rows, key=lambda row: (-len(row[0]), row[0]))
        self.codes = [code for code, _name, _polygon in ordered]
        self.names = {code: name for code, name, _polygon in ordered}
        self.shapes = shapely.from_geojson(np.array([polygon for _code, _name, polygon in ordered], dtype=object))
        self._tree = shapely.STRtree(self.shapes)

    def __len__(self) -> int:
        return len(self.codes)

    def code_at(self, lon: float, lat: float) -> str | None:
        """The finest region that holds the point or touches it; None outside all."""
        # The order of the rows is the order of preference, so the smallest position is the answer.
        found = self._tree.query(Point(lon, lat), predicate="intersects")
        return self.codes[found.min()] if len(found) else None

    def nearest(self, lon: float, lat: float, within: float = NEAR_METRES) -> tuple[str, int] | None:
        """(code, metres) of the nearest region not farther than `within` metres; of equals the finest."""
        north = within / 110_500
        east = north / max(0.05, float(np.cos(np.radians(lat))))
        box = shapely.box(lon - east, lat - north, lon + east, lat + north)
        best: tuple[float, int] | None = None
        # Stretch to metres before measuring: a degree of longitude is shorter than one of latitude.
        scale = np.array([float(np.cos(np.radians(lat))), 1.0])
        point = shapely.transform(Point(lon, lat), lambda xy: xy * scale)
        for position in sorted(self._tree.query(box, predicate="intersects")):
            shape = shapely.transform(self.shapes[position], lambda xy: xy * scale)
            touch = shapely.get_coordinates(shapely.shortest_line(point, shape))[1] / scale
            metres = metres_between(lon, lat, touch[0], touch[1])
            if metres <= within and (best is None or metres < best[0] - 0.01):
                best = metres, position
        return (self.codes[best[1]], round(best[0])) if best else None

    def locate(self, lon: float, lat: float, *, near: float = NEAR_METRES) -> Located:
        """Where a point lies and, if nowhere, what is probably wrong with it.

        near: metres in which a region is named.
        """
        if is_position(lon, lat) and (code := self.code_at(lon, lat)):
            return Located(code)
        if is_position(lat, lon) and (code := self.code_at(lat, lon)):
            words = _("经纬度可能写反了：对调以后正好落在%(place)s") % {"place": self.names[code]}
            return Located(None, words, swapped=True, near_code=code)
        if not is_position(lon, lat):
            return Located(None, _("经纬度不是有效的位置：经度应在 -180 到 180 之间，纬度应在 -90 到 90 之间"))
        if found := self.nearest(lon, lat, near):
            code, metres = found
            facts = {"place": self.names[code], "metres": metres}
            words = _("这个点不在任何辖区内，离%(place)s约 %(metres)d 米") % facts
            return Located(None, words, near_code=code, near_metres=metres)
        return Located(None, _("这个点不在本平台的辖区内"))


@dataclass(slots=True)
class _Held:
    """What this process remembers."""

    index: Index
    stamp: tuple[int, date]
    looked: float
    edition: int = field(default_factory=itertools.count(1).__next__)


_lock = threading.Lock()
_held: _Held | None = None


def index() -> Index:
    """The current index; looks for changes at most once in FRESH_SECONDS and reads polygons only when there are any.

    A new day counts as a change, since regions have first and last days.
    """
    global _held
    held = _held
    if held is not None and time.monotonic() - held.looked < FRESH_SECONDS:
        return held.index
    with _lock:
        held = _held
        looked = time.monotonic()
        if held is not None and looked - held.looked < FRESH_SECONDS:
            return held.index
        today = timezone.localdate(clockwork.now())
        stamp = (queries.revision(), today)
        if held is None or held.stamp != stamp:
            held = _Held(Index(queries.outlines(today)), stamp, looked)
        held.looked = looked
        _held = held
        return held.index


def edition() -> int:
    """Names the current index within this process: what was made from its regions is true while this stays the same."""
    index()
    held = _held
    return held.edition if held is not None else 0


def locate(lon: float, lat: float, *, near: float = NEAR_METRES) -> Located:
    """Where a WGS84/CGCS2000 point lies now. See `Located`."""
    return index().locate(lon, lat, near=near)


def forget() -> None:
    """Drop what this process remembers: after a change here, and between tests."""
    global _held
    _held = None
