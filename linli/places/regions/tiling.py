"""Draws invented but believable city maps: an outline cut by streets into pieces of given weight. Pure and repeatable.

Only the demo district uses it: no real boundary of a sub-district or grid is published that could be shipped. The
method is the one by which superblocks come about: a piece is cut across its longer side by a street that mostly
follows the direction of the town, sometimes bends or jogs, until every piece has its place. Pieces tile their outline
exactly: neighbours share every vertex, rounded to 0.000001 degree.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
import shapely.affinity
from shapely.geometry import LineString, Polygon
from shapely.ops import split

METRES_PER_DEGREE = 111_320.0


@dataclass(frozen=True, slots=True)
class Plane:
    """A local plane in metres around (lon, lat), good for a few kilometres."""

    lon: float
    lat: float

    @property
    def scale(self) -> np.ndarray:
        """Degrees of longitude and latitude to one metre."""
        east = METRES_PER_DEGREE * math.cos(math.radians(self.lat))
        return np.array([1 / east, 1 / METRES_PER_DEGREE])

    def degrees(self, geometry: shapely.Geometry) -> shapely.Geometry:
        """Metres east and north of the centre -> WGS84 degrees."""
        return shapely.transform(geometry, lambda points: points * self.scale + [self.lon, self.lat])


def outline(width: float, height: float, turn: float, random: np.random.Generator, river: str = "") -> Polygon:
    """A block of town of about width x height metres, turned by `turn` degrees, with sides that follow streets.

    river: one of n, e, s, w: that side meanders as a river bank would.
    """
    corners = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * [width / 2, height / 2]
    corners = corners * random.uniform(0.9, 1.08, (4, 2))
    points: list[tuple[float, float]] = []
    for side, start, end in zip("senw", corners, np.roll(corners, -1, axis=0), strict=True):
        draw = _meander if side == river else _street
        points += [tuple(point) for point in draw(start, end, random)[:-1]]
    return shapely.affinity.rotate(Polygon(points), turn, origin=(0, 0)).buffer(0)


def cut(piece: Polygon, weights: Sequence[float], turn: float, random: np.random.Generator) -> list[Polygon]:
    """Cut a piece into len(weights) pieces whose areas stand in that proportion; neighbours stay near in the list.

    turn: direction of the town's streets in degrees.
    """
    if len(weights) == 1:
        return [piece]
    half = len(weights) // 2 if len(weights) % 2 == 0 or random.random() < 0.5 else len(weights) // 2 + 1
    share = sum(weights[:half]) / sum(weights)
    first, second = _across(piece, share, turn, random)
    return [*cut(first, weights[:half], turn, random), *cut(second, weights[half:], turn, random)]


def snapped(pieces: Sequence[Polygon], plane: Plane) -> list[Polygon]:
    """The pieces in degrees, rounded to 0.000001: they tile exactly and share every vertex.

    Raises ValueError if they do not.
    """
    found = [shapely.orient_polygons(_rounded(plane.degrees(piece))) for piece in _with_junctions(pieces)]
    if not shapely.coverage_is_valid(found) or not all(shapely.is_valid(found)):
        raise ValueError("the pieces do not tile")
    return found


def _with_junctions(pieces: Sequence[Polygon]) -> list[Polygon]:
    """Give each piece the corners of its neighbours that lie on its edges, so that rounding moves both sides alike."""
    corners = np.unique(np.concatenate([shapely.get_coordinates(piece) for piece in pieces]), axis=0)
    tree = shapely.STRtree(shapely.points(corners))
    found = []
    for piece in pieces:
        ring = shapely.get_coordinates(piece.exterior)
        points: list[np.ndarray] = []
        for start, end in pairwise(ring):
            near = corners[tree.query(LineString([start, end]), predicate="dwithin", distance=1e-4)]
            between = (near - start) @ (end - start) / ((end - start) @ (end - start))
            inner = [near[i] for i in np.argsort(between) if 1e-9 < between[i] < 1 - 1e-9]
            points += [start, *inner]
        found.append(Polygon(points))
    return found


def joined(pieces: Sequence[Polygon]) -> Polygon:
    """The union of tiles that share their vertices, without rounding of its own."""
    whole = shapely.coverage_union_all(np.array(pieces))
    if not isinstance(whole, Polygon):
        raise ValueError("the pieces do not hang together")  # noqa: TRY004 (the pieces are wrong, not their type)
    return shapely.orient_polygons(_rounded(whole))


def reading_order(pieces: Sequence[Polygon], rows: int, turn: float) -> list[int]:
    """Indices from west to east in bands from north to south: the order in which the Beijing standard numbers grids.

    turn: direction of the town's streets in degrees, so that a band follows them.
    """
    centres = np.array([piece.centroid.coords[0] for piece in pieces])
    centres[:, 0] *= math.cos(math.radians(centres[0, 1]))  # degrees of longitude are shorter
    angle = math.radians(-turn)
    across = centres @ [[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]]
    south, north = across[:, 1].min(), across[:, 1].max()
    band = (north - south) / max(rows, 1) or 1.0
    places = [(min(int((north - y) / band), rows - 1), x) for x, y in across]
    return sorted(range(len(pieces)), key=places.__getitem__)


def _rounded(shape: Polygon) -> Polygon:
    return shapely.transform(shape, lambda points: np.round(points, 6))


def _across(piece: Polygon, share: float, turn: float, random: np.random.Generator) -> tuple[Polygon, Polygon]:
    """Two parts, the first with `share` of the area, parted by a street across the longer side."""
    best: tuple[float, tuple[Polygon, Polygon]] | None = None
    for _attempt in range(12):
        along = _long_axis(piece, turn) + math.radians(random.normal(0, 2.5))
        street = _profile(random)
        parts = _placed(piece, share, along, street)
        if parts is None:
            continue
        # Roundness of the worse part: long thin slivers are no superblocks.
        roundness = min(4 * math.pi * part.area / part.length**2 for part in parts)
        if best is None or roundness > best[0]:
            best = roundness, parts
        if roundness > 0.6:
            break
    if best is None:
        raise ValueError("no street parts this piece")
    return best[1]


def _long_axis(piece: Polygon, turn: float) -> float:
    """Radians of the street direction (turn or turn + 90) along which the piece is longer."""
    turned = shapely.affinity.rotate(piece, -turn, origin=(0, 0))
    west, south, east, north = turned.bounds
    return math.radians(turn + (0 if east - west >= north - south else 90))


def _placed(piece: Polygon, share: float, along: float, street: np.ndarray) -> tuple[Polygon, Polygon] | None:
    """Slide a street along the axis until it leaves `share` of the area behind; None if it cuts into more than two."""
    axis, normal = np.array([math.cos(along), math.sin(along)]), np.array([-math.sin(along), math.cos(along)])
    ring = shapely.get_coordinates(piece)
    reach, middle = ring @ axis, ring @ normal
    breadth = middle.max() - middle.min()
    base = middle.min() - 0.1 * breadth
    low, high = reach.min(), reach.max()
    parts: tuple[Polygon, Polygon] | None = None
    for _step in range(40):
        offset = (low + high) / 2
        line = [axis * (offset + x * breadth) + normal * (base + y * 1.2 * breadth) for x, y in street]
        pieces = [part for part in split(piece, LineString(line)).geoms if part.area > 1e-6]
        behind = [part for part in pieces if _is_behind(part, line, axis, normal)]
        area = sum(part.area for part in behind)
        if len(pieces) == 2 and len(behind) == 1:
            ahead = next(part for part in pieces if part is not behind[0])
            parts = behind[0], ahead
        else:
            parts = None
        if abs(area / piece.area - share) < 1e-4:
            break
        low, high = (offset, high) if area / piece.area < share else (low, offset)
    return parts


def _is_behind(part: Polygon, line: Sequence[np.ndarray], axis: np.ndarray, normal: np.ndarray) -> bool:
    point = np.array(part.representative_point().coords[0])
    height = [float(p @ normal) for p in line]
    reach = [float(p @ axis) for p in line]
    return bool(point @ axis < np.interp(point @ normal, height, reach))


def _profile(random: np.random.Generator) -> np.ndarray:
    """A street seen from above, from (0, 0) to (0, 1): sideways offset as a share of its length, and place along it."""
    kind = random.choice(["straight", "bend", "jog", "curve"], p=[0.35, 0.3, 0.2, 0.15])
    if kind == "straight":
        points = [(0.0, 0.0), (0.0, 1.0)]
    elif kind == "bend":
        points = [(0.0, 0.0), (random.normal(0, 0.05), random.uniform(0.3, 0.7)), (random.normal(0, 0.03), 1.0)]
    elif kind == "jog":
        place, step = random.uniform(0.3, 0.7), random.choice([-1, 1]) * random.uniform(0.06, 0.13)
        points = [(0.0, 0.0), (0.0, place), (step, place + 0.01), (step, 1.0)]
    else:
        depth = random.normal(0, 0.07)
        points = [(depth * math.sin(math.pi * y), y) for y in np.linspace(0, 1, 7)]
    return np.array(points)


def _street(start: np.ndarray, end: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """A side that follows a street: straight runs with a jog or a bend."""
    along, length = end - start, float(np.hypot(*(end - start)))
    normal = np.array([-along[1], along[0]]) / length
    offsets = _profile(random) * [1.2, 1]
    sideways = [x * math.sin(math.pi * min(y * 1.4, 1)) for x, y in offsets[:-1]]  # back to the line before the corner
    points = [start + along * y + normal * length * x for x, (_x, y) in zip(sideways, offsets[:-1], strict=True)]
    return np.array([*points, end])


def _meander(start: np.ndarray, end: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """A side that follows a river: a slow double curve with small irregularities."""
    along, length = end - start, float(np.hypot(*(end - start)))
    normal = np.array([-along[1], along[0]]) / length
    first, second = random.normal(0, 0.035), random.choice([-1, 1]) * random.uniform(0.03, 0.05)
    points = [start]
    for y in np.linspace(0, 1, 26)[1:-1]:
        swing = first * math.sin(math.pi * y) + second * math.sin(2 * math.pi * y) + random.normal(0, 0.002)
        points.append(start + along * y + normal * length * swing)
    return np.array([*points, end])
