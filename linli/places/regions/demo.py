"""The regions of the demo district, as plain records: published codes and names, invented boundaries and households."""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import shapely

from linli.places.regions import outlines, tiling
from linli.places.regions.drawing import DATA, layout
from linli.places.regions.rules import short_name

NBS = "代码与名称：国家统计局统计用区划代码（2023-06-30）"
DRAWN = "边界与户数：演示用，虚构"


@dataclass(frozen=True, slots=True)
class Record:
    """One region of the demo.

    polygon: GeoJSON, None above the sub-district; label: a point inside, or the town's centre.
    """

    code: str
    name: str
    short_name: str
    polygon: dict[str, Any] | None
    label: tuple[float, float]
    households: int | None
    source: str


@cache
def _grids() -> tuple[dict[str, Any], ...]:
    return tuple(json.loads((DATA / "demo_grids.geojson").read_text("utf-8"))["features"])


@cache
def records() -> list[Record]:
    """All regions of the demo in code order, from the provinces down to the grids."""
    shapes = {f["properties"]["code"]: shapely.from_geojson(json.dumps(f["geometry"])) for f in _grids()}
    found = [*_above(), *_named(shapes), *_numbered(shapes)]
    return sorted(found, key=lambda record: record.code)


def _rows() -> Iterator[dict[str, str]]:
    with (DATA / "communities.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _above() -> Iterator[Record]:
    """Province, city, district: no boundary, since none was drawn; the centre of the town stands for the place."""
    centres = {part["code"][:6]: (town["lon"], town["lat"]) for town in layout() for part in town["sub_districts"]}
    seen = {}
    for row in _rows():
        for level in ("province", "city", "district"):
            seen[row[f"{level}_code"]] = (row[level], centres[row["district_code"]])
    for code, (name, centre) in seen.items():
        yield Record(code, name, short_name(name), None, centre, None, NBS)


def _named(shapes: dict[str, shapely.Polygon]) -> Iterator[Record]:
    """Sub-districts and communities: the union of their grids."""
    names = {row["community_code"]: row["community"] for row in _rows()}
    names |= {row["sub_district_code"]: row["sub_district"] for row in _rows()}
    for code, name in names.items():
        own = [feature["properties"] for feature in _grids() if feature["properties"]["code"].startswith(code)]
        outline = outlines.measure(tiling.joined([shapes[grid["code"]] for grid in own]))
        households = sum(grid["households"] for grid in own)
        yield Record(code, name, short_name(name), outline.geometry, outline.label, households, f"{NBS}；{DRAWN}")


def _numbered(shapes: dict[str, shapely.Polygon]) -> Iterator[Record]:
    quoted = {part["code"]: part["grids_source"] for town in layout() for part in town["sub_districts"]}
    for feature in _grids():
        grid = feature["properties"]
        outline = outlines.measure(shapes[grid["code"]])
        told = quoted[grid["code"][:9]]
        source = f"网格个数：{told}；编号、{DRAWN}" if told != "虚构" else f"网格：演示用，虚构；{DRAWN}"
        yield Record(
            grid["code"], grid["name"], grid["name"], outline.geometry, outline.label, grid["households"], source
        )
