"""Invented compounds and buildings for the demo's grids. Two names come from the sources; their places do not."""

import json
import math
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import shapely

from linli.places.addresses.commands import NewBuilding, NewCompound
from linli.places.addresses.models import Compound
from linli.places.regions import demo as regions
from linli.places.regions.drawing import layout
from linli.places.regions.tiling import Plane

Position = tuple[float, float]

INVENTED = "演示用，虚构"
NAMED = "名称见公开文稿；位置、楼栋为演示用，虚构"

# What the sources say of compounds (see data/README.md of the regions): sub-district or community, name.
NAMED_COMPOUNDS = {"411102001": "滨河春天小区", "630102003008": "丽康瑞居小区"}
UNMANAGED = {"410102005": 78}  # 桐柏路街道: “78个无主管楼院”
OLD = {"411102001": 108}  # 老街街道: “108个老旧小区”
MANAGED_OLD = 31  # with 滨河春天小区: “在符合条件的32个小区中推行党建引领下的“红色物业”管理模式”
PER_GRID = {"411102001": 10}  # 108 old compounds in 12 grids; elsewhere two to four

# Metres between slabs that face south, and from the grid's edge.
_STEP_EAST, _STEP_NORTH, _MARGIN = 72.0, 54.0, 22.0


def compounds() -> list[NewCompound]:
    """All compounds of the demo with their buildings, in the order of their grids; the same on every call."""
    return [compound for compound, _managed in _made()]


def managed() -> set[tuple[str, str]]:
    """(grid, name) of those that a property firm serves."""
    return {(compound.region_code, compound.name) for compound, managed in _made() if managed}


@cache
def _made() -> list[tuple[NewCompound, bool]]:
    found: list[tuple[NewCompound, bool]] = []
    for town in layout():
        for part in town["sub_districts"]:
            found += _sub_district(part["code"], Plane(town["lon"], town["lat"]), float(town["turn"]))
    return found


def _sub_district(code: str, plane: Plane, turn: float) -> list[tuple[NewCompound, bool]]:
    random = Random(f"compounds {code}")  # noqa: S311 (a demo, no secret)
    grids = [record for record in regions.records() if record.code.startswith(code) and len(record.code) == 15]
    counts = [PER_GRID.get(code) or random.choice((2, 3, 3, 4)) for _grid in grids]
    kinds = _kinds(code, [grid.code for grid, count in zip(grids, counts, strict=True) for _i in range(count)], random)
    names = _names(random)
    taken: set[str] = set()
    found = []
    for grid, count in zip(grids, counts, strict=True):
        for (lon, lat), homes in _places(grid, count, plane, turn, random):
            kind, managed = next(kinds)
            name, source = _special(grid.code, kind, taken) or (names(kind, grid), INVENTED)
            taken.add(name)
            word = "排" if kind == Compound.Kind.VILLAGE else "号楼"
            buildings = tuple(NewBuilding(f"{i}{word}", *spot) for i, spot in enumerate(homes, start=1))
            new = NewCompound(name, grid.code, lon, lat, kind, source, buildings, _year(kind, name))
            found.append((new, managed))
    return found


def _year(kind: str, name: str) -> int | None:
    """When it was built: what is old before the commercial housing of the nineties, villages nobody knows."""
    random = Random(f"year {name}")  # noqa: S311 (a demo, no secret)
    spans = {
        Compound.Kind.COMPOUND: (1999, 2019),
        Compound.Kind.OLD: (1972, 1998),
        Compound.Kind.COURTYARD: (1965, 1992),
    }
    return random.randint(*spans[Compound.Kind(kind)]) if kind in spans else None


def _kinds(code: str, grid_codes: list[str], random: Random) -> Iterator[tuple[str, bool]]:
    """(kind, managed) for every compound of a sub-district, with exactly as many of a kind as a source gives."""
    kind = Compound.Kind
    made: list[tuple[str, bool]] = []
    for grid_code in grid_codes:
        if grid_code[9] == "2":  # a village committee
            made.append((kind.VILLAGE, False))
        elif random.random() < 0.35:
            made.append((kind.OLD, random.random() < 0.5))
        else:
            made.append((kind.COMPOUND, True))
    if code in OLD:
        made = [(kind.COMPOUND, True)] * (len(made) - OLD[code])
        made += [(kind.OLD, number < MANAGED_OLD) for number in range(OLD[code])]
        first, rest = made[0], made[1:]
        random.shuffle(rest)
        made = [first, *rest]
    if code in UNMANAGED:
        made = [(kind.COMPOUND if one == kind.OLD else one, True) for one, _managed in made]
        for index in random.sample(range(len(made)), UNMANAGED[code]):
            made[index] = (kind.COURTYARD, False)
    return iter(made)


