"""Draws the demo district's grids from data/demo.toml into data/demo_grids.geojson.

Run `python -m linli.places.regions.drawing` after a change of the layout; the file is committed so that every
installation shows the same map whatever its geometry library. Everything drawn is invented (data/README.md).
"""

import csv
import json
import re
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely.geometry import Polygon

from linli.places.regions import tiling
from linli.places.regions.rules import short_name

DATA = Path(__file__).parent / "data"
HOUSEHOLDS = (300, 500)  # a grid's households, usual practice (no standard)
_SIDES = {"n": (0, 1), "e": (1, 0), "s": (0, -1), "w": (-1, 0)}


def layout() -> list[dict[str, Any]]:
    """The towns of data/demo.toml."""
    towns: list[dict[str, Any]] = tomllib.loads((DATA / "demo.toml").read_text("utf-8"))["towns"]
    return towns


def community_names() -> dict[str, str]:
    """Community code -> official name, from data/communities.csv."""
    with (DATA / "communities.csv").open(encoding="utf-8", newline="") as file:
        return {row["community_code"]: row["community"] for row in csv.DictReader(file)}


def draw() -> dict[str, Any]:
    """All grids as a GeoJSON FeatureCollection with code, name and households; one town after the other."""
    names = community_names()
    features: list[dict[str, Any]] = []
    for town in layout():
        features += _town(town, names)
    return {"type": "FeatureCollection", "features": features}


def _town(town: dict[str, Any], names: dict[str, str]) -> list[dict[str, Any]]:
    random = np.random.default_rng(town["seed"])
    turn = float(town["turn"])
    whole = tiling.outline(town["width"], town["height"], turn, random, town["river"])
    parts = tiling.cut(whole, [part["share"] for part in town["sub_districts"]], turn, random)
    pieces, owners = [], []
    spare = _shared_out(town["spare"], [part.area for part in parts])
    for row, part, left_out in zip(town["sub_districts"], parts, spare, strict=True):
        codes = [code for code in names if code.startswith(row["code"])]
        weights = list(random.lognormal(0, 0.28, len(codes) + left_out))
        blocks = _without_corners(tiling.cut(part, weights, turn, random), whole, left_out)
        # Bigger communities get more grids, but the middle of a town is denser than its edge.
        crowding = [block.area**0.6 * random.uniform(0.85, 1.15) for block in blocks]
        more = _shared_out(row["grids"] - len(blocks), crowding)
        seats = _seated(codes, names, blocks, town["river"], random)
        for code, block, count in zip(seats, blocks, more, strict=True):
            grids = tiling.cut(block, list(random.uniform(0.75, 1.25, count + 1)), turn, random)
            pieces += grids
            owners += [code] * len(grids)
    plane = tiling.Plane(town["lon"], town["lat"])
    return _numbered(tiling.snapped(pieces, plane), owners, names, turn, random)


def _numbered(
    pieces: list[Polygon], owners: list[str], names: dict[str, str], turn: float, random: np.random.Generator
) -> list[dict[str, Any]]:
    features = []
    for owner in sorted(set(owners)):
        own = [piece for piece, code in zip(pieces, owners, strict=True) if code == owner]
        for number, index in enumerate(tiling.reading_order(own, max(1, round(len(own) ** 0.5)), turn), start=1):
            households = int(random.integers(*HOUSEHOLDS, endpoint=True))
            name = f"{short_name(names[owner])}第{number}网格"
            features.append(
                {
                    "type": "Feature",
                    "properties": {"code": f"{owner}{number:03d}", "name": name, "households": households},
                    "geometry": json.loads(shapely.to_geojson(own[index])),
                }
            )
    return features


def _shared_out(total: int, weights: list[float]) -> list[int]:
    """Whole numbers that add up to `total`, in proportion to the weights (largest remainders)."""
    exact = [total * weight / sum(weights) for weight in weights]
    counts = [int(value) for value in exact]
    for index in sorted(range(len(exact)), key=lambda i: counts[i] - exact[i])[: total - sum(counts)]:
        counts[index] += 1
    return counts


def _without_corners(blocks: list[Polygon], whole: Polygon, count: int) -> list[Polygon]:
    """Leave out the `count` blocks with most open edge, one by one, while the rest hangs together without a hole."""
    left = list(blocks)
    for _round in range(count):
        for block in sorted(left, key=lambda b: b.intersection(whole.exterior.buffer(1)).area / b.length, reverse=True):
            rest = [other for other in left if other is not block]
            union = shapely.union_all(shapely.buffer(rest, 0.01))
            if isinstance(union, Polygon) and not union.interiors:
                left = rest
                break
    return left


def _seated(
    codes: list[str], names: dict[str, str], blocks: list[Polygon], river: str, random: np.random.Generator
) -> list[str]:
    """Put names on blocks so that 三棉东 lies east of 三棉西 and beside it, and 滨… lies at the river."""
    places = np.array([block.centroid.coords[0] for block in blocks])
    bank = np.array(_SIDES.get(river, (0, 0)))
    seats = [str(code) for code in random.permutation(codes)]
    pairs = _pairs({code: short_name(names[code]) for code in codes})
    waterside = [code for code in codes if names[code].startswith("滨")]

    def unease(order: list[str]) -> float:
        at = {code: places[index] for index, code in enumerate(order)}
        cost = 0.0
        for one, other, side in pairs:
            apart = at[one] - at[other]
            forward = float(apart @ np.array(_SIDES[side]))
            cost += float(np.hypot(*apart)) + (0 if forward > np.hypot(*apart) * 0.7 else 3000)
        return cost - sum(float(at[code] @ bank) for code in waterside)

    best = unease(seats)
    for _round in range(4000):
        i, j = random.integers(0, len(seats), 2)
        seats[i], seats[j] = seats[j], seats[i]
        now = unease(seats)
        if now <= best:
            best = now
        else:
            seats[i], seats[j] = seats[j], seats[i]
    return seats


def _pairs(names: dict[str, str]) -> list[tuple[str, str, str]]:
    """(one, other, side): names that differ only in 东/西 or 南/北; the first lies on that side of the second."""
    stems: dict[tuple[str, str], dict[str, str]] = {}
    for code, name in names.items():
        if match := re.fullmatch(r"(.+)([东西南北])(里?社区)", name):
            axis = "ew" if match[2] in "东西" else "ns"
            stems.setdefault((match[1] + match[3], axis), {})[match[2]] = code
    found = []
    for (_stem, axis), seats in stems.items():
        first, second = ("东", "西") if axis == "ew" else ("北", "南")
        if first in seats and second in seats:
            found.append((seats[first], seats[second], axis[0]))
    return found


def main() -> None:
    """Write data/demo_grids.geojson, one feature a line so that changes can be read."""
    lines = [json.dumps(feature, ensure_ascii=False, separators=(",", ":")) for feature in draw()["features"]]
    text = '{"type":"FeatureCollection","features":[\n' + ",\n".join(lines) + "\n]}\n"
    (DATA / "demo_grids.geojson").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
