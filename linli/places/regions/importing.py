"""What a file of regions would change: compared with what is known, checked against parents and neighbours.

Reads the database, never writes.
"""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import shapely
from django.utils.translation import gettext as _

from linli.places.regions.models import Region
from linli.places.regions.outlines import area
from linli.places.regions.reading import Problem, Row
from linli.places.regions.rules import ancestor_codes

# Neighbours drawn by hand never meet exactly; a smaller overlap is nobody's concern.
OVERLAP_SHARE, OVERLAP_AREA = 0.005, 100.0
MAX_WARNINGS = 200


@dataclass(slots=True)
class Plan:
    """created, changed, same: the rows that can be written; problems: grave ones stop a row, others only warn."""

    created: list[Row] = field(default_factory=list)
    changed: list[Row] = field(default_factory=list)
    same: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def grave(self) -> list[Problem]:
        return [problem for problem in self.problems if problem.grave]

    @property
    def warnings(self) -> list[Problem]:
        return [problem for problem in self.problems if not problem.grave]


def plan(rows: Iterable[Row], problems: Iterable[Problem], today: date) -> Plan:
    """What would be written, and what stands against it."""
    found = Plan(problems=list(problems))
    unique = _unique(rows, found)
    wanted = {code for row in unique for code in (*ancestor_codes(row.code), row.code)}
    known = {region.code: region for region in Region.objects.filter(code__in=wanted)}
    good: list[Row] = []
    held = {code for code, region in known.items() if _in_use(region, today)}
    # Shorter codes first: a row that falls takes the rows below it along.
    for row in sorted(unique, key=lambda one: (len(one.code), one.code)):
        if reason := _against(row, known.get(row.code), held, today):
            found.problems.append(Problem(row.place, *reason))
            continue
        held.add(row.code)
        good.append(row)
    for row in good:
        before = known.get(row.code)
        target = found.created if before is None else found.changed if _differs(row, before) else found.same
        target.append(row)
    _check_neighbours(found)
    found.problems.sort(key=lambda problem: (not problem.grave, _number(problem.place)))
    return found


def _unique(rows: Iterable[Row], found: Plan) -> list[Row]:
    first: dict[str, Row] = {}
    for row in rows:
        if earlier := first.get(row.code):
            facts = {"code": row.code, "place": earlier.place}
            found.problems.append(Problem(row.place, "code", _("代码 %(code)s 与%(place)s重复") % facts))
        else:
            first[row.code] = row
    return list(first.values())


def _in_use(region: Region, today: date) -> bool:
    return region.valid_to is None or region.valid_to > today


def _against(row: Row, known: Region | None, held: set[str], today: date) -> tuple[str, str] | None:
    """(column, reason) why this row cannot be written; None if it can."""
    if known is None and not row.name:
        return "name", _("新增的区划要填名称")
    if known is not None and not _in_use(known, today):
        facts = {"code": row.code, "name": known.name, "day": known.valid_to}
        return "code", _("代码 %(code)s（%(name)s）已于 %(day)s 停用，停用的代码不能再用") % facts
    above = ancestor_codes(row.code)
    if above and above[-1] not in held:
        return "code", _("上级 %(code)s 不在文件里，也不在系统里（或者它那一行有问题）") % {"code": above[-1]}
    return None


def _differs(row: Row, before: Region) -> bool:
    fields = ("name", "short_name", "urban_rural", "households", "source")
    if any(getattr(row, name) not in (None, getattr(before, name)) for name in fields):
        return True
    return row.outline is not None and row.outline["geometry"] != before.polygon


def _check_neighbours(found: Plan) -> None:
    """Warn where a new boundary lies over a sibling or outside its parent."""
    drawn = {row.code: row for row in (*found.created, *found.changed, *found.same) if row.outline}
    if not drawn:
        return
    parents = {code: ancestor_codes(code)[-1] for code in drawn if len(code) > 2}
    stored = _stored(set(parents.values()))
    by_parent: dict[str, dict[str, Any]] = defaultdict(dict)
    for code, geometry in stored.items():
        if len(code) > 2:
            by_parent[ancestor_codes(code)[-1]][code] = geometry
    fresh = {code: shapely.from_geojson(_dump(row.outline)) for code, row in drawn.items()}
    for code, parent in parents.items():
        by_parent[parent][code] = fresh[code]
    warnings: list[Problem] = []
    for parent, siblings in by_parent.items():
        warnings += _overlaps(siblings, drawn)
        if (whole := fresh.get(parent, stored.get(parent))) is not None:
            warnings += _outside(parent, whole, siblings, drawn)
    found.problems += warnings[:MAX_WARNINGS]


def _stored(parents: set[str]) -> dict[str, Any]:
    """Boundaries in the database of these regions and of their children."""
    rows = Region.objects.filter(polygon__isnull=False, valid_to=None)
    pairs = [
        *rows.filter(code__in=parents).values_list("code", "polygon"),
        *rows.filter(parent_code__in=parents).values_list("code", "polygon"),
    ]
    return {code: shapely.from_geojson(_dump({"geometry": polygon})) for code, polygon in pairs}


def _overlaps(siblings: dict[str, Any], drawn: dict[str, Row]) -> list[Problem]:
    codes = sorted(siblings)
    shapes = np.array([siblings[code] for code in codes], dtype=object)
    warnings = []
    for one, other in shapely.STRtree(shapes).query(shapes, predicate="intersects").T:
        if one >= other or not {codes[one], codes[other]} & set(drawn):
            continue
        common = shapely.intersection(shapes[one], shapes[other])
        shared = area(common) if common.area else 0.0
        if shared > max(OVERLAP_AREA, OVERLAP_SHARE * min(area(shapes[one]), area(shapes[other]))):
            row, rival = (
                (drawn.get(codes[one]), codes[other]) if codes[one] in drawn else (drawn[codes[other]], codes[one])
            )
            assert row is not None
            facts = {"one": row.code, "other": rival, "area": round(shared)}
            reason = _("%(one)s 与 %(other)s 的边界重叠约 %(area)d 平方米") % facts
            warnings.append(Problem(row.place, "geometry", reason, grave=False))
    return warnings


def _outside(parent: str, whole: Any, siblings: dict[str, Any], drawn: dict[str, Row]) -> list[Problem]:
    warnings = []
    for code in sorted(set(siblings) & set(drawn)):
        rest = shapely.difference(siblings[code], whole)
        over = area(rest) if rest.area else 0.0
        if over > max(OVERLAP_AREA, OVERLAP_SHARE * area(siblings[code])):
            facts = {"code": code, "parent": parent, "area": round(over)}
            reason = _("%(code)s 有约 %(area)d 平方米在上级 %(parent)s 的边界之外") % facts
            warnings.append(Problem(drawn[code].place, "geometry", reason, grave=False))
    return warnings


def _dump(outline: dict[str, Any] | None) -> str:
    return json.dumps(outline["geometry"] if outline else None)


def _number(place: str) -> int:
    digits = "".join(character for character in place if character.isdigit())
    return int(digits or 0)