def _special(grid_code: str, kind: str, taken: set[str]) -> tuple[str, str] | None:
    """The name a source gives, for the first ordinary compound of its sub-district or community."""
    for prefix, name in NAMED_COMPOUNDS.items():
        if grid_code.startswith(prefix) and kind == Compound.Kind.COMPOUND and name not in taken:
            return name, NAMED
    return None


def _names(random: Random) -> Any:
    """A source of names that gives none twice in the same sub-district."""
    words = tomllib.loads((Path(__file__).parent / "data" / "names.toml").read_text("utf-8"))
    first, last, streets, trades, ends = (words[key].split() for key in ("first", "last", "streets", "trades", "yards"))
    modern = [one + other for other in last for one in first]
    random.shuffle(modern)
    yards = [f"{street}{number}号院" for street in streets for number in range(3, 60, random.choice((3, 4)))]
    random.shuffle(yards)
    old = [trade + end for end in ends for trade in trades] + yards
    random.shuffle(old)
    groups: dict[str, int] = {}

    def name(kind: str, grid: regions.Record) -> str:
        if kind == Compound.Kind.VILLAGE:
            community = grid.name.partition("第")[0]
            groups[community] = groups.get(community, 0) + 1
            return f"{community}第{groups[community]}村民组"
        stock = modern if kind == Compound.Kind.COMPOUND else yards if kind == Compound.Kind.COURTYARD else old
        return stock.pop()

    return name


def _places(
    grid: regions.Record, count: int, plane: Plane, turn: float, random: Random
) -> list[tuple[Position, list[Position]]]:
    """For each of `count` compounds its middle and its buildings: rows of slabs, each of the nearest middle."""
    spots = _rows(grid, plane, turn)
    # Seats far from each other: each next one where the nearest earlier one is farthest.
    seats = [random.randrange(len(spots))]
    while len(seats) < count:
        apart = np.min([np.hypot(*(spots - spots[seat]).T) for seat in seats], axis=0)
        seats.append(int(np.argmax(apart)))
    owner = np.argmin([np.hypot(*(spots - spots[seat]).T) for seat in seats], axis=0)
    homes = max(1, round((grid.households or 400) / count / random.uniform(38, 70)))
    found = []
    for number, seat in enumerate(seats):
        own = [i for i in np.argsort(np.hypot(*(spots - spots[seat]).T), kind="stable") if owner[i] == number]
        chosen = own[: max(1, homes + random.choice((-1, 0, 0, 1)))]
        # Numbers run from west to east, row by row from north to south.
        order = sorted(chosen, key=lambda i: (-round(spots[i][1] / _STEP_NORTH), spots[i][0]))
        found.append((_degrees(plane, spots[seat]), [_degrees(plane, spots[i]) for i in order]))
    return found


def _rows(grid: regions.Record, plane: Plane, turn: float) -> np.ndarray:
    """Points (metres) of a lattice along the streets that lie well inside the grid; small grids get a finer lattice."""
    shape = _metres(shapely.from_geojson(json.dumps(grid.polygon)), plane)
    for scale in (1.0, 0.7, 0.5, 0.3, 0.2):
        inner = shape.buffer(-_MARGIN * scale)
        west, south, east, north = shape.bounds
        reach = math.hypot(east - west, north - south)
        lattice = np.mgrid[-reach : reach : _STEP_EAST * scale, -reach : reach : _STEP_NORTH * scale]
        angle = math.radians(turn)
        turned = lattice.reshape(2, -1).T @ [[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]]
        points = turned + np.array([(west + east) / 2, (south + north) / 2])
        kept: np.ndarray = points[shapely.contains_xy(inner, points[:, 0], points[:, 1])]
        if len(kept) >= 20:
            return kept
    raise ValueError(f"grid {grid.code} is too small for buildings")


def _metres(shape: shapely.Geometry, plane: Plane) -> Any:
    return shapely.transform(shape, lambda points: (points - [plane.lon, plane.lat]) / plane.scale)


def _degrees(plane: Plane, spot: np.ndarray) -> Position:
    lon, lat = spot * plane.scale + [plane.lon, plane.lat]
    return round(float(lon), 6), round(float(lat), 6)
